"""A monitor is killed in the middle of its work: the next one takes up what it left, on a target that outlives both."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from journeys.persona import Persona
from synthetic.embedded import EmbeddedStaging
from tests.control import Control

pytestmark = pytest.mark.browser

LATER_S = 86_400


class Monitor:
    """A `serve` in a folder, and what it says."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, journey: str) -> dict[str, Any]:
        """Wait for a run of a journey; its line."""
        assert self._process.stdout
        for said in self._process.stdout:
            line: dict[str, Any] = json.loads(said)
            if line.get("journey") == journey:
                return line
        raise AssertionError(f"the monitor ended without a run of {journey}")

    def begins(self) -> None:
        """Wait until it says where it serves."""
        assert self._process.stdout
        assert json.loads(self._process.stdout.readline())["event"] == "serving"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def monitor(folder: Path, *schedule: tuple[str, str]) -> Iterator[Monitor]:
    entries = "".join(
        f'[[schedule]]\njourney = "{journey}"\npersona = "{persona}"\ntarget = "stage"\ninterval_s = {LATER_S}\n'
        for journey, persona in schedule
    )
    settings = (folder / "settings.toml").read_text(encoding="utf-8")
    (folder / "nmo-monitor.toml").write_text(f"{settings}\n{entries}", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "synthetic", "serve", "--log", "json"],
        cwd=folder,
        env=os.environ | {"NMO_MONITOR__PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Monitor(process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)
        if process.stdout:
            process.stdout.close()


def _described(folder: Path, persona: Persona) -> str:
    """A persona in the settings: each secret in a file of its own."""
    lines = [f"[personas.{persona.name}]", *(f'{key} = "{getattr(persona, key)}"' for key in ("factor", "state"))]
    for field in fields(persona):
        value = getattr(persona, field.name)
        if isinstance(value, SecretStr):
            file = folder / f"{persona.name}-{field.name}"
            file.write_text(value.get_secret_value(), encoding="utf-8")
            lines.append(f'{field.name} = "file:{file}"')
    return "\n".join(lines)


@pytest.fixture
def walker(control: Control) -> Persona:
    return control.account("updating-doctor")


@pytest.fixture
def folder(tmp_path: Path, staging: EmbeddedStaging, walker: Persona) -> Path:
    """A folder with the settings of the staging as a target like any other."""
    target = staging.target
    inboxes = []
    for channel, inbox in target.inboxes.items():
        assert inbox.token
        token = tmp_path / f"token-{channel}"
        token.write_text(inbox.token.get_secret_value(), encoding="utf-8")
        inboxes.append(
            f'[targets.stage.inboxes.{channel}]\nkind = "{inbox.kind}"\nurl = "{inbox.url}"\ntoken = "file:{token}"'
        )
    sites = "\n".join(f'{site} = "{getattr(target, site)}"' for site in ("nmo", "gosuslugi", "esia"))
    settings = "\n".join(
        [f"[targets.stage]\n{sites}", "[targets.stage.limits]\nupdate_s = 6", *inboxes, _described(tmp_path, walker)]
    )
    (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")
    return tmp_path


def test_a_follow_up_survives(folder: Path, walker: Persona, control: Control) -> None:
    with monitor(folder, ("specialist-update", walker.name)) as first:
        asked = first.run("specialist-update")
        assert asked["verdict"] == "passed"
        first.kill()
    listed = subprocess.run(
        [sys.executable, "-m", "synthetic", "journeys"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert f"pending: specialist-update-outcome ({walker.name} → stage) is due at " in listed.stdout

    control.advance(60)
    with monitor(folder, ("support-channels", walker.name)) as second:
        confirmed = second.run("specialist-update-outcome")

    # The portal takes 20 s and the settings promise 6: a follow-up that comes late sees that too.
    assert (confirmed["verdict"], confirmed["doubts"]) == ("degraded", ["update-overdue"])
    assert confirmed["follows"] == asked["run_id"]


def test_a_run_that_was_cut_off_has_its_verdict(folder: Path, walker: Persona, control: Control) -> None:
    with control.fault("no-answer", "esia"), monitor(folder, ("sign-in", walker.name)) as first:
        first.begins()
        _wait_for_lease(folder)
        first.kill()

    with monitor(folder, ("sign-in", walker.name)) as second:
        cut_off, after = sorted((second.run("sign-in") for _ in range(2)), key=lambda run: str(run["verdict"]))

    assert (cut_off["verdict"], cut_off["system"], cut_off["cause"]) == ("broken", "monitor", "worker-died")
    assert after["verdict"] == "passed"


def _wait_for_lease(folder: Path) -> None:
    """Until the history has word of a run that goes on."""
    file, until = folder / ".nmo-monitor" / "history.sqlite", time.monotonic() + 30
    while time.monotonic() < until:
        # The tables may not be there yet.
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file)) as reader:
            if reader.execute("SELECT count(*) FROM leases").fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("no run began")


def test_a_follow_up_whose_persona_is_gone_is_closed(folder: Path, walker: Persona, control: Control) -> None:
    with monitor(folder, ("specialist-update", walker.name)) as first:
        first.run("specialist-update")
        first.kill()
    settings = (folder / "settings.toml").read_text(encoding="utf-8")
    other = control.account("doctor")
    known = settings.partition(f"[personas.{walker.name}]")[0]
    (folder / "settings.toml").write_text(f"{known}{_described(folder, other)}", encoding="utf-8")

    with monitor(folder, ("sign-in", other.name)) as second:
        second.run("sign-in")

    kept = subprocess.run(
        [sys.executable, "-m", "synthetic", "history", "--json", "--journey", "specialist-update-outcome"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    (closed,) = [json.loads(line) for line in kept.stdout.splitlines()]
    assert (closed["verdict"], closed["skip_reason"]) == ("skipped", "removed")
    assert f'"{walker.name}"' in closed["notes"]["removed"]
