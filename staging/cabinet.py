"""Cabinets of the portal: agreement, consent, synchronisation with the registers, and the profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from staging.clock import Clock
from staging.person import Person
from staging.specialist_update import SpecialistUpdate

Consent = Literal["given", "refused", "withdrawn"]
SyncStatus = Literal["not-started", "running", "done"]

_WORDS: Mapping[SyncStatus, str] = MappingProxyType(
    {"not-started": "Не начата", "running": "Выполняется", "done": "Завершена"}
)
_MEMBER_FOR = timedelta(days=210)


@dataclass(frozen=True)
class Profile:
    """The person as the portal knows them from ЕСИА. ``birth_date`` as ``DD.MM.YYYY``."""

    surname: str = field(repr=False)
    given_name: str = field(repr=False)
    patronymic: str = field(repr=False)
    birth_date: str = field(repr=False)
    snils: str = field(repr=False)
    inn: str = field(repr=False)
    oms: str = field(repr=False)

    @property
    def full_name(self) -> str:
        """«Фамилия Имя Отчество»."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True)
class Synchronisation:
    """How far a synchronisation has come. ``as_of`` is the date of what the register sent."""

    status: SyncStatus
    started: datetime | None = None
    completed: datetime | None = None
    as_of: datetime | None = None

    @property
    def words(self) -> str:
        """The status as the portal shows it."""
        return _WORDS[self.status]


@dataclass
class Cabinet:
    """One person's cabinet."""

    oid: str
    profile: Profile
    updated: datetime
    agreed: datetime | None = None
    consent: Consent | None = None
    consent_at: datetime | None = None
    sync_started: datetime | None = None
    position: str = ""
    """As the portal has it from an update that was accepted; empty before the first."""
    update: SpecialistUpdate | None = None

    @property
    def full(self) -> bool:
        """Whether everything is open: not without consent."""
        return self.consent == "given"

    def answer_consent(self, answer: Consent, now: datetime) -> None:
        """Record an answer; given consent sets the synchronisation off."""
        self.consent, self.consent_at = answer, now
        if answer == "given":
            self.sync_started = now

    def synchronisation(self, now: datetime, takes_s: float, stuck: bool, age: timedelta) -> Synchronisation:
        """Where the synchronisation is at ``now`` when it takes so long and brings what is so old; one that is stuck
        never completes."""
        if self.sync_started is None:
            return Synchronisation("not-started")
        completed = self.sync_started + timedelta(seconds=takes_s)
        if stuck or now < completed:
            return Synchronisation("running", self.sync_started)
        return Synchronisation("done", self.sync_started, completed, completed - age)


class Cabinets:
    """All cabinets, by ЕСИА's identifier of the person."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_oid: dict[str, Cabinet] = {}

    def of(self, oid: str) -> Cabinet | None:
        """The person's cabinet, None when they have none."""
        return self._by_oid.get(oid)

    def opened(self, oid: str, profile: Profile) -> Cabinet:
        """The person's cabinet, made with this profile on the first visit."""
        if oid not in self._by_oid:
            self._by_oid[oid] = Cabinet(oid, profile, self._clock.now())
        return self._by_oid[oid]

    def forget(self, oid: str) -> None:
        """Delete a cabinet with everything in it."""
        self._by_oid.pop(oid, None)

    def seed(self, person: Person) -> None:
        """Give a person who has been here before the cabinet they left."""
        if not person.known:
            return
        since = self._clock.now() - _MEMBER_FOR
        profile = Profile(
            person.surname,
            person.given_name,
            person.patronymic,
            person.birth_date,
            person.snils,
            person.inn,
            person.oms,
        )
        cabinet = Cabinet(person.oid, profile, updated=since, agreed=since)
        cabinet.answer_consent("given", since)
        self._by_oid[person.oid] = cabinet
