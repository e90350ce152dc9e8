from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from journeys.journey import Journey, Step
from journeys.result import RunResult, StepResult, Verdict
from journeys.system import System
from journeys.visit import Visit

STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _nothing(visit: Visit) -> None: ...


@pytest.fixture
def journey() -> Journey:
    return Journey(
        name="sign-in",
        title="Вход на портал",
        requirements=("S5", "S6"),
        steps=(
            Step("open the portal", System.NMO, 3, _nothing),
            Step("sign in", System.ESIA, 5, _nothing),
        ),
        budget_s=20,
        interval_s=60,
        states=("returning",),
        objective=0.995,
        tags=("critical",),
    )


@pytest.fixture
def run() -> Callable[..., RunResult]:
    """A run of ``journey``; ``minute`` is when it started, other fields as given."""

    def made(verdict: Verdict = Verdict.PASSED, *, run_id: str = "run-1", minute: int = 0, **fields: Any) -> RunResult:
        steps = (
            StepResult("open the portal", System.NMO, Verdict.PASSED, 1.0, 3),
            StepResult("sign in", System.ESIA, verdict, 2.5, 5),
        )
        values: dict[str, Any] = {
            "journey": "sign-in",
            "persona": "doctor",
            "target": "staging",
            "location": "moscow",
            "origin": "schedule",
            "started_at": STARTED + timedelta(minutes=minute),
            "duration_s": 3.5,
            "steps": steps,
        }
        return RunResult(run_id=run_id, verdict=verdict, **{**values, **fields})

    return made
