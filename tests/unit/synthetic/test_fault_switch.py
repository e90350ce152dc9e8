import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from journeys.target import Target
from synthetic.embedded import EmbeddedStaging, announce
from synthetic.fault_switch import FaultSwitchError, switch_fault

TOKEN = "t0ken-t0ken"


class Control:
    """A control API that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, object]] = []
        self.status, self.text = 200, ""
        control = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                allowed = self.headers["authorization"] == f"Bearer {TOKEN}"
                control.asked.append((self.command, self.path, json.loads(body) if body else None))
                self.send_response(control.status if allowed else 401)
                self.end_headers()
                self.wfile.write(control.text.encode())

            do_PUT = do_DELETE = _answer  # noqa: N815 - the standard library's names

            def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    """A running control API, with word of it in the state folder."""
    control = Control()
    target = Target("embedded", "http://nmo.localhost", "http://gosuslugi.localhost", "http://esia.localhost")
    announce(EmbeddedStaging(target, {}, control.url, SecretStr(TOKEN), 1), tmp_path)
    yield control
    control.close()


def test_a_fault_is_switched_on_and_off(control: Control, tmp_path: Path) -> None:
    said = [
        switch_fault(tmp_path, "http-503", system="esia", on=True),
        switch_fault(tmp_path, "http-503", system=None, on=True),
        switch_fault(tmp_path, "http-503", system=None, on=False),
        switch_fault(tmp_path, None, system=None, on=False),
    ]
    assert said == ["http-503 is on", "http-503 is on", "http-503 is off", "every fault is off"]
    assert control.asked == [
        ("PUT", "/faults/http-503", {"system": "esia"}),
        ("PUT", "/faults/http-503", {}),
        ("DELETE", "/faults/http-503", None),
        ("DELETE", "/faults", None),
    ]


@pytest.mark.parametrize(
    "text", ["wrong-state cannot be applied to nmo\n", '{"error": "wrong-state cannot be applied to nmo"}']
)
def test_a_refusal_is_passed_on(control: Control, tmp_path: Path, text: str) -> None:
    control.status, control.text = 400, text
    with pytest.raises(FaultSwitchError, match=r"^the staging refuses: wrong-state cannot be applied to nmo$"):
        switch_fault(tmp_path, "wrong-state", system="nmo", on=True)


NOTHING_RUNS = r"^no embedded staging runs on .*: start `nmo-monitor serve`, or use `run --fault`$"


def test_without_a_staging_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FaultSwitchError, match=NOTHING_RUNS):
        switch_fault(tmp_path, "http-503", system=None, on=True)


def test_word_of_a_staging_that_is_gone(control: Control, tmp_path: Path) -> None:
    word = tmp_path / "staging.json"
    word.write_text(word.read_text().replace(control.url, "http://127.0.0.1:1"))
    with pytest.raises(FaultSwitchError, match=NOTHING_RUNS) as refused:
        switch_fault(tmp_path, "http-503", system=None, on=True)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("word", ["", "{", "{}", "[]"])
def test_word_that_cannot_be_read(tmp_path: Path, word: str) -> None:
    (tmp_path / "staging.json").write_text(word)
    with pytest.raises(FaultSwitchError, match=NOTHING_RUNS):
        switch_fault(tmp_path, "http-503", system=None, on=True)


def test_a_folder_in_the_place_of_the_state_folders_parent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FaultSwitchError, match=NOTHING_RUNS):
        switch_fault(tmp_path / "file", "http-503", system=None, on=True)


def test_the_word_is_for_its_owners_eyes(control: Control, tmp_path: Path) -> None:
    assert (tmp_path / "staging.json").stat().st_mode & 0o077 == 0
