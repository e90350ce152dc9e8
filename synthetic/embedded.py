"""The embedded staging as a target: a process of its own, gone when this one is.

EmbeddedStagingError    the staging did not start; the message says why
"""

import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import SecretStr

from journeys.persona import Persona
from journeys.target import InboxAddress, Limits, Target
from synthetic.process_tree import descendants, end
from synthetic.settings import EMBEDDED

_START_LIMIT_S = 20.0
_CODE_TIMEOUT_S = 10.0
_LIMITS = Limits(check_s=30.0, update_s=60.0, documents_s=60.0, resubmission_s=60.0, account_s=60.0)
"""What takes a day elsewhere takes a third of a minute on the embedded staging."""
_PERSON = (
    *("login", "password", "totp_secret", "phone", "email", "second_phone", "second_email"),
    *("surname", "given_name", "patronymic", "snils", "birth_date", "inn", "oms", "second_oms", "second_password"),
)


class EmbeddedStagingError(Exception):
    """The staging did not start."""


@dataclass(frozen=True)
class EmbeddedStaging:
    """A running staging: the target, its personas by name, and the address of its control API with its token."""

    target: Target
    personas: dict[str, Persona]
    control: str
    token: SecretStr
    pid: int


@contextmanager
def embedded_staging(faults: Iterable[str] = (), options: Iterable[str] = ()) -> Iterator[EmbeddedStaging]:
    """A staging on free ports for as long as the context lasts; ``options`` go to its command line as they are."""
    command = [sys.executable, "-m", "staging", "--ready-json", "--until-stdin-closes", *options]
    for fault in faults:
        command += ["--fault", fault]
    # A file takes what the staging says on its error stream: a pipe that nobody reads would fill up and stop it.
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
        try:
            yield _described(_first_line(process, errors))
        finally:
            _stop(process)


def persona_of(account: dict[str, Any]) -> Persona:
    """The persona that walks with an account of the staging."""
    secrets: dict[str, Any] = {key: SecretStr(account[key]) for key in _PERSON if account.get(key)}
    return Persona(
        name=account["name"],
        role=account["role"],
        state=account["state"],
        factor=account["factor"],
        review=account.get("review", "ordinary"),
        private=tuple(SecretStr(account[key]) for key in ("address",) if account.get(key)),
        **secrets,
    )


def _described(ready: dict[str, Any]) -> EmbeddedStaging:
    token = SecretStr(ready["token"])
    outbox = InboxAddress(kind="outbox", url=ready["control"], token=token)
    target = Target(
        name=EMBEDDED,
        nmo=ready["nmo"],
        gosuslugi=ready["gosuslugi"],
        esia=ready["esia"],
        inboxes={"sms": outbox, "email": outbox},
        code_timeout_s=_CODE_TIMEOUT_S,
        limits=_LIMITS,
    )
    personas = {account["name"]: persona_of(account) for account in ready["personas"]}
    return EmbeddedStaging(target, personas, ready["control"], token, ready["pid"])


def _first_line(process: subprocess.Popen[bytes], errors: IO[bytes]) -> dict[str, Any]:
    assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        line = process.stdout.readline() if selector.select(_START_LIMIT_S) else b""
    if not line:
        process.kill()
        process.wait()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
        last = said.splitlines()[-1] if said else f"it did not say that it is ready in {_START_LIMIT_S:g} s"
        raise EmbeddedStagingError(f"the embedded staging did not start: {last}")
    ready: dict[str, Any] = json.loads(line)
    return ready


def _stop(process: subprocess.Popen[bytes]) -> None:
    tree = descendants(process.pid)
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        end(tree)
        process.wait(2)
    if process.stdout:
        process.stdout.close()


def announce(staging: EmbeddedStaging, state_dir: Path) -> Path:
    """Leave word of a running staging for `nmo-monitor faults`; the file is for its owner's eyes."""
    file = state_dir / "staging.json"
    half = file.with_suffix(".tmp")
    half.unlink(missing_ok=True)
    word = {"control": staging.control, "token": staging.token.get_secret_value(), "pid": staging.pid}
    with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
        json.dump(word, stream)
    half.replace(file)
    return file
