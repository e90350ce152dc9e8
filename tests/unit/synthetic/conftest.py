"""What the unit tests of this folder share: a made-up persona, target and run, and waiting for a condition."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings
from pydantic import SecretStr

from journeys.cause import Cause
from journeys.journey import Journey, Step
from journeys.persona import Persona
from journeys.result import Attempt, Failure, RunResult, Verdict
from journeys.system import System
from journeys.target import Target

_DEADLINE_S = 20.0

# How long an example takes says more of the machine than of the code.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Returns as soon as a condition holds; fails when it has not by the deadline."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + _DEADLINE_S
        while not condition():
            assert time.monotonic() < deadline, "the condition never came true"
            threading.Event().wait(0.01)

    return wait


@pytest.fixture
def persona() -> Persona:
    return Persona("anna", login=SecretStr("+79000001011"), password=SecretStr("Parol-2024!x"))


@pytest.fixture
def target() -> Target:
    return Target("stage", "https://nmo.example", "https://gos.example", "https://esia.example")


@pytest.fixture
def journey() -> Journey:
    steps = (
        Step("open the portal", System.NMO, 3, lambda visit: None),
        Step("sign in", System.ESIA, 5, lambda visit: None),
    )
    return Journey("sign-in", "Вход", ("S5",), steps, budget_s=20, interval_s=60, states=("returning",))


@pytest.fixture
def run_result() -> Callable[..., RunResult]:
    """A run of «sign-in» by anna on stage with that verdict; a bad one has a failure and an attempt."""

    def made(verdict: Verdict = Verdict.PASSED, cause: Cause = Cause.TIMEOUT, **fields: Any) -> RunResult:
        failure = None
        if verdict in {Verdict.FAILED, Verdict.BROKEN}:
            system = System.ESIA if verdict is Verdict.FAILED else System.MONITOR
            failure = Failure(system, cause, "nothing came", step="sign in")
        values: dict[str, Any] = {
            "run_id": "run-1",
            "journey": "sign-in",
            "persona": "anna",
            "target": "stage",
            "location": "local",
            "origin": "schedule",
            "started_at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            "duration_s": 2.0,
            "failure": failure,
            "attempts": (Attempt(verdict, 2.0, failure),),
        }
        return RunResult(verdict=verdict, **{**values, **fields})

    return made
