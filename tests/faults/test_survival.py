"""What happens to a run, and to the next one, when something dies or hangs in the middle."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.result import RunResult, Verdict
from journeys.system import System
from synthetic.embedded import EmbeddedStaging
from synthetic.fanout import Fanout
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober
from synthetic.process_tree import descendants
from synthetic.worker import Worker
from tests.control import Control

pytestmark = pytest.mark.browser

SIGN_IN = next(journey for journey in JOURNEYS if journey.name == "sign-in")
MIDDLE = "go to ЕСИА"
_GONE_S = 10.0


class At(Listener):
    """Does something when a step begins, once."""

    def __init__(self, step: str, act: Callable[[], object]) -> None:
        self._step = step
        self._act: Callable[[], object] | None = act

    def step_started(self, name: str) -> None:
        if name == self._step and self._act:
            act, self._act = self._act, None
            act()


@pytest.fixture
def mortal(browser_path: Path) -> Iterator[Pool]:
    """A pool of this test's own, to be hurt."""
    pool = Pool(partial(Worker, browser_path))
    yield pool
    pool.close()


@pytest.fixture
def probe(control: Control, staging: EmbeddedStaging) -> Probe:
    return Probe(SIGN_IN, control.account("doctor"), staging.target)


@pytest.fixture
def prober(mortal: Pool, tmp_path: Path) -> Prober:
    return Prober(mortal, Fanout(()), tmp_path, "test", retest=False)


def _tree(pool: Pool) -> list[psutil.Process]:
    """Worker, driver and browser. The worker is taken and given back to learn its pid."""
    with pool.worker() as worker:
        return descendants(worker.pid)


def _browser(tree: list[psutil.Process]) -> psutil.Process:
    """The browser's own process: neither the shell script that Debian wraps it in, nor its children by type."""
    return next(
        process
        for process in tree
        if "--remote-debugging-pipe" in (line := process.cmdline())
        and not line[0].endswith("/sh")
        and not any(word.startswith("--type=") for word in line)
    )


def _gone(tree: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(tree, timeout=_GONE_S)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive if process.is_running())


def _run_and(prober: Prober, probe: Probe, act: Callable[[], object], control: Control) -> RunResult:
    """A run in which ЕСИА is slow, so that ``act`` strikes in the middle of a step."""
    with control.fault("latency", "esia", seconds=2):
        return prober.run(probe, "ci", progress=(At(MIDDLE, act),))


def test_killed_browser(mortal: Pool, prober: Prober, probe: Probe, control: Control) -> None:
    tree = _tree(mortal)

    result = _run_and(prober, probe, _browser(tree).kill, control)

    assert result.verdict is Verdict.BROKEN
    assert result.failure
    assert (result.failure.system, result.failure.cause) == (System.MONITOR, Cause.BROWSER_DIED)
    assert [step.name for step in result.steps] == ["open the portal", MIDDLE]
    assert result.steps[0].verdict is Verdict.PASSED
    assert _gone(tree)
    assert prober.run(probe, "ci").verdict is Verdict.PASSED


def _driver(tree: list[psutil.Process]) -> psutil.Process:
    return next(process for process in tree if "run-driver" in process.cmdline())


@pytest.mark.parametrize("of", [_browser, _driver])
def test_browser_killed_under_a_wait(
    of: Callable[[list[psutil.Process]], psutil.Process],
    mortal: Pool,
    prober: Prober,
    probe: Probe,
    control: Control,
) -> None:
    """The wait that it died under ends as a plain timeout; ЕСИА, whose step it is, must not be blamed."""
    tree = _tree(mortal)
    patient = replace(SIGN_IN, steps=tuple(replace(step, timeout_s=5) for step in SIGN_IN.steps))
    # Into the four seconds in which the browser waits for the portal, the code being typed.
    strike = threading.Timer(1.5, of(tree).kill)
    with control.fault("latency", "nmo", seconds=4):
        here = At("confirm the sign-in and return", strike.start)
        result = prober.run(Probe(patient, probe.persona, probe.target), "ci", progress=(here,))

    assert result.failure, result.explanation
    assert (result.verdict, result.failure.cause) == (Verdict.BROKEN, Cause.BROWSER_DIED)
    assert _gone(tree)


def test_killed_worker(mortal: Pool, prober: Prober, probe: Probe, control: Control) -> None:
    tree = _tree(mortal)

    result = _run_and(prober, probe, tree[0].kill, control)

    assert result.verdict is Verdict.BROKEN
    assert result.failure
    assert (result.failure.system, result.failure.cause) == (System.MONITOR, Cause.WORKER_DIED)
    assert result.failure.step == MIDDLE
    assert [step.verdict for step in result.steps] == [Verdict.PASSED, Verdict.BROKEN]
    assert _gone(tree)
    assert prober.run(probe, "ci").verdict is Verdict.PASSED


def test_browser_killed_between_runs(mortal: Pool, prober: Prober, probe: Probe) -> None:
    _browser(_tree(mortal)).kill()

    assert prober.run(probe, "ci").verdict is Verdict.PASSED


def test_worker_killed_between_runs(mortal: Pool, prober: Prober, probe: Probe) -> None:
    _tree(mortal)[0].kill()

    assert prober.run(probe, "ci").verdict is Verdict.PASSED


def _hasty(journey: Journey) -> Journey:
    return journey.timed(budgets={step.name: 0.1 for step in journey.steps}, budget_s=1, timeout_s=2)


def test_stuck_browser_is_cut_off_at_the_deadline(mortal: Pool, prober: Prober, probe: Probe, control: Control) -> None:
    tree = _tree(mortal)
    hasty = Probe(_hasty(SIGN_IN), probe.persona, probe.target)

    def freeze() -> None:
        # The driver first: it is what bounds every wait, and without it only the deadline does.
        for process in (tree[1], _browser(tree)):
            process.send_signal(signal.SIGSTOP)

    result = _run_and(prober, hasty, freeze, control)

    assert result.verdict is Verdict.FAILED
    assert result.failure
    assert (result.failure.system, result.failure.cause) == (System.ESIA, Cause.TIMEOUT)
    assert result.failure.step == MIDDLE
    assert result.steps[0].verdict is not Verdict.FAILED
    assert hasty.journey.deadline_s <= result.duration_s < hasty.journey.deadline_s + 2
    assert _gone(tree)
    assert prober.run(probe, "ci").verdict is Verdict.PASSED


def test_worker_is_replaced_after_its_runs(browser_path: Path, probe: Probe, tmp_path: Path) -> None:
    pool = Pool(partial(Worker, browser_path), runs_per_worker=2)
    prober = Prober(pool, Fanout(()), tmp_path, "test")
    try:
        first = _tree(pool)
        assert [prober.run(probe, "ci").verdict for _ in range(3)] == [Verdict.PASSED] * 3
        assert _gone(first)
        assert _tree(pool)[0].pid != first[0].pid
    finally:
        pool.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A `serve` in a folder of its own."""
    (tmp_path / "tmp").mkdir()
    environment = os.environ | {"NMO_MONITOR__PORT": "0", "TMPDIR": str(tmp_path / "tmp")}
    process = subprocess.Popen(
        [sys.executable, "-m", "synthetic", "serve", "--log", "json", "--fault", "latency:esia"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def _in_mid_run(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Wait until a worker is busy; everything below the process."""
    assert process.stdout
    url = json.loads(process.stdout.readline())["metrics"]
    deadline = time.monotonic() + 30
    while 'synthetic_workers{state="busy"} 0.0' in httpx.get(url, timeout=30, trust_env=False).text:
        assert time.monotonic() < deadline, "no run began"
    return descendants(process.pid)


def test_killed_serve_takes_its_children_along(served: "subprocess.Popen[str]", tmp_path: Path) -> None:
    tree = _in_mid_run(served)
    assert len(tree) > 4

    served.kill()

    assert _gone(tree[1:])
    assert not list((tmp_path / "tmp").glob("nmo-monitor-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_stops_cleanly(served: "subprocess.Popen[str]", number: signal.Signals) -> None:
    tree = _in_mid_run(served)
    began = time.monotonic()

    served.send_signal(number)

    assert served.wait(5) == 0
    assert time.monotonic() - began <= 5
    assert _gone(tree[1:])
