"""``python -m staging`` as the monitor runs it: the line it says, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

WAITS_S = 60
"""How long somebody waits for a message: an end that comes in half of it did not wait for them."""


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "staging", *options]


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """A staging with a lifeline, one fault on, and its ready line still to be read."""
    options = command("--ready-json", "--until-stdin-closes", "--fault", "http-502:gosuslugi", "--fault", "wrong-state")
    with subprocess.Popen(
        options, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        yield running
        running.kill()


def ready(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout
    document: dict[str, Any] = json.loads(process.stdout.readline())
    return document


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and what it said on stderr."""
    code = process.wait(WAITS_S / 2)
    assert process.stderr
    return code, process.stderr.read()


def test_says_where_it_is_and_with_which_faults(process: subprocess.Popen[str]) -> None:
    said = ready(process)
    assert set(said) == {"esia", "gosuslugi", "nmo", "control", "token", "pid", "personas"}
    assert said["pid"] == process.pid
    headers = {"authorization": f"Bearer {said['token']}"}
    faults = httpx.get(f"{said['control']}/faults", headers=headers, trust_env=False).json()["faults"]
    assert {fault["name"]: list(fault["active"]) for fault in faults if fault["active"]} == {
        "http-502": ["gosuslugi"],
        "wrong-state": ["esia"],
    }
    port = httpx.URL(said["nmo"]).port
    page = httpx.get(f"http://127.0.0.1:{port}/", headers={"host": f"nmo.localhost:{port}"}, trust_env=False)
    assert "Войти через Госуслуги" in page.text


def test_ends_with_its_lifeline_even_while_someone_waits(process: subprocess.Popen[str]) -> None:
    said = ready(process)
    with socket.create_connection(("127.0.0.1", httpx.URL(said["control"]).port or 0)) as waiting:
        request = (
            f"GET /outbox?to=x&wait={WAITS_S} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {said['token']}\r\n\r\n"
        )
        waiting.sendall(request.encode())
        httpx.get(f"{said['control']}/healthz", trust_env=False)
        assert process.stdin
        process.stdin.close()
        assert ended(process) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_a_clean_end(process: subprocess.Popen[str], number: signal.Signals) -> None:
    ready(process)
    os.kill(process.pid, number)
    assert ended(process) == (0, "")


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(command("--nmo-port", str(port)), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [f"staging: cannot listen on 127.0.0.1:{port} for nmo: Address already in use"]


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--fault=no-such", "unknown fault"),
        ("--fault=latency:moon", "applies to"),
        ("--nmo-port=99999", "python -m staging: --nmo-port: 99999: must be 0 to 65535; see --help"),
        ("--esia-port=-5", "--esia-port: -5: must be 0 to 65535"),
        ("--control-port=http", "--control-port: http: must be 0 to 65535"),
        ("--sync-seconds=-1", "--sync-seconds: -1: must be seconds, 0 or more"),
        ("--check-seconds=nan", "--check-seconds: nan: must be seconds, 0 or more"),
        ("--bogus", "unrecognized arguments: --bogus; see --help"),
    ],
)
def test_wrong_usage_is_told_in_a_line(option: str, text: str) -> None:
    done = subprocess.run(command(option), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert text in done.stderr
    assert done.stderr.count("\n") == 1


def test_says_what_to_do_to_people() -> None:
    done = subprocess.run(
        command("--until-stdin-closes"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert "control token: " in done.stdout
    assert "http://nmo.localhost:" in done.stdout
