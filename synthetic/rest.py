"""Accounts that ЕСИА has refused are left alone by the schedule for a while, whichever process was refused, and after
a restart too: each refusal brings an account nearer to a lock."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from journeys.cause import BURNS_THE_ACCOUNT
from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult
from journeys.target import Target
from synthetic.lease import account
from synthetic.runner import Origin

_LONGEST = 8
"""A rest is twice as long after each refusal that follows another, up to so many times the first."""


def burns_the_account(result: RunResult, journey: Journey) -> bool:
    """Whether ЕСИА has refused a sign-in of this run and let none in after it, or may have."""
    failure = result.failure
    if failure is None:
        return False
    left = any(step.burns_the_account for step in journey.steps if step.name == failure.step)
    return left or failure.cause in BURNS_THE_ACCOUNT


class Rests:
    """Remembers rests in ``state_dir/leases``, or until the end of the process where the disk takes nothing.

    The first lasts ``rest_s`` seconds; ``clock`` tells Unix seconds.
    """

    def __init__(self, state_dir: Path, rest_s: float = 1800.0, clock: Callable[[], float] = time.time) -> None:
        self._folder = state_dir / "leases"
        self._rest_s = rest_s
        self._clock = clock
        self._noted: dict[Path, tuple[float, int]] = {}

    def hold_back(self, journey: Journey, persona: Persona, target: Target, origin: Origin) -> bool:
        """Whether a run is to be left out: support wants to see a refusal, but whoever asks does not provoke more."""
        asks = origin != "support" or journey.own_account
        return journey.signs_in and asks and self.goes_on(persona, target)

    def run_finished(self, result: RunResult, journey: Journey, persona: Persona, target: Target) -> None:
        """Take in what a run came to."""
        if burns_the_account(result, journey):
            self.refused(persona, target)
        elif result.good and journey.signs_in:
            self.let_in(persona, target)

    def goes_on(self, persona: Persona, target: Target) -> bool:
        """Whether the account is to be left alone."""
        until, _ = self._read(self._file(persona, target))
        return self._clock() < until

    def refused(self, persona: Persona, target: Target) -> None:
        """ЕСИА has refused the account, or may have."""
        file = self._file(persona, target)
        _, times = self._read(file)
        noted = (self._clock() + self._rest_s * min(2**times, _LONGEST), times + 1)
        self._noted[file] = noted
        with suppress(OSError):
            half = file.with_suffix(".tmp")
            half.write_text(json.dumps(noted), encoding="ascii")
            half.replace(file)

    def let_in(self, persona: Persona, target: Target) -> None:
        """ЕСИА has let the account in, and counts anew."""
        file = self._file(persona, target)
        self._noted.pop(file, None)
        with suppress(OSError):
            file.unlink(missing_ok=True)

    def _file(self, persona: Persona, target: Target) -> Path:
        return self._folder / f"{account(persona, target)}.rest"

    def _read(self, file: Path) -> tuple[float, int]:
        """Until when, and after how many refusals in a row."""
        with suppress(OSError, ValueError, TypeError):
            until, times = json.loads(file.read_bytes())
            return float(until), int(times)
        return self._noted.get(file, (0.0, 0))
