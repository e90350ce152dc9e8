"""A test identity is used by one run at a time, whichever process makes the run.

LeaseError
├── PersonaLeased    another run has the persona
├── StateLocked      another `serve` has the state folder
└── LockUnusable     the lock's file cannot be opened: it belongs to another user, or the disk is read-only
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from journeys.persona import Persona
from journeys.target import Target


class LeaseError(Exception):
    """It cannot be had."""


class PersonaLeased(LeaseError):
    """Another run has the persona."""


class StateLocked(LeaseError):
    """Another `serve` has the state folder."""


class LockUnusable(LeaseError):
    """A lock's file cannot be opened; the message says which, and why."""


@contextmanager
def lease(persona: Persona, target: Target, state_dir: Path) -> Iterator[None]:
    """Hold the account of a persona; the system lets go of it should this process die. Raises LeaseError."""
    file = state_dir / "leases" / f"{account(persona, target)}.lock"
    with _held(file, PersonaLeased(f"{persona.name} is in use by another run")):
        yield


def account(persona: Persona, target: Target) -> str:
    """What tells an account from others in the name of a file: two personas may be one account."""
    place_and_login = f"{target.esia} {persona.login.get_secret_value()}"
    return hashlib.sha256(place_and_login.encode()).hexdigest()[:16]


@contextmanager
def sole_use(state_dir: Path) -> Iterator[None]:
    """Hold a state folder for one `serve`. Raises StateLocked or LockUnusable."""
    message = f"monitor.state_dir: {state_dir} is in use by another `serve`; stop it, or name another folder"
    with _held(state_dir / "serve.lock", StateLocked(message)):
        yield


@contextmanager
def _held(path: Path, refusal: LeaseError) -> Iterator[None]:
    # Not re-entrant and not shared between threads: every holder opens the file anew.
    lock = FileLock(path, thread_local=False, is_singleton=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise refusal from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise LockUnusable(
            f"monitor.state_dir: cannot lock {path}: {why}; run as the user who owns it, or name another folder"
        ) from None
    try:
        yield
    finally:
        lock.release()
