import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from journeys.target import Target
from synthetic.embedded import EmbeddedStaging, EmbeddedStagingError, announce, embedded_staging, persona_of
from synthetic.settings.embedded import EMBEDDED_PERSONAS

Eventually = Callable[[Callable[[], object]], None]

HOLD = """
import signal
from synthetic.embedded import embedded_staging
with embedded_staging() as staging:
    print(staging.pid, staging.control, flush=True)
    signal.pause()
"""


def listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        # `*.localhost` need not resolve outside a browser.
        socket.create_connection(("127.0.0.1", parts.port or 80), 2).close()
    except OSError:
        return False
    return True


def gone(pid: int) -> bool:
    """Ended; a container's first process may leave an orphan's entry unread."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def sites(target: Target) -> tuple[str, ...]:
    return target.nmo, target.gosuslugi, target.esia


def test_it_serves_for_as_long_as_the_context_lasts(eventually: Eventually) -> None:
    with embedded_staging() as staging:
        urls = (*sites(staging.target), staging.control)
        assert [listens(url) for url in urls] == [True] * 4
        assert len(set(urls)) == 4
        assert psutil.pid_exists(staging.pid)
    assert gone(staging.pid)
    assert [listens(url) for url in urls] == [False] * 4


def test_it_is_gone_after_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), embedded_staging() as staging:
        raise ZeroDivisionError
    assert gone(staging.pid)


def test_it_is_gone_when_its_parent_is_killed(eventually: Eventually) -> None:
    parent = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, control = parent.stdout.readline().split()
    assert listens(control)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    eventually(lambda: gone(int(pid)))
    assert not listens(control)


def test_what_it_says_of_itself(staging: EmbeddedStaging) -> None:
    target = staging.target
    assert target.name == "embedded"
    assert len({urlsplit(site).hostname for site in sites(target)}) == 3
    assert set(target.inboxes) == {"sms", "email"}
    assert {*EMBEDDED_PERSONAS} <= set(staging.personas)
    assert all(name == persona.name for name, persona in staging.personas.items())


def test_no_secret_of_it_is_shown(staging: EmbeddedStaging) -> None:
    shown = repr(staging)
    assert staging.token.get_secret_value() not in shown
    for persona in staging.personas.values():
        assert persona.password.get_secret_value() not in shown
        assert persona.login.get_secret_value() not in shown


def test_its_control_api_wants_the_token(staging: EmbeddedStaging) -> None:
    with httpx.Client(base_url=staging.control, trust_env=False) as client:
        assert client.get("/faults").status_code in {401, 403}
        token = {"Authorization": f"Bearer {staging.token.get_secret_value()}"}
        assert client.get("/faults", headers=token).status_code == 200


@pytest.mark.parametrize(
    ("fault", "said"),
    [("http-999", "http-999"), ("wrong-state:nmo", "wrong-state")],
)
def test_a_fault_it_does_not_know_is_told_in_a_line(fault: str, said: str) -> None:
    with pytest.raises(EmbeddedStagingError) as refused, embedded_staging([fault]):
        pass
    lines = str(refused.value).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("the embedded staging did not start: ")
    assert said in lines[0]


CHATTY = """#!/bin/sh
head -c 1000000 /dev/zero | tr '\\0' 'x' >&2
echo '{"nmo": "http://nmo.localhost:1", "gosuslugi": "http://gos.localhost:2", "esia": "http://esia.localhost:3",' \
    '"control": "http://127.0.0.1:4", "token": "t0k3n", "pid": 5, "personas": []}'
cat
"""


def program(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_a_staging_that_complains_a_lot_is_not_stopped_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte on its error stream is more than a pipe holds."""
    monkeypatch.setattr(sys, "executable", program(tmp_path / "staging", CHATTY))
    with embedded_staging() as staging:
        assert (staging.control, staging.pid) == ("http://127.0.0.1:4", 5)


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ("echo 'Traceback: …' >&2; echo 'OSError: no more files' >&2; exit 1", "OSError: no more files"),
        ("echo 'no more memory' >&2; exec 1>/dev/null; cat", "no more memory"),
    ],
    ids=["it ends", "it goes on"],
)
def test_a_staging_that_does_not_start_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, said: str
) -> None:
    monkeypatch.setattr(sys, "executable", program(tmp_path / "staging", f"#!/bin/sh\n{says}\n"))
    with pytest.raises(EmbeddedStagingError) as refused, embedded_staging():
        pass
    assert str(refused.value) == f"the embedded staging did not start: {said}"


def test_a_staging_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthetic.embedded._START_LIMIT_S", 0.2)
    monkeypatch.setattr(sys, "executable", program(tmp_path / "staging", "#!/bin/sh\ncat\n"))
    with pytest.raises(EmbeddedStagingError, match=r"it did not say that it is ready in 0\.2 s$"), embedded_staging():
        pass


def test_a_fault_is_on_from_the_start() -> None:
    with embedded_staging(["http-503:nmo"]) as staging:
        url = f"http://127.0.0.1:{urlsplit(staging.target.nmo).port}/"
        host = {"Host": urlsplit(staging.target.nmo).netloc}
        assert httpx.get(url, headers=host, trust_env=False).status_code == 503


def test_a_persona_has_what_its_account_has_and_no_more() -> None:
    account = {
        "name": "anna",
        "role": "nurse",
        "state": "returning",
        "factor": "totp",
        "login": "anna@mail.example",
        "password": "Parol-2024!x",
        "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "phone": "",
        "surname": "Иванова",
        "given_name": "Анна",
        "patronymic": None,
        "inn": "500100732259",
        "oms": "",
        "birth_date": "01.02.1980",
        "status": "whatever the staging adds",
    }
    persona = persona_of(account)
    assert (persona.name, persona.role, persona.state, persona.factor) == ("anna", "nurse", "returning", "totp")
    assert persona.phone is None
    assert persona.full_name == "Иванова Анна"
    told = {label: persona.secrets().get(label) for label in ("inn", "birth-date", "oms", "phone")}
    assert told == {"inn": "500100732259", "birth-date": "01.02.1980", "oms": None, "phone": None}


def test_word_of_it_is_left_for_its_owner(staging: EmbeddedStaging, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        file = announce(staging, tmp_path)
        assert announce(staging, tmp_path) == file
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == {
        "control": staging.control,
        "token": staging.token.get_secret_value(),
        "pid": staging.pid,
    }
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
