"""Questions to the history: which runs, how available, how each journey stands, what is still to be confirmed."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from journeys.follow_up import FollowUp
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from journeys.target import Target
from synthetic.history.schema import FAILURES, FOLLOW_UPS, HORIZON, LEASES, RUNS

WINDOWS = MappingProxyType(
    {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
)
"""Name -> length of each time over which availability is told."""

_COUNTED_ON = timedelta(days=1)
"""How long beyond its time a follow-up is taken for one that somebody walks."""

_GOOD = (Verdict.PASSED, Verdict.DEGRADED)
_COUNTED = (*_GOOD, Verdict.FAILED)


@dataclass(frozen=True)
class Filter:
    """Which runs. What is None does not matter; ``system`` and ``cause`` are those of any failure or doubt of a run."""

    journey: str | None = None
    persona: str | None = None
    target: str | None = None
    verdict: str | None = None
    system: str | None = None
    cause: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def clause(self) -> ColumnElement[bool]:
        """The condition on `RUNS`."""
        parts = [
            getattr(RUNS.c, name) == value
            for name in ("journey", "persona", "target", "verdict")
            if (value := getattr(self, name)) is not None
        ]
        if self.since:
            parts.append(RUNS.c.started_at >= self.since)
        if self.until:
            parts.append(RUNS.c.started_at < self.until)
        blamed = [
            getattr(FAILURES.c, name) == value
            for name in ("system", "cause")
            if (value := getattr(self, name)) is not None
        ]
        if blamed:
            parts.append(exists().where(and_(FAILURES.c.run_id == RUNS.c.run_id, *blamed)))
        return and_(True, *parts)


@dataclass(frozen=True)
class Availability:
    """Scheduled runs of one journey in one window: how many counted, and how many of them were good. ``whole_since`` is
    where a window begins that reaches back to runs that have been removed."""

    journey: str
    window: str
    runs: int
    good: int
    whole_since: datetime | None = None

    @property
    def share(self) -> float | None:
        """0 to 1; None when nothing was counted."""
        return self.good / self.runs if self.runs else None


@dataclass(frozen=True)
class Standing:
    """When a journey last came to a verdict and last was good, in Unix seconds; 0 for never."""

    last_completion: float
    last_success: float

    @property
    def up(self) -> bool:
        """Whether the last run that counted was good."""
        return 0 < self.last_completion == self.last_success


@dataclass(frozen=True)
class Pending:
    """A follow-up that waits: ``run_id`` asked for it, of this persona on this target."""

    run_id: str
    persona: str
    target: str
    asked_at: datetime
    asked: FollowUp

    def counts(self, journey: str, persona: Persona, target: Target, now: datetime) -> bool:
        """Whether it is this journey that is to come back to what this persona has left. One that has been due for a
        day is not counted on: nobody seems to walk it."""
        wanted = journey, persona.name, target.name
        here = (self.asked.journey, self.persona, self.target) == wanted
        return here and now < self.asked.due_at + _COUNTED_ON


def runs(connection: Connection, which: Filter, limit: int) -> list[RunResult]:
    """The latest ``limit`` runs, the newest first."""
    newest_first = select(RUNS.c.result).where(which.clause()).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id)
    return list(_results(connection.scalars(newest_first.limit(limit))))


def latest(connection: Connection, journey: str, location: str, limit: int) -> list[RunResult]:
    """The latest ``limit`` runs of a journey at a location, the newest first, but those that another version wrote."""
    here = and_(RUNS.c.journey == journey, RUNS.c.location == location)
    newest_first = select(RUNS.c.result).where(here).order_by(RUNS.c.started_at.desc()).limit(limit)
    return [result for text in connection.scalars(newest_first) if (result := _result(text))]


def availability(connection: Connection, which: Filter, now: datetime) -> list[Availability]:
    """Of each journey that ``which`` lets through and that was walked in the longest of `WINDOWS`, one for each of
    them, as far back as none was removed."""
    whole_since = connection.scalar(select(HORIZON.c.whole_since))
    scheduled = and_(which.clause(), RUNS.c.origin == "schedule")
    found: list[Availability] = []
    lately = and_(scheduled, RUNS.c.started_at >= now - max(WINDOWS.values()))
    for journey in connection.scalars(select(RUNS.c.journey).where(lately).distinct().order_by(RUNS.c.journey)):
        for window, length in WINDOWS.items():
            begin = max(now - length, which.since or now - length)
            cut = whole_since if whole_since and whole_since > begin else None
            counted = and_(scheduled, RUNS.c.journey == journey, RUNS.c.started_at >= (cut or begin))
            total = _count(connection, counted, _COUNTED)
            found.append(Availability(journey, window, total, _count(connection, counted, _GOOD), cut))
    return found


def _count(connection: Connection, clause: ColumnElement[bool], verdicts: Sequence[Verdict]) -> int:
    of = and_(clause, RUNS.c.verdict.in_([str(verdict) for verdict in verdicts]))
    return connection.scalar(select(func.count()).select_from(RUNS).where(of)) or 0


def standings(connection: Connection, location: str) -> dict[str, Standing]:
    """Journey -> how it stands at a location, by its scheduled runs."""

    def latest(verdicts: Sequence[Verdict]) -> dict[str, float]:
        here = and_(
            RUNS.c.location == location,
            RUNS.c.origin == "schedule",
            RUNS.c.verdict.in_([str(verdict) for verdict in verdicts]),
        )
        ends = select(RUNS.c.journey, func.max(RUNS.c.ended_at)).where(here).group_by(RUNS.c.journey)
        return {journey: end.timestamp() for journey, end in connection.execute(ends)}

    good = latest(_GOOD)
    return {journey: Standing(end, good.get(journey, 0.0)) for journey, end in latest(_COUNTED).items()}


def tells_standing() -> ColumnElement[bool]:
    """The condition on `RUNS` that `standings` needs a run: the latest of its journey and location, or the latest good
    one, by their ends; a few more where runs overlapped."""
    later = RUNS.alias()

    def outlived(verdicts: Sequence[Verdict]) -> ColumnElement[bool]:
        return exists().where(
            *(later.c[name] == RUNS.c[name] for name in ("journey", "location", "origin")),
            later.c.verdict.in_([str(verdict) for verdict in verdicts]),
            # For the index. Of runs that overlapped one that began earlier may have ended later: then both stay.
            later.c.started_at >= RUNS.c.started_at,
            later.c.ended_at > RUNS.c.ended_at,
        )

    good = and_(RUNS.c.verdict.in_([str(verdict) for verdict in _GOOD]), ~outlived(_GOOD))
    failed = and_(RUNS.c.verdict == str(Verdict.FAILED), ~outlived(_COUNTED))
    return and_(RUNS.c.origin == "schedule", or_(good, failed))


def pending(connection: Connection, location: str | None = None, *, by_hand: bool = False) -> list[Pending]:
    """Follow-ups that nothing has closed yet, the next one first; of one location or of all. ``by_hand``: only those
    that no scheduled run asked for, as far as the runs that asked are still there."""
    table = FOLLOW_UPS.c
    open_ones = select(FOLLOW_UPS).where(table.closed_by.is_(None)).order_by(table.due_at)
    if location is not None:
        open_ones = open_ones.where(table.location == location)
    if by_hand:
        open_ones = open_ones.join(RUNS, RUNS.c.run_id == table.run_id).where(RUNS.c.origin != "schedule")
    return [
        Pending(
            row.run_id,
            row.persona,
            row.target,
            row.asked_at,
            FollowUp(row.journey, row.due_at, json.loads(row.notes)),
        )
        for row in connection.execute(open_ones)
    ]


def pending_elsewhere(connection: Connection, location: str) -> dict[str, int]:
    """Location -> how many follow-ups wait there; of all but one location."""
    elsewhere = and_(FOLLOW_UPS.c.closed_by.is_(None), FOLLOW_UPS.c.location != location)
    counted = (
        select(FOLLOW_UPS.c.location, func.count().label("waiting")).where(elsewhere).group_by(FOLLOW_UPS.c.location)
    )
    return {row.location: row.waiting for row in connection.execute(counted.order_by(FOLLOW_UPS.c.location))}


def cut_off(connection: Connection, owner: str, before: datetime, *, by_hand: bool = False) -> list[RunResult]:
    """What a monitor's runs came to that had begun ``before`` and never ended: the scheduled ones, or all others."""
    scheduled = LEASES.c.origin == "schedule"
    own = and_(
        LEASES.c.owner == owner,
        ~scheduled if by_hand else scheduled,
        LEASES.c.since < before,
        ~exists().where(RUNS.c.run_id == LEASES.c.run_id),
    )
    return [result for text in connection.scalars(select(LEASES.c.result).where(own)) if (result := _result(text))]


def _results(texts: Iterable[str]) -> Iterator[RunResult]:
    """The results that this version can read: another one may have had other causes."""
    unread = 0
    for text in texts:
        if result := _result(text):
            yield result
        else:
            unread += 1
    if unread:
        print(f"nmo-monitor: history: {unread} run(s) of another version cannot be read", file=sys.stderr)


def _result(text: str) -> RunResult | None:
    try:
        return RunResult.from_json(text)
    except ValidationError:
        return None
