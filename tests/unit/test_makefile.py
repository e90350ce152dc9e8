import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("ci", "code", "runs"), [("", 0, 2), ("true", 2, 0)])
def test_without_prometheus_the_other_tests_are_run_outside_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, code: int, runs: int
) -> None:
    shutil.copy(MAKEFILE, tmp_path)
    (tmp_path / "allure-results").mkdir()
    program(tmp_path / "scripts/prometheus", "echo 'no apt-get here' >&2; exit 1")
    program(tmp_path / ".venv/bin/pytest", 'echo "$PATH" >> path')
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv("MAKEFLAGS", raising=False)
    done = subprocess.run(
        ["make", "test", "-o", "check", "-o", "node_modules/.ready"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "no apt-get here" in done.stderr
    paths = (tmp_path / "path").read_text().splitlines() if runs else []
    assert len(paths) == runs
    # An empty part would put the current folder on PATH.
    assert not any(path.startswith(":") for path in paths)


def test_prometheus_that_is_there_is_put_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(MAKEFILE, tmp_path)
    (tmp_path / "allure-results").mkdir()
    program(tmp_path / "scripts/prometheus", "echo /opt/prometheus")
    program(tmp_path / ".venv/bin/pytest", 'echo "$PATH" >> path')
    monkeypatch.delenv("MAKEFLAGS", raising=False)
    command = ["make", "test", "-o", "check", "-o", "node_modules/.ready"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / "path").read_text().startswith("/opt/prometheus:")
