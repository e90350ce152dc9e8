"""From outcomes to figures: how many faults were seen, and how many were named right."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.faults.outcome import Outcome

DETECTED_AT_LEAST = 1.0
SYSTEM_AT_LEAST = 1.0
CAUSE_AT_LEAST = 0.95


@dataclass(frozen=True)
class Figures:
    """Counts over a set of outcomes."""

    cases: int
    detected: int
    right_system: int
    exact: int

    @property
    def enough(self) -> bool:
        """Whether these figures are what the monitor promises. Nothing tried is not enough."""
        return (
            self.cases > 0
            and self.detected >= DETECTED_AT_LEAST * self.cases
            and self.right_system >= SYSTEM_AT_LEAST * self.cases
            and self.exact >= CAUSE_AT_LEAST * self.cases
        )


def figures(outcomes: Iterable[Outcome]) -> Figures:
    """Count."""
    tried = tuple(outcomes)
    return Figures(
        cases=len(tried),
        detected=sum(outcome.detected for outcome in tried),
        right_system=sum(outcome.right_system for outcome in tried),
        exact=sum(outcome.exact for outcome in tried),
    )


def by_system(outcomes: Sequence[Outcome]) -> dict[str, Figures]:
    """System that is at fault -> its figures, in alphabetical order."""
    systems = sorted({outcome.system for outcome in outcomes})
    return {system: figures(one for one in outcomes if one.system == system) for system in systems}


def confusion(outcomes: Sequence[Outcome]) -> Counter[tuple[str, str]]:
    """(system at fault, system that was blamed) -> how often. A case that blames two counts for both."""
    return Counter((outcome.system, named) for outcome in outcomes for named in outcome.named_systems)


def confusion_of_causes(outcomes: Sequence[Outcome]) -> Counter[tuple[str, str]]:
    """(system/cause at fault, system/cause that was named) -> how often; only what was not as it should be."""
    return Counter(
        (outcome.expected, named)
        for outcome in outcomes
        for named in outcome.named or ("nothing",)
        if named != outcome.expected
    )


def share(part: int, whole: int) -> str:
    """As in ``98.7 %``; rounded down, so that 100 % means all."""
    return f"{int(1000 * part / whole) / 10:g} %" if whole else "–"
