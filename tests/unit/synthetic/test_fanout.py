import io
from collections.abc import Callable
from typing import TextIO

import pytest

from journeys.listener import Listener
from journeys.result import RunResult, StepResult, Verdict
from journeys.system import System
from synthetic.fanout import Fanout

Made = Callable[..., RunResult]

STEP = StepResult("open", System.NMO, Verdict.PASSED, 1.0, 3.0)


class Hears(Listener):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def step_started(self, name: str) -> None:
        self.heard.append(name)

    def step_finished(self, step: StepResult) -> None:
        self.heard.append(step)

    def run_judged(self, result: RunResult) -> None:
        self.heard.append(("judged", result))

    def run_finished(self, result: RunResult) -> None:
        self.heard.append(result)


class Fails(Listener):
    """Raises whatever it is told, quoting a secret."""

    def step_started(self, name: str) -> None:
        raise OSError("cannot write hunter2")

    def step_finished(self, step: StepResult) -> None:
        raise ValueError("cannot write hunter2")

    def run_judged(self, result: RunResult) -> None:
        raise TypeError("cannot write hunter2")

    def run_finished(self, result: RunResult) -> None:
        raise KeyError("hunter2")


def tell_all(fanout: Fanout, result: RunResult) -> None:
    fanout.step_started("open")
    fanout.step_finished(STEP)
    fanout.run_judged(result)
    fanout.run_finished(result)


def heard(result: RunResult) -> list[object]:
    return ["open", STEP, ("judged", result), result]


def test_everybody_hears_everything(run_result: Made) -> None:
    one, other = Hears(), Hears()
    result = run_result()
    tell_all(Fanout([one, other]), result)
    assert one.heard == other.heard == heard(result)


def test_a_listener_that_fails_is_counted_and_the_others_still_hear(run_result: Made) -> None:
    before, after = Hears(), Hears()
    failed: list[str] = []
    result = run_result()
    tell_all(Fanout([before, Fails(), after], failed.append), result)
    assert before.heard == after.heard == heard(result)
    assert failed == ["fails"] * 4


def test_what_a_failed_listener_says_is_not_passed_on(run_result: Made, capfd: pytest.CaptureFixture[str]) -> None:
    tell_all(Fanout([Fails()]), run_result())
    out, err = capfd.readouterr()
    # Standard output belongs to the results: `run --json` is read by programs.
    assert out == ""
    assert err.splitlines() == [
        f"nmo-monitor: listener fails failed: {kind}" for kind in ("OSError", "ValueError", "TypeError", "KeyError")
    ]


def _closed() -> TextIO:
    stream = io.StringIO()
    stream.close()
    return stream


class _Severed(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("stream", [_closed, _Severed])
def test_nobody_to_complain_to_is_no_reason_to_fail(
    run_result: Made, monkeypatch: pytest.MonkeyPatch, stream: Callable[[], TextIO]
) -> None:
    monkeypatch.setattr("sys.stderr", stream())
    after = Hears()
    failed: list[str] = []
    result = run_result()
    tell_all(Fanout([Fails(), after], failed.append), result)
    assert after.heard == heard(result)
    assert len(failed) == 4


def test_a_listener_is_iterated_over_every_time(run_result: Made) -> None:
    hears = Hears()
    tell_all(Fanout(iter([hears])), run_result())
    assert len(hears.heard) == 4
