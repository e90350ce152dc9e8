"""When the CI suite is red, and when it refuses to begin."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from journeys.sign_in import SIGN_IN

ROOT = Path(__file__).parents[2]
STAGE = """
[targets.stage]
nmo = "http://127.0.0.1:1"
gosuslugi = "http://127.0.0.1:2"
esia = "http://127.0.0.1:3"
"""
SCHEDULE = '[[schedule]]\njourney = "sign-in"\npersona = "doctor"\n'
SLOW = "\n".join(["[journeys.sign-in.steps]", *(f'"{step.name}" = 0.001' for step in SIGN_IN.steps), ""])
"""Budgets that nobody keeps."""


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "ci.toml"


def suite(settings_file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The suite in a pytest of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/journeys/test_journeys.py"]
    return subprocess.run(
        [*command, "--settings", str(settings_file), *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("NMO_", "PYTEST_"))},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


@pytest.mark.parametrize(
    ("written", "target", "said"),
    [
        (STAGE, "stgae", '--target "stgae": no such target; did you mean "stage"?'),
        (STAGE, "stage", '--target "stage": nothing is scheduled on it; add [[schedule]] entries for it'),
        ("[monitor]\nworkrs = 1", "embedded", "{file}: monitor.workrs: unknown key; did you mean workers?"),
        ("[monitor", "embedded", "{file}: end of document: not TOML: Expected ']' at the end of a table declaration"),
    ],
    ids=["unknown target", "unscheduled target", "unknown key", "no TOML"],
)
def test_a_suite_that_cannot_walk_anything_is_refused(
    settings_file: Path, written: str, target: str, said: str
) -> None:
    settings_file.write_text(written, encoding="utf-8")

    done = suite(settings_file, "--target", target)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert (done.stdout + done.stderr).strip() == f"ERROR: {said.format(file=settings_file)}"


@pytest.mark.browser
def test_a_persona_that_lacks_what_a_journey_needs_is_refused(settings_file: Path) -> None:
    settings_file.write_text('[[schedule]]\njourney = "contact-update"\npersona = "nurse"\n', encoding="utf-8")

    done = suite(settings_file)

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "nurse: it has no " in done.stdout, done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.browser
@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("-W", "error:degraded"), 1)], ids=["good", "strict"])
def test_a_degraded_run_is_good_and_told(settings_file: Path, arguments: tuple[str, ...], code: int) -> None:
    settings_file.write_text(SLOW + SCHEDULE, encoding="utf-8")

    # Seen on two cores with four busy processes: all the time of every step had been a wait for a processor.
    done = suite(settings_file, "-p", "tests.idle_machine", *arguments)

    assert done.returncode == code, done.stdout + done.stderr
    assert "UserWarning: degraded: " in done.stdout
