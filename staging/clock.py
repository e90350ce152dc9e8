"""The clock of the staging: real time plus an offset that tests move."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

_FARTHEST_S = 10 * 366 * 86_400


class Clock:
    """Everything on the staging runs on this clock, but for codes of authenticator apps: those run on the wall."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self.wall = wall
        """Real time, seconds since the epoch."""
        self.offset_s = 0.0
        """How far this clock is ahead of the wall, seconds."""

    def now(self) -> datetime:
        """The staging's time, UTC."""
        return datetime.fromtimestamp(self.wall() + self.offset_s, UTC)

    def advance(self, seconds: float) -> None:
        """Move the clock; negative moves it back. Raises ValueError for more than ten years at once, or in all."""
        if not (abs(seconds) <= _FARTHEST_S and abs(self.offset_s + seconds) <= _FARTHEST_S):  # NaN is refused too
            raise ValueError("the clock can be ten years off at most")
        self.offset_s += seconds

    def reset(self) -> None:
        """Back to real time."""
        self.offset_s = 0.0
