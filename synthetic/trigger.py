"""Rhythms of a schedule as triggers of APScheduler: an interval that keeps its phase, and cron."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

_FAR = timedelta(days=366 * 9)
"""Any date comes within so long, 29 February over a century without one included."""


_COUNTED = 24 * 60
"""A computer that slept for longer has missed more than anybody counts."""


class Rhythm(BaseTrigger):  # type: ignore[misc] # APScheduler 3 carries no types
    """A trigger that can say what was left out."""

    def between(self, before: datetime, due: datetime) -> int:
        """How many times there were after the one that was due at ``before``, and before the one at ``due``."""
        raise NotImplementedError


class Beat(Rhythm):
    """Every ``interval_s`` seconds from ``start``, each time up to ``jitter_s`` seconds later.

    APScheduler's own interval counts from the time before, jitter included, so that jitter makes it slow: every
    60 s with a jitter of 30 s would be every 75 s. Here a delay is forgotten by the next beat; the jitter must be
    less than the interval.
    """

    def __init__(self, start: datetime, interval_s: float, jitter_s: float = 0.0) -> None:
        self._start = start
        self._interval = timedelta(seconds=interval_s)
        self._jitter_s = jitter_s

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first beat, delayed, after the one that was due at ``previous_fire_time`` or a little before."""
        beat = self._start
        if previous_fire_time:
            beat += ((previous_fire_time - self._start) // self._interval + 1) * self._interval
        delayed: datetime | None = self._apply_jitter(beat, self._jitter_s, now)
        return delayed

    def between(self, before: datetime, due: datetime) -> int:
        """Delays leave a time in its own beat."""
        beats = (due - self._start) // self._interval - (before - self._start) // self._interval
        return min(max(0, beats - 1), _COUNTED)


class Cron(Rhythm):
    """``minute hour day month weekday`` in UTC, each time up to ``jitter_s`` seconds later.

    Jobs of one expression share what was worked out: 200 that are due at once would otherwise look for the same next
    minute 400 times, 25 ms in which the last of them waits for its start.
    """

    def __init__(self, expression: str, jitter_s: float = 0.0) -> None:
        self._expression = expression
        self._jitter_s = jitter_s

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first time of the expression after ``previous_fire_time``, delayed."""
        start = now
        if previous_fire_time and previous_fire_time <= now:  # after it, unless the clock was put back
            start = previous_fire_time + timedelta.resolution
        delayed: datetime | None = self._apply_jitter(_following(self._expression, start), self._jitter_s, now)
        return delayed

    def between(self, before: datetime, due: datetime) -> int:
        """Found one after the other, as far as a day has minutes."""
        times, at = -1, _following(self._expression, before + timedelta.resolution)
        while at and at <= due and times < _COUNTED:
            times, at = times + 1, _following(self._expression, at + timedelta.resolution)
        return max(0, times)


def cron(expression: str, jitter_s: float = 0.0) -> Rhythm:
    """A trigger of ``minute hour day month weekday`` in UTC. Raises ValueError, also for one that never fires."""
    now = datetime.now(UTC)
    trigger = CronTrigger.from_crontab(expression, timezone=UTC)
    # A search without an end goes on to the year 9999.
    trigger.end_date = now + _FAR
    if trigger.get_next_fire_time(None, now) is None:
        raise ValueError("there is no such day in the next nine years")
    return Cron(expression, jitter_s)


@lru_cache(maxsize=1024)
def _following(expression: str, start: datetime) -> datetime | None:
    following: datetime | None = _parsed(expression).get_next_fire_time(None, start)
    return following


@lru_cache(maxsize=1024)
def _parsed(expression: str) -> BaseTrigger:
    return CronTrigger.from_crontab(expression, timezone=UTC)
