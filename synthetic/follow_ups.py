"""What runs ask to be confirmed later: armed when it is asked for, and again when the monitor starts."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import uuid4

from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from journeys.target import Target
from synthetic.aside import aside
from synthetic.history import Pending
from synthetic.history.record import REMOVED, closes
from synthetic.prober import Probe
from synthetic.settings import SettingsError

_AGAIN_AFTER = timedelta(minutes=1)
_AT_MOST = timedelta(hours=1)
"""A follow-up that could not be walked, because its persona was in use or the monitor tripped, is tried anew: after a
minute, then after twice as long each time, since each try may cost a sign-in."""


class Removed(Exception):
    """What a follow-up needs is no longer in the settings; the message says what."""


class Alarm(Protocol):
    """Does something once, at its time."""

    def __call__(self, name: str, due_at: datetime, act: Callable[[], object]) -> None:
        """Do ``act`` at ``due_at``, or at once when that has passed."""


class FollowUps(Listener):
    """Sees to follow-ups. ``probe_of`` raises Removed, or SettingsError for what may come back; ``walk`` makes the
    probe and tells every listener, None when the monitor ended meanwhile; ``dropped`` hears of the result that closes
    one that can never be walked."""

    def __init__(
        self,
        probe_of: Callable[[Pending], Probe],
        walk: Callable[[Probe], RunResult | None],
        alarm: Alarm,
        dropped: Callable[[RunResult], None],
        location: str,
    ) -> None:
        self._probe_of = probe_of
        self._walk = walk
        self._alarm = alarm
        self._dropped = dropped
        self._location = location
        self._taken: set[str] = set()
        self._open: dict[str, Pending] = {}
        self._all_known = False
        self._told: set[str] = set()
        self._waiting: dict[str, Pending] = {}
        self._armed: dict[str, tuple[str, datetime]] = {}
        self._taking = threading.Lock()

    @property
    def name(self) -> str:
        """Under which its errors are counted."""
        return "follow-ups"

    def resume(self, pending: Iterable[Pending], *, all_known: bool = False) -> None:
        """Take up what an earlier monitor left, or another process asked for, and what could not be taken up so far;
        what has been is left. ``all_known``: nothing else was left."""
        with self._taking:
            waiting = list(self._waiting.values())
        closed: defaultdict[str, list[str]] = defaultdict(list)
        for one in (*waiting, *pending):
            if reason := self._take(one):
                closed[reason].append(_told(one))
        self._all_known = self._all_known or all_known
        for reason, names in closed.items():
            _say_closed(names, reason)

    def awaited(self, journey: str, persona: Persona, target: Target) -> bool | None:
        """Whether a journey is still to come back to what a persona has left; None while what was left before this
        monitor began is not known."""
        now = datetime.now(UTC)
        if any(one.counts(journey, persona, target, now) for one in self._open.copy().values()):
            return True
        return False if self._all_known else None

    def run_finished(self, result: RunResult) -> None:
        """Take up what a run asks for."""
        if asked := result.follow_up:
            one = Pending(result.run_id, result.persona, result.target, result.started_at, asked)
            if reason := self._take(one):
                _say_closed([_told(one)], reason)

    def due(self) -> list[tuple[str, datetime]]:
        """Journey and time of each that waits for its time, the next one first."""
        return sorted(self._armed.copy().values(), key=lambda one: one[1])

    def _take(self, one: Pending) -> str | None:
        """Arm one; why it is closed instead, where it can never be walked."""
        with self._taking:
            if one.run_id in self._taken:
                return None
            self._taken.add(one.run_id)
            self._open[one.run_id] = one
            self._waiting.pop(one.run_id, None)
        try:
            probe = self._probe_of(one)
        except Removed as reason:
            self._open.pop(one.run_id, None)
            self._dropped(self._left_out(one, str(reason)))
            return str(reason)
        except SettingsError as error:
            # A secret that is not mounted just now, say.
            with self._taking:
                self._taken.discard(one.run_id)
                self._waiting[one.run_id] = one
            said = f"follow-up {_told(one)} waits: {error}"
            if said not in self._told:
                self._told.add(said)
                aside(said)
        else:
            self._arm(one.run_id, one.asked.due_at, probe, _AGAIN_AFTER)
        return None

    def _arm(self, run_id: str, due_at: datetime, probe: Probe, else_after: timedelta) -> None:
        self._armed[run_id] = probe.journey.name, due_at
        self._alarm(f"follow-up {run_id}", due_at, partial(self._come_back, run_id, probe, else_after))

    def _come_back(self, run_id: str, probe: Probe, else_after: timedelta) -> None:
        self._armed.pop(run_id, None)
        result = self._walk(probe)
        if result is None or closes(result):
            self._open.pop(run_id, None)
        else:
            self._arm(run_id, datetime.now(UTC) + else_after, probe, min(2 * else_after, _AT_MOST))

    def _left_out(self, one: Pending, reason: str) -> RunResult:
        return RunResult(
            run_id=uuid4().hex,
            journey=one.asked.journey,
            persona=one.persona,
            target=one.target,
            location=self._location,
            origin="schedule",
            started_at=datetime.now(UTC),
            duration_s=0.0,
            verdict=Verdict.SKIPPED,
            skip_reason=REMOVED,
            notes={REMOVED: reason},
            follows=one.run_id,
        )


def _told(one: Pending) -> str:
    return f"{one.asked.journey} ({one.persona})"


def _say_closed(names: Sequence[str], reason: str) -> None:
    each = ", ".join(dict.fromkeys(names))
    said = f"follow-up {each} is" if len(names) == 1 else f"{len(names)} follow-ups, {each}, are"
    aside(f"{said} closed: {reason}")
