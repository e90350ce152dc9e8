import pickle
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from journeys.cause import Cause
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import Evidence, Failure, RunResult, StepResult, Verdict
from journeys.system import System
from journeys.target import Target
from synthetic.assignment import (
    Assignment,
    Fault,
    Finished,
    Judged,
    Message,
    Ready,
    StepFinished,
    StepStarted,
    Timing,
)
from synthetic.pool import Pool, PoolClosed
from synthetic.recorder import Document
from synthetic.runner import Errand
from synthetic.worker import Worker, WorkerStartError

Made = Callable[..., RunResult]
Eventually = Callable[[Callable[[], object]], None]

# A worker without a browser. The path of its browser is that of its script, a line for each thing it does: say a
# pickled message, take the next assignment, be at something for 50 ms, hang, or die (the end of the script).
CHILD = """#!{python} -IS
import signal, sys
from multiprocessing.connection import Connection

supervisor = Connection(int(sys.argv[3]))
for line in open(sys.argv[4]):
    if line == "take\\n":
        supervisor.recv_bytes()
    elif line == "act\\n":
        signal.sigtimedwait((), 0.05)
    elif line == "hang\\n":
        signal.pause()
    else:
        supervisor.send_bytes(bytes.fromhex(line))
"""
TAKE, ACT, HANG = "take", "act", "hang"
READY = Ready(0.25)
OPENED = StepResult("open the portal", System.NMO, Verdict.PASSED, 0.1, 3.0)

Start = Callable[..., Worker]


class Ears(Listener):
    """Remembers what it is told while a run goes on."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def step_started(self, name: str) -> None:
        self.heard.append(name)

    def step_finished(self, step: StepResult) -> None:
        self.heard.append(step)


class Clock:
    """A clock that can be put ahead."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead_s


def wrote(path: Path, script: tuple[Message | str, ...]) -> Path:
    lines = [line if isinstance(line, str) else pickle.dumps(line).hex() for line in script]
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A worker that does what is said; it may not be ready yet."""
    child = tmp_path / "child"
    child.write_text(CHILD.format(python=sys.executable))
    child.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(child))
    workers: list[Worker] = []

    def made(*script: Message | str) -> Worker:
        workers.append(Worker(wrote(tmp_path / f"script-{len(workers)}", script)))
        return workers[-1]

    yield made
    for worker in workers:
        worker.kill()


@pytest.fixture
def start(make: Start) -> Start:
    """A worker that is ready, and then does what is said."""
    return lambda *script: make(READY, *script).wait_until_ready()


@pytest.fixture
def journey(journey: Journey) -> Journey:
    """Cut off 1 s after its first step began: a machine ten times slower than usual has said its steps by then."""
    return journey.timed(budget_s=0.5, timeout_s=0.5)


@pytest.fixture
def assignment(journey: Journey, persona: Persona, target: Target, tmp_path: Path) -> Assignment:
    errand = Errand(run_id="run-1", origin="schedule", location="moscow")
    return Assignment(journey.name, Timing.of(journey), persona, target, errand, tmp_path)


def check_gone(worker: Worker) -> None:
    assert not worker.alive
    assert not psutil.pid_exists(worker.pid)


def check_worker_died(result: RunResult, message: str) -> None:
    assert result.verdict is Verdict.BROKEN
    assert result.failure is not None
    assert (result.failure.system, result.failure.cause) == (System.MONITOR, Cause.WORKER_DIED)
    assert result.failure.message == message
    assert [(attempt.verdict, attempt.failure) for attempt in result.attempts] == [(Verdict.BROKEN, result.failure)]


# Starting.


def test_a_worker_says_how_long_its_browser_took(make: Start) -> None:
    worker = make(READY, HANG)
    assert worker.wait_until_ready() is worker
    assert (worker.launch_s, worker.runs, worker.alive) == (0.25, 0, True)


def test_a_browser_that_does_not_start_is_told_in_its_own_words(make: Start) -> None:
    worker = make(Fault("Error: no such file"), HANG)
    with pytest.raises(WorkerStartError, match=r"^the browser did not start: Error: no such file$"):
        worker.wait_until_ready()
    check_gone(worker)


def test_a_worker_that_dies_at_once_did_not_start(make: Start) -> None:
    worker = make()
    with pytest.raises(WorkerStartError, match=r"^the browser did not start: it gave no sign of life$"):
        worker.wait_until_ready()
    check_gone(worker)


def test_a_worker_that_does_not_become_ready_is_ended(make: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthetic.worker._START_LIMIT_S", 0.2)
    worker = make(HANG)
    with pytest.raises(WorkerStartError, match="it gave no sign of life"):
        worker.wait_until_ready()
    check_gone(worker)


def test_a_worker_may_be_ended_from_several_threads_at_once(make: Start) -> None:
    """As when a monitor stops while the worker that it waits for does not start."""
    workers = [make(READY, HANG).wait_until_ready() for _ in range(5)]
    with ThreadPoolExecutor(4 * len(workers)) as threads:
        ended = [threads.submit(end) for worker in workers for end in (worker.kill, worker.stop) * 2]
        for one in ended:
            one.result()
    for worker in workers:
        check_gone(worker)


# A run that comes to its end.


def test_a_run_is_told_as_it_goes_and_leaves_its_worker_warm(
    start: Start, assignment: Assignment, journey: Journey, run_result: Made
) -> None:
    result, ears = run_result(), Ears()
    run = (TAKE, StepStarted("open the portal"), StepFinished(OPENED), Judged(result), Finished(result))
    worker = start(*run, *run, HANG)
    assert worker.run(assignment, journey, [ears]) == result
    assert ears.heard == ["open the portal", OPENED]
    assert worker.alive
    assert worker.run(assignment, journey) == result
    assert worker.runs == 2


def test_what_is_finished_goes_before_what_was_judged(
    start: Start, assignment: Assignment, journey: Journey, run_result: Made
) -> None:
    judged, finished = run_result(), run_result(vitals={"ttfb": 0.1})
    worker = start(TAKE, Judged(judged), Finished(finished), HANG)
    assert worker.run(assignment, journey) == finished


def test_a_worker_whose_browser_died_is_not_kept(
    start: Start, assignment: Assignment, journey: Journey, run_result: Made
) -> None:
    result = run_result(Verdict.BROKEN, Cause.BROWSER_DIED)
    worker = start(TAKE, Finished(result), HANG)
    assert worker.run(assignment, journey) == result
    check_gone(worker)


# A run whose verdict stands.


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.FAILED])
def test_a_verdict_is_kept_when_the_evidence_hangs(
    start: Start,
    assignment: Assignment,
    journey: Journey,
    run_result: Made,
    monkeypatch: pytest.MonkeyPatch,
    verdict: Verdict,
) -> None:
    monkeypatch.setattr("synthetic.worker._EVIDENCE_LIMIT_S", 0.2)
    result = run_result(verdict)
    worker = start(TAKE, StepStarted("open the portal"), StepFinished(OPENED), Judged(result), HANG)
    assert worker.run(assignment, journey) == replace(result, evidence_lost=1)
    check_gone(worker)


@pytest.mark.parametrize("last", [(), (Fault("RuntimeError: odd"),)], ids=["dies", "says why"])
def test_a_verdict_is_kept_when_the_worker_dies_over_its_evidence(
    start: Start, assignment: Assignment, journey: Journey, run_result: Made, last: tuple[Message, ...]
) -> None:
    result = run_result(Verdict.FAILED)
    worker = start(TAKE, Judged(result), *last)
    assert worker.run(assignment, journey) == replace(result, evidence_lost=1)
    check_gone(worker)


def test_evidence_has_a_time_of_its_own(
    start: Start, assignment: Assignment, journey: Journey, run_result: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline of the run does not cut off the collecting of its evidence."""
    clock = Clock()
    monkeypatch.setattr("synthetic.worker.time", clock)
    journey = journey.timed(budget_s=5, timeout_s=5)

    class PastTheDeadline(Listener):
        def step_finished(self, step: StepResult) -> None:
            clock.ahead_s = journey.deadline_s + 1

    result = run_result()
    steps = (StepStarted("open the portal"), Judged(result), StepFinished(OPENED))
    worker = start(TAKE, *steps, ACT, Finished(result), HANG)
    assert worker.run(assignment, journey, [PastTheDeadline()]) == result


# A run that is cut off.


def test_a_run_that_is_cut_off_keeps_the_way_so_far_and_its_pictures(
    start: Start, assignment: Assignment, journey: Journey, tmp_path: Path
) -> None:
    came = Document("https://esia.example/login?code=abc", System.ESIA, 200, 1.0, 0.2)
    assignment = replace(assignment, errand=replace(assignment.errand, evidence_dir=tmp_path, full_evidence=True))
    picture = tmp_path / "run-1" / "01.png"
    picture.parent.mkdir()
    picture.write_bytes(b"PNG")
    worker = start(TAKE, StepStarted("open the portal"), StepFinished(OPENED), StepStarted("sign in", (came,)))
    result = worker.run(assignment, journey)
    assert [(hop.system, hop.status, hop.duration_s) for hop in result.hops] == [(System.ESIA, 200, 0.2)]
    assert "abc" not in result.hops[0].url
    assert result.evidence == (Evidence("screenshot", picture, "image/png"),)
    assert result.attempts[0].evidence == result.evidence


def test_a_verdict_whose_evidence_hangs_has_the_pictures_taken_before(
    start: Start, assignment: Assignment, journey: Journey, run_result: Made, tmp_path: Path
) -> None:
    assignment = replace(assignment, errand=replace(assignment.errand, evidence_dir=tmp_path, full_evidence=True))
    picture = tmp_path / "run-1" / "01.png"
    picture.parent.mkdir()
    picture.write_bytes(b"PNG")
    (picture.parent / "02.tmp").write_bytes(b"half")
    judged = run_result(Verdict.FAILED)
    result = start(TAKE, Judged(judged)).run(assignment, journey)
    shown = (Evidence("screenshot", picture, "image/png"),)
    assert (result.failure, result.evidence, result.attempts[0].evidence) == (judged.failure, shown, shown)
    assert result.evidence_lost == 1


def test_a_run_that_hangs_in_a_step_is_cut_off_at_its_deadline(
    start: Start, assignment: Assignment, journey: Journey
) -> None:
    ears = Ears()
    worker = start(TAKE, StepStarted("open the portal"), StepFinished(OPENED), StepStarted("sign in"), HANG)
    began = time.monotonic()
    result = worker.run(assignment, journey, [ears])
    assert journey.deadline_s <= time.monotonic() - began < journey.deadline_s + 10
    assert result.failure == Failure(System.ESIA, Cause.TIMEOUT, "cut off after 1 s", step="sign in")
    assert result.verdict is Verdict.FAILED
    assert [(step.name, step.verdict) for step in result.steps] == [
        ("open the portal", Verdict.PASSED),
        ("sign in", Verdict.FAILED),
    ]
    assert result.duration_s >= journey.deadline_s
    assert result.steps[1].duration_s == pytest.approx(result.duration_s - OPENED.duration_s)
    assert (result.run_id, result.origin, result.location) == ("run-1", "schedule", "moscow")
    assert (result.journey, result.persona, result.target) == ("sign-in", "anna", "stage")
    assert [attempt.failure for attempt in result.attempts] == [result.failure]
    assert ears.heard == ["open the portal", OPENED, "sign in"]
    check_gone(worker)


def test_the_time_it_takes_to_end_the_processes_is_not_the_runs(
    start: Start, assignment: Assignment, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("synthetic.worker.time", clock)
    worker = start(TAKE, StepStarted("open the portal"), HANG)
    kill = worker.kill

    def slowly() -> None:
        clock.ahead_s += 60
        kill()

    monkeypatch.setattr(worker, "kill", slowly)
    assert worker.run(assignment, journey).duration_s < 60


def test_a_run_that_goes_on_and_on_is_cut_off_too(start: Start, assignment: Assignment, journey: Journey) -> None:
    """The deadline is the run's: a step that ends in time does not put it off."""
    steps = (StepStarted("open the portal"), ACT, StepFinished(OPENED)) * 60
    result = start(TAKE, *steps).run(assignment, journey)
    assert result.verdict is Verdict.FAILED
    assert result.failure is not None
    assert (result.failure.cause, result.failure.step) == (Cause.TIMEOUT, "open the portal")


def test_pictures_between_the_steps_are_no_part_of_the_run(
    start: Start, assignment: Assignment, journey: Journey, run_result: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retest takes one after every step, of up to 5 s; the step after it still has until the deadline."""
    clock = Clock()
    monkeypatch.setattr("synthetic.worker.time", clock)

    class Slow(Listener):
        def step_finished(self, step: StepResult) -> None:
            clock.ahead_s += 4

    result = run_result()
    steps = (StepStarted("open the portal"), StepFinished(OPENED), StepStarted("sign in"), StepFinished(OPENED), ACT)
    run = (TAKE, *steps, StepStarted("leave"), Judged(result), Finished(result), HANG)
    in_full = replace(assignment, errand=replace(assignment.errand, full_evidence=True))
    assert start(*run).run(in_full, journey, [Slow()]) == result
    assert not start(*run).run(assignment, journey, [Slow()]).good, "without pictures the time is the run's"


def test_a_worker_that_cannot_be_started_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "there is no such file"))
    with pytest.raises(FileNotFoundError):
        Worker(tmp_path / "browser")
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_dies_before_the_first_step_has_made_no_run(
    start: Start, assignment: Assignment, journey: Journey
) -> None:
    worker = start(TAKE)
    result = worker.run(assignment, journey)
    check_worker_died(result, "the worker died in mid-run")
    assert (result.steps, result.duration_s) == ((), 0.0)
    check_gone(worker)


def test_a_worker_that_was_dead_already_has_made_no_run(
    start: Start, assignment: Assignment, journey: Journey, eventually: Eventually
) -> None:
    worker = start()
    eventually(lambda: not worker.alive)
    result = worker.run(assignment, journey)
    check_worker_died(result, "the worker died in mid-run")
    assert result.steps == ()


def test_a_worker_that_does_not_begin_is_given_up(
    start: Start, assignment: Assignment, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthetic.worker._PREPARE_LIMIT_S", 0.2)
    worker = start(TAKE, HANG)
    result = worker.run(assignment, journey)
    check_worker_died(result, "the worker did not answer")
    assert result.steps == ()
    check_gone(worker)


def test_a_worker_that_dies_in_a_step_breaks_it(start: Start, assignment: Assignment, journey: Journey) -> None:
    worker = start(TAKE, StepStarted("open the portal"), StepFinished(OPENED), StepStarted("sign in"))
    result = worker.run(assignment, journey)
    check_worker_died(result, "the worker died in mid-run")
    assert result.failure is not None
    assert result.failure.step == "sign in"
    assert [(step.name, step.verdict) for step in result.steps] == [
        ("open the portal", Verdict.PASSED),
        ("sign in", Verdict.BROKEN),
    ]


def test_a_fault_of_the_workers_is_told_in_its_own_words(
    start: Start, assignment: Assignment, journey: Journey
) -> None:
    worker = start(TAKE, StepStarted("open the portal"), Fault("KeyError: 'iPhone 99'"), HANG)
    result = worker.run(assignment, journey)
    check_worker_died(result, "KeyError: 'iPhone 99'")
    assert result.failure is not None
    assert result.failure.step == "open the portal"
    check_gone(worker)


def test_a_fault_before_the_first_step_is_told_too(start: Start, assignment: Assignment, journey: Journey) -> None:
    result = start(TAKE, Fault("RuntimeError: odd"), HANG).run(assignment, journey)
    check_worker_died(result, "RuntimeError: odd")
    assert result.steps == ()


# The end.


def test_a_worker_that_is_stopped_may_leave_by_itself(start: Start) -> None:
    worker = start(TAKE)  # until its supervisor hangs up
    worker.stop()
    check_gone(worker)


def test_a_worker_that_does_not_leave_is_made_to(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthetic.worker._STOP_LIMIT_S", 0.2)
    worker = start(HANG)
    worker.stop()
    check_gone(worker)


def test_a_run_that_is_killed_from_another_thread_comes_back(
    start: Start, assignment: Assignment, journey: Journey, eventually: Eventually
) -> None:
    worker = start(TAKE, StepStarted("open the portal"), HANG)
    ears = Ears()

    def kill() -> None:
        eventually(lambda: ears.heard)
        worker.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    result = worker.run(assignment, journey.timed(timeout_s=60), [ears])
    killer.join(10)
    check_worker_died(result, "the worker died in mid-run")


def test_closing_a_pool_ends_a_worker_that_does_not_become_ready(make: Start, eventually: Eventually) -> None:
    """Ctrl-C while the browser starts: nobody waits for it, and nothing of it is left."""
    workers: list[Worker] = []

    def stuck() -> Worker:
        workers.append(make(HANG))
        return workers[-1]

    pool = Pool(stuck)
    eventually(lambda: workers)
    began = time.monotonic()
    pool.close()
    assert time.monotonic() - began < 10
    check_gone(workers[0])
    with pytest.raises(PoolClosed), pool.worker():
        pytest.fail("a worker was handed out")


def test_nothing_of_a_worker_is_left_open(make: Start) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    worker = make(READY, HANG).wait_until_ready()
    assert len(list(Path("/proc/self/fd").iterdir())) > before
    worker.kill()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
