from datetime import UTC, datetime

from journeys.listener import Listener
from journeys.result import RunResult, StepResult, Verdict
from journeys.system import System


def test_nothing_has_to_be_heard() -> None:
    class Quiet(Listener):
        pass

    quiet = Quiet()
    result = RunResult(
        "run-1", "sign-in", "anna", "stage", "local", "ci", datetime(2026, 3, 2, tzinfo=UTC), 1.0, Verdict.PASSED
    )
    quiet.step_started("open")
    quiet.step_finished(StepResult("open", System.NMO, Verdict.PASSED, 1.0, 3.0))
    quiet.run_judged(result)
    quiet.run_finished(result)
    assert quiet.name == "quiet"
