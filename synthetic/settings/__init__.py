"""The settings: one TOML file, the environment (``NMO_…``) and references to secrets, read in one place.

Precedence (see `layers`): command line > environment > file > defaults. Everything is checked when
it is read, timing included; secrets are read when they are used, so that a missing one can be named.

SettingsError           one line a problem; ``problems`` holds them apart
├── UnreadableFile      the file is not there, cannot be opened, or is not TOML
├── InvalidSettings     a key, a value or a combination that cannot work
├── UnknownName         a journey, persona or target that the settings do not have
└── MissingSecret       a reference that leads to nothing; names the reference, never a value
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr, ValidationError

from journeys.journey import Journey
from journeys.persona import Persona
from journeys.system import System
from journeys.target import InboxAddress, Limits, Target
from synthetic.settings.complaint import Complaint, Loc, complaints, unknown
from synthetic.settings.cron import shortest_gap_s
from synthetic.settings.embedded import EMBEDDED_PERSONAS, EMBEDDED_SCHEDULE
from synthetic.settings.layers import (
    InvalidSettings,
    Layer,
    MissingSecret,
    SettingsError,
    UnknownName,
    UnreadableFile,
    line,
    merged,
    read_layers,
)
from synthetic.settings.sanity import (
    account_of,
    check_journeys,
    check_names,
    check_schedule,
    shared_with,
    timed_as_set,
)
from synthetic.settings.sections import (
    EMBEDDED,
    Entry,
    HistorySection,
    Monitor,
    Sections,
)
from synthetic.settings.value import ill_database, ill_proxy, is_reference

__all__ = [
    "EMBEDDED",
    "InvalidSettings",
    "MissingSecret",
    "Monitor",
    "Scheduled",
    "Settings",
    "SettingsError",
    "UnknownName",
    "UnreadableFile",
    "load",
    "with_secrets",
]

T = TypeVar("T")


@dataclass(frozen=True)
class Scheduled:
    """One journey by one persona on one target, every ``interval_s`` seconds or by ``cron``, never both.

    ``gap_s`` is the shortest time between two starts, for either. ``jitter_s`` is the most a start is delayed.
    """

    journey: str
    persona: str
    target: str
    interval_s: float | None
    cron: str | None
    gap_s: float
    jitter_s: float = 0.0

    @property
    def name(self) -> str:
        """What the log and the scheduler call it; no two entries share it."""
        return f"{self.journey} {self.persona} {self.target}"


@dataclass(frozen=True)
class Settings:
    """Everything that was set, checked. ``journeys`` carry the times and objectives that were set for them."""

    monitor: Monitor
    journeys: tuple[Journey, ...]
    schedule: tuple[Scheduled, ...]
    _sections: Sections = field(repr=False)
    _layers: tuple[Layer, ...] = field(repr=False)

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the targets in the settings; the embedded one is not among them."""
        return tuple(self._sections.targets)

    @property
    def personas(self) -> tuple[str, ...]:
        """Names of the personas in the settings; those of the embedded staging are not among them."""
        return tuple(self._sections.personas)

    def journey(self, name: str) -> Journey:
        """The journey of that name, with its times. Raises UnknownName."""
        known = {journey.name: journey for journey in self.journeys}
        if name not in known:
            raise UnknownName(f'"{name}": {unknown("journey", name, known)}')
        return known[name]

    def shared(self, journey: Journey, persona: str, target: str) -> str | None:
        """Whether one of the two, the journey or what the schedule walks with the persona's account, needs it for
        itself: what to say of it. Raises KeyError for a name that is not there."""
        account = account_of(persona, target, self._sections)
        same = [one for one in self.schedule if account_of(one.persona, one.target, self._sections) == account]
        return shared_with(journey, persona, [self.journey(one.journey) for one in same])

    def target(self, name: str) -> Target:
        """The target of that name, with its secrets. Raises UnknownName, MissingSecret, or InvalidSettings for a
        proxy that cannot be used."""
        if name == EMBEDDED:
            raise UnknownName(f'"{EMBEDDED}": the embedded staging says where it is once it has been started')
        if name not in self._sections.targets:
            raise UnknownName(f'"{name}": {unknown("target", name, (*self.targets, EMBEDDED))}')
        section = self._sections.targets[name]
        inboxes = section.inboxes.given
        references: dict[Loc, str] = {
            ("inboxes", channel, key): reference
            for channel, inbox in inboxes.items()
            for key, reference in (("token", inbox.token), ("password", inbox.password))
            if reference
        }
        if section.proxy and is_reference(section.proxy):
            references["proxy",] = section.proxy
        secrets = self._secrets(("targets", name), references)
        plain = SecretStr(section.proxy) if section.proxy else None
        proxy = secrets.get(("proxy",), plain)
        if proxy and (wrong := ill_proxy(proxy.get_secret_value())):
            raise InvalidSettings(line(self._layers, Complaint(("targets", name, "proxy"), f"{section.proxy} {wrong}")))
        return Target(
            name=name,
            inboxes={
                channel: InboxAddress(
                    token=secrets.get(("inboxes", channel, "token")),
                    password=secrets.get(("inboxes", channel, "password")),
                    **inbox.model_dump(exclude={"token", "password"}),
                )
                for channel, inbox in inboxes.items()
            },
            hosts={System(site): hosts for site, hosts in section.hosts if hosts},
            proxy=proxy,
            limits=Limits(**section.limits.model_dump()),
            **section.model_dump(exclude={"inboxes", "proxy", "hosts", "limits"}),
        )

    def persona(self, name: str) -> Persona:
        """The persona of that name, with its secrets. Raises UnknownName or MissingSecret."""
        if name not in self._sections.personas:
            raise UnknownName(f'"{name}": {unknown("persona", name, self.personas)}')
        section = self._sections.personas[name]
        named = section.model_dump(exclude={"factor", "state", "role", "review", "private", "scan"}, exclude_none=True)
        references: dict[Loc, str] = {(key,): reference for key, reference in named.items()}
        references |= {("private", number): reference for number, reference in enumerate(section.private)}
        secrets = self._secrets(("personas", name), references)
        return Persona(
            name=name,
            private=tuple(secret for loc, secret in secrets.items() if loc[0] == "private"),
            factor=section.factor,
            state=section.state,
            role=section.role,
            review=section.review,
            scan=section.scan,
            **{key: secrets[key,] for key in named},
        )

    def history_url(self) -> str:
        """The URL of the history's database; SQLite in the state folder unless set. May hold a password.

        Raises MissingSecret, or InvalidSettings for a reference to what is no such URL.
        """
        set_to = self._sections.history.url
        if set_to is None:
            return f"sqlite:///{self.monitor.state_dir / 'history.sqlite'}"
        if not is_reference(set_to):
            return set_to
        url = self._secrets(("history",), {("url",): set_to})["url",].get_secret_value()
        if wrong := ill_database(url):
            raise InvalidSettings(line(self._layers, Complaint(("history", "url"), f"{set_to} {wrong}")))
        return url

    @property
    def history(self) -> HistorySection:
        """Where runs are kept, and for how long."""
        return self._sections.history

    def check_secrets(self) -> None:
        """Read every secret that the schedule needs. Raises MissingSecret with all that are missing, or what
        `target` raises."""
        outside = [entry for entry in self.schedule if entry.target != EMBEDDED]
        uses: list[Callable[[], object]] = [partial(self.persona, entry.persona) for entry in outside]
        uses += [partial(self.target, entry.target) for entry in outside]
        with_secrets(uses)

    def _secrets(self, at: Loc, references: Mapping[Loc, str]) -> dict[Loc, SecretStr]:
        secrets, problems = {}, []
        for loc, reference in references.items():
            try:
                secrets[loc] = SecretStr(_read_secret(reference))
            except LookupError as error:
                problems.append(line(self._layers, Complaint((*at, *loc), f"{reference} {error.args[0]}")))
        if problems:
            raise MissingSecret(*problems)
        return secrets


def with_secrets(uses: Iterable[Callable[[], T]]) -> list[T]:
    """What each of ``uses`` returns. Raises MissingSecret with all that is missing to any of them, or at once
    whatever else one raises."""
    results, problems = [], dict[str, None]()
    for use in uses:
        try:
            results.append(use())
        except MissingSecret as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise MissingSecret(*problems)
    return results


def load(
    path: Path | None = None,
    *,
    journeys: tuple[Journey, ...],
    overrides: Mapping[str, Any] | None = None,
    embedded_personas: Collection[str] = EMBEDDED_PERSONAS,
) -> Settings:
    """Read and check the settings.

    ``path`` is the file; None means ``NMO_SETTINGS``, else ``nmo-monitor.toml`` in the current folder if there
    is one. ``overrides`` are what the command line says, nested as in the file: ``{"monitor": {"port": 0}}``.
    ``embedded_personas`` may be scheduled on the embedded target. Raises SettingsError; reads no secret.
    """
    layers = read_layers(path, overrides or {})
    try:
        sections = Sections(**merged(layers))
    except ValidationError as error:
        raise InvalidSettings(*(line(layers, complaint) for complaint in complaints(error))) from None
    entries = sections.schedule if sections.schedule is not None else _default_schedule(journeys)
    timed = tuple(timed_as_set(journey, sections.journeys.get(journey.name)) for journey in journeys)
    problems = (
        *check_names(sections, journeys),
        *check_journeys(timed, sections.journeys),
        *check_schedule(entries, timed, sections, embedded_personas),
    )
    if problems:
        raise InvalidSettings(*dict.fromkeys(line(layers, complaint) for complaint in problems))
    by_name = {journey.name: journey for journey in timed}
    schedule = tuple(_scheduled(entry, by_name[entry.journey]) for entry in entries)
    return Settings(sections.monitor, timed, schedule, sections, layers)


def _default_schedule(journeys: tuple[Journey, ...]) -> tuple[Entry, ...]:
    known = {journey.name for journey in journeys}
    return tuple(entry for entry in EMBEDDED_SCHEDULE if entry.journey in known)


def _scheduled(entry: Entry, journey: Journey) -> Scheduled:
    interval_s = None if entry.cron else entry.interval_s or journey.interval_s
    gap_s = interval_s or shortest_gap_s(entry.cron or "")
    return Scheduled(entry.journey, entry.persona, entry.target, interval_s, entry.cron, gap_s, jitter_s=entry.jitter_s)


def _read_secret(reference: str) -> str:
    """The value that a reference leads to; LookupError says why there is none."""
    kind, _, place = reference.partition(":")
    if kind == "env":
        value = os.environ.get(place)
        if value is None:
            raise LookupError("is not set")
    else:
        try:
            value = Path(place).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise LookupError(f"cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise LookupError("cannot be read: not UTF-8 text") from None
    if not value:
        raise LookupError("is empty")
    return value
