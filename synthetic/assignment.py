"""What a worker is told to do, and what it tells while it does it. Crosses a private pipe between two processes
of this program, so the secrets in it are readable there and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult, StepResult
from journeys.target import Target
from synthetic.recorder import Document
from synthetic.runner import Errand


@dataclass(frozen=True)
class Timing:
    """The times of a journey as it is to be walked: its budget, and budget and timeout of each step, in seconds."""

    budget_s: float
    steps: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, journey: Journey) -> "Timing":
        """The times of ``journey``, whatever they were changed to."""
        return cls(journey.budget_s, tuple((step.budget_s, step.timeout_s) for step in journey.steps))

    def applied(self, journey: Journey) -> Journey:
        """The same journey as it stands in the catalogue, with these times."""
        steps = tuple(
            replace(step, budget_s=budget_s, timeout_s=timeout_s)
            for step, (budget_s, timeout_s) in zip(journey.steps, self.steps, strict=True)
        )
        return replace(journey, budget_s=self.budget_s, steps=steps)


@dataclass(frozen=True)
class Assignment:
    """One run: a journey by its name, with whom, against what, why, where codes' state is kept, the notes of the run
    that it follows up, and whether what an earlier one has left is still ``awaited``."""

    journey: str
    timing: Timing
    persona: Persona
    target: Target
    errand: Errand
    state_dir: Path
    earlier: Mapping[str, str] = field(default_factory=dict)
    awaited: bool = False


@dataclass(frozen=True)
class Ready:
    """The worker's browser is up; it took so many seconds."""

    launch_s: float


@dataclass(frozen=True)
class StepStarted:
    """The run's clock is going, and a step begins. ``documents`` are those that came before it, with their addresses as
    they were."""

    name: str
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True)
class StepFinished:
    """A step ended."""

    step: StepResult


@dataclass(frozen=True)
class Judged:
    """The verdict stands; evidence is still being collected."""

    result: RunResult


@dataclass(frozen=True)
class Finished:
    """The run is over."""

    result: RunResult


@dataclass(frozen=True)
class Fault:
    """The worker cannot work; why."""

    message: str


Message = Ready | StepStarted | StepFinished | Judged | Finished | Fault
