"""A monitor that gets no processor does not blame the target for it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

from journeys.cause import Cause
from journeys.result import RunResult, Verdict
from journeys.system import System
from tests.faults.bench import Bench, journey_named

pytestmark = [pytest.mark.browser, pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the wait")]

_RIVALS = 8
_RIVAL = "import os, sys; os.sched_setaffinity(0, [int(sys.argv[1])])\nwhile True: pass"


@contextmanager
def starved(pid: int) -> Iterator[None]:
    """A process and all that it started share one core with many that never rest, each a session of its own: Linux
    gives every session its share."""
    cores = os.sched_getaffinity(0)
    core = str(min(cores))
    rivals = [subprocess.Popen([sys.executable, "-c", _RIVAL, core], start_new_session=True) for _ in range(_RIVALS)]
    try:
        _pin(pid, [int(core)])
        yield
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()
        _pin(pid, sorted(cores))


def _pin(pid: int, cores: list[int]) -> None:
    process = psutil.Process(pid)
    for one in (process, *process.children(recursive=True)):
        # A tab's process may end meanwhile.
        with suppress(OSError, psutil.Error):
            for thread in one.threads():
                os.sched_setaffinity(thread.id, cores)


def signed_in(bench: Bench, budget_s: float) -> RunResult:
    """A sign-in that may take ``budget_s`` a step, on a worker that gets little of its core."""
    journey = journey_named("sign-in")
    journey = journey.timed(budgets={step.name: budget_s for step in journey.steps}, timeout_s=60)
    persona = bench.control.account("doctor")
    with bench.pool.worker() as worker:
        pid = worker.pid
    with starved(pid):
        return bench.walk(journey, persona, bench.staging.target)


def test_slowness_of_the_monitors_own_machine_is_not_blamed_on_the_target(bench: Bench) -> None:
    result = signed_in(bench, 0.4)

    assert result.verdict is Verdict.PASSED, result.explanation
    assert "short of processor time" in result.notes["monitor"]
    assert any(step.duration_s > step.budget_s for step in result.steps)


def test_a_slow_target_is_still_blamed_by_a_starved_monitor(bench: Bench) -> None:
    with bench.control.fault("latency", "nmo", seconds=3):
        result = signed_in(bench, 1.0)

    assert result.verdict is Verdict.DEGRADED, result.explanation
    assert {(doubt.system, doubt.cause) for doubt in result.doubts} == {(System.NMO, Cause.SLOW)}, result.explanation
