"""What a worker is told to do, and what it tells while it does it. Crosses a private pipe between two processes
of this program, so the secrets in it are readable there and nowhere else."""

from dataclasses import dataclass, field
from pathlib import Path

from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult, StepResult
from journeys.target import Target
from synthetic.runner import Errand


@dataclass(frozen=True)
class Timing:
    """A journey's times where they differ from its own; see `Journey.timed`."""

    budget_s: float | None = None
    budgets: dict[str, float] = field(default_factory=dict)
    timeout_s: float | None = None

    @classmethod
    def of(cls, journey: Journey) -> "Timing":
        """The times of ``journey``, whatever they were changed to."""
        budgets = {step.name: step.budget_s for step in journey.steps}
        return cls(journey.budget_s, budgets)


@dataclass(frozen=True)
class Assignment:
    """One run: a journey by its name, with whom, against what, why, and where codes' state is kept."""

    journey: str
    timing: Timing
    persona: Persona
    target: Target
    errand: Errand
    state_dir: Path


@dataclass(frozen=True)
class Ready:
    """The worker's browser is up; it took so many seconds."""

    launch_s: float


@dataclass(frozen=True)
class StepStarted:
    """The run's clock is going, and a step begins."""

    name: str


@dataclass(frozen=True)
class StepFinished:
    """A step ended."""

    step: StepResult


@dataclass(frozen=True)
class Finished:
    """The run is over."""

    result: RunResult


@dataclass(frozen=True)
class Fault:
    """The worker cannot work; why."""

    message: str


Message = Ready | StepStarted | StepFinished | Finished | Fault
