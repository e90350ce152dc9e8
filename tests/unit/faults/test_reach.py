"""Every cause is reached by something: a case of the matrix, or a test that makes it happen."""

from pathlib import Path

from journeys.cause import Cause
from tests.faults.cases import CASES

ROOT = Path(__file__).parents[3]

ELSEWHERE = {
    Cause.BROWSER_MISSING: "tests/unit/synthetic/test_cli.py",
    Cause.BROWSER_DIED: "tests/faults/test_survival.py",
    Cause.WORKER_DIED: "tests/faults/test_survival.py",
    Cause.NO_NETWORK: "tests/faults/test_targets.py",
    Cause.INBOX_UNREACHABLE: "tests/faults/test_targets.py",
    Cause.MONITOR_ERROR: "tests/unit/synthetic/test_diagnosis.py",
}
"""What the monitor does to itself is no fault of the staging."""


def test_every_cause_is_reached() -> None:
    assert {case.cause for case in CASES} | ELSEWHERE.keys() == set(Cause)


def test_what_is_reached_elsewhere_is_reached_there() -> None:
    absent = [
        f"{cause} in {file}"
        for cause, file in ELSEWHERE.items()
        if f"Cause.{cause.name}" not in (ROOT / file).read_text(encoding="utf-8")
        and cause not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert absent == []
