"""Time-based one-time codes, none of them used twice: ЕСИА refuses a code that it has already taken."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import pyotp
from filelock import FileLock
from pydantic import SecretStr

from journeys.inbox import InboxUnreachable

WINDOW_S = 30
"""Every code is for one window of this many seconds, as RFC 6238 has it and ЕСИА uses it."""

READY_S = 3.0
"""What must be left of the window when a run starts: enough to get to the screen that asks for the code."""

LEAST_S = 1.0
"""What must be left when a code is given out: enough to type it, also where only the current code is taken."""


_DIGITS = 12
"""Of the number of a window in its file: enough for a million years."""

LOCK_S = 10.0
"""How long another process may hold a secret's file; it needs milliseconds."""


class Totp:
    """Codes of one secret. The last window used is kept in ``folder``, so that it holds across processes."""

    def __init__(
        self, secret: SecretStr, folder: Path, *, clock: Callable[[], float], wait: Callable[[float], None]
    ) -> None:
        self._secret = secret
        self._folder = folder
        self._clock = clock
        self._wait = wait

    def settle(self) -> None:
        """Wait until a code could be given out at once. Raises InboxUnreachable."""
        _ = self._generator
        while (delay := self._delay(self._clock(), READY_S)) > 0:
            self._wait(delay)

    def take(self) -> str:
        """The current code, or the next one when the current is used or about to end. Raises InboxUnreachable."""
        generator = self._generator
        while True:
            with self._locked():
                now = self._clock()
                delay = self._delay(now, LEAST_S)
                if delay <= 0:
                    window = int(now // WINDOW_S)
                    self._mark_used(window)
                    return generator.generate_otp(window)
            self._wait(delay)

    def _delay(self, now: float, needed_s: float) -> float:
        """Seconds until a window that is not used and has ``needed_s`` left; 0 when it is now."""
        window, last_used = int(now // WINDOW_S), self._last_used()
        if last_used > window + 1:  # two windows ahead of the clock: waiting for it could take days
            behind = last_used * WINDOW_S - now
            raise InboxUnreachable(f"the clock is {behind:.0f} s behind the last one-time code used: {self._path}")
        if window <= last_used:
            return (last_used + 1) * WINDOW_S - now
        left = (window + 1) * WINDOW_S - now
        return 0.0 if left >= needed_s else left

    @cached_property
    def _generator(self) -> pyotp.TOTP:
        try:
            return pyotp.TOTP(self._secret.get_secret_value().replace(" ", ""), interval=WINDOW_S)
        except ValueError:
            raise InboxUnreachable("the TOTP secret is not base32 of 112 bits or more") from None

    @cached_property
    def _path(self) -> Path:
        normal = self._secret.get_secret_value().replace(" ", "").rstrip("=").upper()
        return self._folder / hashlib.sha256(normal.encode()).hexdigest()[:32]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._path.with_suffix(".lock"), timeout=LOCK_S, mode=0o600)
            lock.acquire()
        except OSError as error:  # filelock's Timeout is one
            raise InboxUnreachable(f"cannot lock the one-time codes: {self._path}: {error}") from None
        try:
            yield
        finally:
            lock.release()

    def _last_used(self) -> int:
        """The last window used, -1 when there was none."""
        try:
            return int(self._path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return -1
        except (OSError, ValueError) as error:
            raise InboxUnreachable(f"cannot tell which one-time code was used last: {self._path}: {error}") from None

    def _mark_used(self, window: int) -> None:
        noted = f"{window:0{_DIGITS}}".encode("ascii")
        try:
            if self._path.exists() and self._path.stat().st_size == len(noted):
                # Over what is there, which most file systems have room for also on a disk that has filled up since.
                with self._path.open("r+b", buffering=0) as file:
                    file.write(noted)
                return
            # mkstemp makes the file readable by its owner only.
            handle, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(noted)
            Path(name).replace(self._path)
        except OSError as error:
            raise InboxUnreachable(f"cannot note the one-time code as used: {error}") from None
