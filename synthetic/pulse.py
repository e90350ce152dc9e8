"""Whether the monitor itself is alive: what is going on, since when, and what should have begun."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_LATE = timedelta(seconds=60)
"""Past its time by so much, a start is not coming: the scheduler's thread is dead or stuck."""


class Pulse:
    """Watches the jobs called ``names``. One that goes on for more than ``limit_s`` is stuck; ``due`` tells the next
    start of a job, in UTC. ``clock`` gives monotonic seconds."""

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
        self._lock = threading.Lock()

    @contextmanager
    def beat(self, name: str) -> Iterator[None]:
        """A job begins, and ends with the context."""
        with self._lock:
            self._since[name] = self._clock()
        try:
            yield
        finally:
            with self._lock:
                del self._since[name]

    def problem(self, names: tuple[str, ...], now: datetime | None = None) -> str | None:
        """What is wrong, in a line, or None."""
        now = now or datetime.now(UTC)
        with self._lock:
            going_on = dict(self._since)
        for name, since in going_on.items():
            if self._clock() - since > self._limit_s:
                return f"«{name}» has been going on for {self._clock() - since:.0f} s"
        for name in names:
            due = self._due(name)
            if due and name not in going_on and now - due > _LATE:
                return f"«{name}» was due {(now - due).total_seconds():.0f} s ago"
        return None
