"""Who wants to know how a run goes."""

from journeys.result import RunResult, StepResult


class Listener:
    """Told of a run as it goes; every method is optional. A listener that raises never breaks a run."""

    @property
    def name(self) -> str:
        """A stable name: the label of the errors counted against this listener."""
        return type(self).__name__.lower()

    def run_began(self, unfinished: RunResult) -> None:
        """A run begins; ``unfinished`` is what it came to if nothing more is heard of it."""

    def step_started(self, name: str) -> None:
        """A step begins."""

    def step_finished(self, step: StepResult) -> None:
        """A step ended, whatever its verdict."""

    def run_judged(self, result: RunResult) -> None:
        """The verdict stands; evidence, vitals and security details are not in the result yet."""

    def run_finished(self, result: RunResult) -> None:
        """The run is over and its evidence is written."""
