"""What is said of a target, an inbox or a persona that is not as it should be."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from journeys.system import System
from journeys.target import InboxAddress, Target
from synthetic.embedded import EmbeddedStaging
from synthetic.fanout import Fanout
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober

pytestmark = pytest.mark.browser

SIGN_IN = next(journey for journey in JOURNEYS if journey.name == "sign-in")

Try = Callable[..., RunResult]


@pytest.fixture
def attempt(pool: Pool, staging: EmbeddedStaging, account: Callable[[str], Persona], tmp_path: Path) -> Try:
    """Signs in on a target or as a persona that differs from the good one in some way; retests are on."""

    def attempted(persona: dict[str, object] | None = None, **target: object) -> RunResult:
        walker = replace(account("doctor"), **(persona or {}))  # type: ignore[arg-type]
        place: Target = replace(staging.target, **target)  # type: ignore[arg-type]
        return Prober(pool, Fanout(()), tmp_path, "test").run(Probe(SIGN_IN, walker, place), "ci")

    return attempted


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address that is ours and where nothing listens: connections are refused at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def _named(result: RunResult) -> tuple[Verdict, System, Cause, str | None]:
    assert result.failure, result.explanation
    return result.verdict, result.failure.system, result.failure.cause, result.failure.code


def test_nobody_listens(attempt: Try, nobody: str) -> None:
    result = attempt(nmo=nobody)

    assert _named(result) == (Verdict.FAILED, System.NETWORK, Cause.UNREACHABLE, "ERR_CONNECTION_REFUSED")
    assert result.failure
    assert f"nmo ({nobody.removeprefix('http://')})" in result.failure.message
    assert len(result.attempts) == 2


def test_name_does_not_resolve(attempt: Try) -> None:
    result = attempt(nmo="http://nmo.invalid")

    assert _named(result) == (Verdict.FAILED, System.NETWORK, Cause.DNS_FAILURE, "ERR_NAME_NOT_RESOLVED")


def test_proxy_of_the_monitor_is_gone(attempt: Try, nobody: str) -> None:
    result = attempt(proxy=SecretStr(nobody), nmo="http://nmo.example")

    assert _named(result) == (Verdict.BROKEN, System.MONITOR, Cause.NO_NETWORK, "ERR_PROXY_CONNECTION_FAILED")


def test_inbox_is_out_of_reach(attempt: Try, nobody: str) -> None:
    result = attempt(inboxes={"sms": InboxAddress(kind="outbox", url=nobody)})

    assert _named(result)[:3] == (Verdict.BROKEN, System.MONITOR, Cause.INBOX_UNREACHABLE)


def test_wrong_password_is_tried_once_and_not_told(attempt: Try) -> None:
    result = attempt({"password": SecretStr("Ne-tot-Parol-77!")})

    assert _named(result)[:3] == (Verdict.FAILED, System.ESIA, Cause.CREDENTIALS_REJECTED)
    assert len(result.attempts) == 1
    written = result.to_json() + "".join(
        piece.path.read_text(encoding="utf-8") for piece in result.evidence if piece.media_type != "image/png"
    )
    assert "Ne-tot-Parol-77!" not in written


def test_cabinet_of_another_person(attempt: Try) -> None:
    result = attempt({"surname": SecretStr("Другова")})

    assert _named(result)[:3] == (Verdict.FAILED, System.NMO, Cause.WRONG_ACCOUNT)
