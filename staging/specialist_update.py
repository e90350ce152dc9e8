"""A change to the professional profile, and what the portal's specialists say of it (S8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from staging.person import Review

Stage = Literal["checked", "documents", "refused", "accepted"]

WORDS: Mapping[Stage, str] = MappingProxyType(
    {
        "checked": "На проверке",
        "documents": "Запрошены документы",
        "refused": "Отказано",
        "accepted": "Принято",
    }
)
REASONS = ("должность не подтверждена работодателем", "не приложена копия трудовой книжки")
"""Why a change is refused."""


@dataclass(frozen=True)
class Terms:
    """How long each kind of check takes, seconds: of a change, with documents, after a refusal."""

    update_s: float = 20.0
    documents_s: float = 20.0
    resubmission_s: float = 20.0


@dataclass(frozen=True)
class Outcome:
    """Where an update stands, since when."""

    stage: Stage
    sent: datetime
    at: datetime

    @property
    def words(self) -> str:
        """The stage as the portal shows it."""
        return WORDS[self.stage]


@dataclass(frozen=True)
class SpecialistUpdate:
    """One change of the position. ``answered`` is when documents were sent, or the change once more."""

    position: str
    sent: datetime
    review: Review
    terms: Terms = field(repr=False)
    answered: datetime | None = None

    def outcome(self, now: datetime, stuck: bool = False) -> Outcome:
        """Where it stands at ``now``; one that is stuck stays on check."""
        first = self.sent + timedelta(seconds=self.terms.update_s)
        if self.answered is None:
            if stuck or now < first:
                return Outcome("checked", self.sent, self.sent)
            stages: Mapping[Review, Stage] = {"ordinary": "accepted", "documents": "documents", "refused": "refused"}
            return Outcome(stages[self.review], self.sent, first)
        takes_s = self.terms.documents_s if self.review == "documents" else self.terms.resubmission_s
        second = self.answered + timedelta(seconds=takes_s)
        if stuck or now < second:
            return Outcome("checked", self.answered, self.answered)
        return Outcome("accepted", self.answered, second)

    def answer(self, now: datetime) -> "SpecialistUpdate":
        """The person has sent documents, or the change once more."""
        return replace(self, answered=now)
