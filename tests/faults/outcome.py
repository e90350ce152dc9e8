"""What came of a case: whether the fault was seen, and whether the right system and cause were named."""

from dataclasses import dataclass

from journeys.result import Failure, RunResult, Verdict
from tests.faults.case import Case

NOTHING = "nothing"
"""Stands for what was named when nothing was."""

_SEEN = frozenset({Verdict.FAILED, Verdict.DEGRADED})


@dataclass(frozen=True)
class Outcome:
    """A case that was tried, as it is kept. ``named`` are the failures or doubts, each ``system/cause``."""

    case: str
    fault: str
    at: str
    journey: str
    expected: str
    system: str
    detected: bool
    right_system: bool
    exact: bool
    named: tuple[str, ...]
    explanation: str
    duration_s: float

    @property
    def named_systems(self) -> tuple[str, ...]:
        """The systems that were blamed, each once; `NOTHING` when none was."""
        return tuple(dict.fromkeys(name.partition("/")[0] for name in self.named)) or (NOTHING,)


def outcome(case: Case, result: RunResult) -> Outcome:
    """Judge what a run said of a case. The cause is exact when verdict, cause, and whatever else the case names
    are all right, and nothing else is named."""
    named = named_by(result)
    detected = result.verdict in _SEEN or result.verdict is case.verdict
    right_system = detected and {failure.system for failure in named} == {case.system}
    return Outcome(
        case=str(case),
        fault=case.fault,
        at=case.at,
        journey=case.journey,
        expected=f"{case.system}/{case.cause}",
        system=case.system,
        detected=detected,
        right_system=right_system,
        exact=right_system and result.verdict is case.verdict and all(_exact(case, failure) for failure in named),
        named=tuple(dict.fromkeys(f"{failure.system}/{failure.cause}" for failure in named)),
        explanation=result.explanation,
        duration_s=result.duration_s,
    )


def named_by(result: RunResult) -> tuple[Failure, ...]:
    """What a run blames: its failure and its doubts."""
    return tuple(filter(None, (result.failure, *result.doubts)))


def _exact(case: Case, failure: Failure) -> bool:
    pairs = (
        (case.cause, failure.cause),
        (case.code, failure.code),
        (case.variant, failure.variant),
        (case.step, failure.step),
    )
    return all(expected is None or expected == found for expected, found in pairs)
