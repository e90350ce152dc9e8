import json
from collections.abc import Callable
from io import StringIO

import pytest

from exporters.log import RunLog, Style
from journeys.cause import Cause
from journeys.result import Failure, Hop, RunResult, Verdict
from journeys.system import System

Runs = Callable[..., RunResult]
FAILED = Failure(System.NMO, Cause.WRONG_ACCOUNT, "the cabinet shows Иванова", code="403", step="sign in")


def line(result: RunResult, style: Style = "json") -> str:
    stream = StringIO()
    RunLog(stream, style).run_finished(result)
    return stream.getvalue()


def test_a_run_is_one_line_of_json_with_what_one_searches_by(run: Runs) -> None:
    text = line(run(Verdict.FAILED, failure=FAILED))
    assert text.count("\n") == 1
    said = json.loads(text)
    wanted = {
        "event": "run",
        "level": "error",
        "run_id": "run-1",
        "journey": "sign-in",
        "verdict": "failed",
        "system": "nmo",
        "cause": "wrong-account",
        "code": "403",
        "step": "sign in",
        "duration_s": 3.5,
        "slowest_step": "sign in",
    }
    assert said | wanted == said


@pytest.mark.parametrize(
    ("verdict", "level"),
    [
        (Verdict.PASSED, "info"),
        (Verdict.SKIPPED, "info"),
        (Verdict.DEGRADED, "warning"),
        (Verdict.FAILED, "error"),
        (Verdict.BROKEN, "error"),
    ],
)
def test_the_level_follows_the_verdict(run: Runs, verdict: Verdict, level: str) -> None:
    assert json.loads(line(run(verdict)))["level"] == level


@pytest.mark.parametrize("style", ["json", "text"])
def test_nothing_that_a_screen_said_is_logged(run: Runs, style: Style) -> None:
    result = run(
        Verdict.FAILED,
        failure=FAILED,
        hops=(Hop(System.NMO, "https://nmo.test/?who=Иванова", 200, 0.1),),
        notes={"seen": "Иванова"},
        doubts=(Failure(System.NMO, Cause.DATA_MISMATCH, "Иванова"),),
    )
    text = line(result, style)
    assert "data-mismatch" in text
    assert "Иванова" not in text


def test_people_get_key_and_value_on_one_line_whatever_the_values_hold(run: Runs) -> None:
    text = line(run(persona="doctor\nlevel=info", journey="sign-in"), "text")
    assert text.count("\n") == 1
    assert "event=run journey=sign-in verdict=passed" in text
