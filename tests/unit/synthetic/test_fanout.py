from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from journeys.listener import Listener
from journeys.result import RunResult, StepResult, Verdict
from journeys.system import System
from synthetic.fanout import Fanout

STEP = StepResult("open", System.NMO, Verdict.PASSED, 1.0, 3.0)


class Hears(Listener):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def step_started(self, name: str) -> None:
        self.heard.append(name)

    def step_finished(self, step: StepResult) -> None:
        self.heard.append(step)

    def run_finished(self, result: RunResult) -> None:
        self.heard.append(result)


class Fails(Listener):
    """Raises whatever it is told, quoting a secret."""

    def step_started(self, name: str) -> None:
        raise OSError("cannot write hunter2")

    def step_finished(self, step: StepResult) -> None:
        raise ValueError("cannot write hunter2")

    def run_finished(self, result: RunResult) -> None:
        raise KeyError("hunter2")


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    structlog.reset_defaults()
    with capture_logs() as lines:
        yield lines


def tell_all(fanout: Fanout, result: RunResult) -> None:
    fanout.step_started("open")
    fanout.step_finished(STEP)
    fanout.run_finished(result)


def test_everybody_hears_everything(run_result: Callable[..., RunResult]) -> None:
    one, other = Hears(), Hears()
    result = run_result()
    tell_all(Fanout([one, other]), result)
    assert one.heard == other.heard == ["open", STEP, result]


def test_a_listener_that_fails_is_counted_and_the_others_still_hear(
    run_result: Callable[..., RunResult], logged: list[Any]
) -> None:
    before, after = Hears(), Hears()
    failed: list[str] = []
    result = run_result()
    tell_all(Fanout([before, Fails(), after], failed.append), result)
    assert before.heard == after.heard == ["open", STEP, result]
    assert failed == ["fails"] * 3
    assert [(line["listener"], line["error"]) for line in logged] == [
        ("fails", "OSError"),
        ("fails", "ValueError"),
        ("fails", "KeyError"),
    ]


def test_what_a_failed_listener_says_is_not_logged(
    run_result: Callable[..., RunResult], logged: list[Any], capfd: pytest.CaptureFixture[str]
) -> None:
    tell_all(Fanout([Fails()]), run_result())
    assert len(logged) == 3
    assert "hunter2" not in str(logged)


def test_the_rendered_log_line_has_no_trace_either(
    run_result: Callable[..., RunResult], capfd: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()
    Fanout([Fails()]).run_finished(run_result())
    out, err = capfd.readouterr()
    assert "listener failed" in out + err
    assert "KeyError" in out + err
    assert "hunter2" not in out + err
    assert "Traceback" not in out + err


def test_a_listener_is_iterated_over_every_time(run_result: Callable[..., RunResult]) -> None:
    hears = Hears()
    fanout = Fanout(iter([hears]))
    tell_all(fanout, run_result())
    assert len(hears.heard) == 3
