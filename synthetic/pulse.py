"""Whether the monitor itself is alive: what is going on, since when, and what should have begun."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from journeys.listener import Listener

_ALONE = 10
"""A job that shows nothing while others go on may wait for its turn: it is given so many times the limit."""
_LATE = timedelta(seconds=60)
"""Past its time by so much, a start is not coming: the scheduler's thread is dead or stuck."""


class Pulse:
    """Watches the jobs called ``names``. One that takes no step for more than ``limit_s`` is stuck, if no other takes
    one either; ``due`` tells the next start of a job, in UTC. ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        due: Callable[[str], datetime | None],
        *,
        limit_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._due = due
        self._limit_s = limit_s
        self._clock = clock
        self._since: dict[str, float] = {}
        self._last = clock()
        self._lock = threading.Lock()

    @contextmanager
    def beat(self, name: str) -> Iterator[None]:
        """A job begins, and ends with the context."""
        self.step(name)
        try:
            yield
        finally:
            with self._lock:
                self._last = self._clock()
                del self._since[name]

    def step(self, name: str) -> None:
        """A job takes a step."""
        with self._lock:
            self._since[name] = self._last = self._clock()

    def progress(self, name: str) -> Listener:
        """For the run that is this job."""
        return _Steps(self, name)

    def problem(self, names: tuple[str, ...], now: datetime | None = None) -> str | None:
        """What is wrong, in a line, or None."""
        now = now or datetime.now(UTC)
        with self._lock:
            going_on, quiet_s = dict(self._since), self._clock() - self._last
        for name, since in going_on.items():
            still_s = self._clock() - since
            if still_s > self._limit_s * (1 if quiet_s > self._limit_s else _ALONE):
                return f"«{name}» has not taken a step for {still_s:.0f} s"
        for name in names:
            due = self._due(name)
            if due and name not in going_on and now - due > _LATE:
                return f"«{name}» was due {(now - due).total_seconds():.0f} s ago"
        return None


class _Steps(Listener):
    def __init__(self, pulse: Pulse, job: str) -> None:
        self._pulse = pulse
        self._job = job

    def step_started(self, name: str) -> None:
        self._pulse.step(self._job)
