"""Tells every listener of a run. One that fails is logged and counted, and breaks nothing."""

from collections.abc import Callable, Iterable

from journeys.listener import Listener
from journeys.result import RunResult, StepResult
from synthetic.aside import aside


class Fanout(Listener):
    """Passes everything on to ``listeners``; ``failed`` is called with the name of one that raised."""

    def __init__(self, listeners: Iterable[Listener], failed: Callable[[str], None] = lambda _: None) -> None:
        self._listeners = tuple(listeners)
        self._failed = failed

    def run_began(self, unfinished: RunResult) -> None:
        """Pass on."""
        self._tell(lambda listener: listener.run_began(unfinished))

    def step_started(self, name: str) -> None:
        """Pass on."""
        self._tell(lambda listener: listener.step_started(name))

    def step_finished(self, step: StepResult) -> None:
        """Pass on."""
        self._tell(lambda listener: listener.step_finished(step))

    def run_judged(self, result: RunResult) -> None:
        """Pass on."""
        self._tell(lambda listener: listener.run_judged(result))

    def run_finished(self, result: RunResult) -> None:
        """Pass on."""
        self._tell(lambda listener: listener.run_finished(result))

    def _tell(self, call: Callable[[Listener], None]) -> None:
        for listener in self._listeners:
            try:
                call(listener)
            except Exception as error:
                self._failed(listener.name)
                # The type alone: a message may quote what could not be written. And to a stream that may be closed.
                aside(f"listener {listener.name} failed: {type(error).__name__}")
