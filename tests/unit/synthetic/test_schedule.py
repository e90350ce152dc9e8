import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.events import EVENT_JOB_SUBMITTED

from synthetic.schedule import Job, MissReason, Schedule
from synthetic.settings import Scheduled
from synthetic.trigger import Beat

Eventually = Callable[[Callable[[], object]], None]


def every(seconds: float, journey: str = "sign-in", *, jitter_s: float = 0.0) -> Scheduled:
    return Scheduled(journey, "anna", "stage", seconds, None, seconds, jitter_s)


class Counting:
    """A run that counts itself and may wait to be let go."""

    def __init__(self) -> None:
        self.starts: list[float] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self) -> None:
        self.starts.append(time.monotonic())
        self.go.wait(20)

    def job(self, rhythm: Scheduled) -> Job:
        return Job(rhythm.name, rhythm, self)


class Running:
    """A schedule, with what it missed, and when each start was due that took place."""

    def __init__(self) -> None:
        self.missed: list[MissReason] = []
        self.schedule = Schedule(self.missed.append)
        self.due: defaultdict[str, list[datetime]] = defaultdict(list)
        self.inner.add_listener(self._submitted, EVENT_JOB_SUBMITTED)

    def _submitted(self, event: Any) -> None:
        self.due[event.job_id] += event.scheduled_run_times

    @property
    def inner(self) -> Any:
        return self.schedule._scheduler


def is_on(schedule: Schedule) -> bool:
    return schedule.running


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.schedule.stop()


def test_something_done_once(running: Running, eventually: Eventually) -> None:
    running.schedule.start([])
    done: list[str] = []

    running.schedule.once("long ago", datetime.now(UTC) - timedelta(days=3), lambda: done.append("long ago"))
    running.schedule.once("later", datetime.now(UTC) + timedelta(days=3), lambda: done.append("later"))

    eventually(lambda: done == ["long ago"])
    assert [job.id for job in running.schedule._scheduler.get_jobs()] == ["later"]


def test_something_done_again_and_again_also_when_it_raises(running: Running, eventually: Eventually) -> None:
    running.schedule.start([])
    done = []

    def fails() -> None:
        done.append(1)
        raise OSError("no space")

    running.schedule.again("again", 0.05, fails)

    eventually(lambda: len(done) >= 3)
    assert running.missed == []


def test_the_next_time_does_not_wait_for_the_thread_of_the_one_before(
    running: Running, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.schedule.start([])
    begun, once = threading.Semaphore(0), running.schedule.once

    def slow_to_leave(name: str, due_at: datetime, act: Callable[[], object]) -> None:
        once(name, due_at, act)
        if threading.current_thread() is not threading.main_thread():
            assert begun.acquire(timeout=20)  # what was asked for has begun, and its predecessor is here still

    monkeypatch.setattr(running.schedule, "once", slow_to_leave)
    done: list[int] = []

    def act() -> None:
        if done:
            begun.release()
        done.append(1)

    running.schedule.again("again", 0.02, act)

    eventually(lambda: len(done) >= 3)
    running.schedule.stop()
    begun.release()


def test_first_runs_are_at_once_and_spread(running: Running, eventually: Eventually) -> None:
    runs = [Counting() for _ in range(3)]
    jobs = [run.job(every(60, f"journey-{number}")) for number, run in enumerate(runs)]
    began = datetime.now(UTC)
    running.schedule.start(jobs)
    started = datetime.now(UTC)
    eventually(lambda: all(run.starts for run in runs))
    first, *later = (running.due[job.name][0] for job in jobs)
    assert began <= first <= started
    assert [due - first for due in later] == [timedelta(seconds=0.5), timedelta(seconds=1)]
    assert running.missed == []


def test_first_runs_of_many_jobs_fit_into_the_interval(running: Running, eventually: Eventually) -> None:
    runs = [Counting() for _ in range(10)]
    running.schedule.start([run.job(every(1, f"journey-{number}")) for number, run in enumerate(runs)])
    due = [running.schedule.next_start(f"journey-{number} anna stage") for number in range(10)]
    eventually(lambda: all(run.starts for run in runs))
    times = [moment for moment in due if moment]
    assert max(times) - min(times) <= timedelta(seconds=1)


def test_a_job_runs_again_after_its_interval(running: Running, eventually: Eventually) -> None:
    run = Counting()
    job = run.job(every(0.2))
    running.schedule.start([job])
    eventually(lambda: len(run.starts) >= 4)
    first, *later = running.due[job.name]
    beats = [(due - first) / timedelta(seconds=0.2) for due in later]
    assert beats == sorted({round(beat) for beat in beats}), "each at a beat of its own"


def test_a_job_that_overruns_is_not_started_on_top_of_itself(
    running: Running, eventually: Eventually, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Counting()
    run.go.clear()
    running.schedule.start([run.job(every(0.2))])
    eventually(lambda: len(running.missed) >= 3)
    assert len(run.starts) == 1
    assert set(running.missed) == {"max-instances"}
    assert capfd.readouterr().err == "", "it would stand across the live table"
    run.go.set()
    eventually(lambda: len(run.starts) >= 2)


def test_when_a_job_is_due_is_told_while_the_scheduler_is_held_up(running: Running) -> None:
    """It holds its lock while it writes to a terminal that whoever asks may hold."""
    job = Counting().job(every(60))
    running.schedule.start([job])
    with ThreadPoolExecutor(1) as another, running.schedule._scheduler._jobstores_lock:
        assert another.submit(running.schedule.next_start, job.name).result(10)


def test_one_job_that_overruns_leaves_the_others_on_time(running: Running, eventually: Eventually) -> None:
    stuck, fine = Counting(), Counting()
    stuck.go.clear()
    running.schedule.start([stuck.job(every(0.2, "stuck")), fine.job(every(0.2, "fine"))])
    eventually(lambda: len(fine.starts) >= 3)
    assert len(stuck.starts) == 1
    stuck.go.set()


def test_a_start_that_comes_too_late_is_counted_and_left_out(
    running: Running, eventually: Eventually, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Counting()
    rhythm = every(60)
    running.schedule.start([run.job(rhythm)])
    eventually(lambda: run.starts)
    # As after the machine slept: due 45 s ago, which is more than half of the interval.
    due = datetime.now(UTC) - timedelta(seconds=45)
    running.inner.modify_job(rhythm.name, next_run_time=due, trigger=Beat(due, 60))
    eventually(lambda: running.missed)
    assert running.missed == ["misfire"]
    assert len(run.starts) == 1
    assert capfd.readouterr().err == ""


def test_several_starts_that_were_missed_are_made_up_for_by_one(running: Running, eventually: Eventually) -> None:
    run = Counting()
    rhythm = every(20)
    running.schedule.start([run.job(rhythm)])
    eventually(lambda: run.starts)
    # Before the schedule began, so that none of them counts as left out.
    running.inner.modify_job(rhythm.name, next_run_time=datetime.now(UTC) - timedelta(seconds=102))
    eventually(lambda: len(run.starts) >= 2)
    due = running.schedule.next_start(rhythm.name)
    assert due is not None
    assert due > datetime.now(UTC)
    assert len(run.starts) == 2
    assert running.missed == []


def test_starts_that_one_makes_up_for_are_counted(running: Running, eventually: Eventually) -> None:
    run, beat = Counting(), timedelta(seconds=0.1)
    job = run.job(every(beat.total_seconds()))
    running.schedule.start([job])
    eventually(lambda: run.starts)
    running.inner.pause()
    before, until = len(run.starts), datetime.now(UTC) + 8 * beat
    eventually(lambda: datetime.now(UTC) > until)
    running.inner.resume()
    eventually(lambda: len(run.starts) > before)
    running.schedule.stop()
    took_place = running.due[job.name]
    left_out = round((took_place[-1] - took_place[0]) / beat) + 1 - len(took_place)
    assert left_out >= 6
    # Where a thread takes longer than a beat to leave, the next start is one too many.
    assert len(running.missed) == left_out
    assert running.missed.count("coalesced") >= 6


def test_a_job_that_raises_is_told_in_a_line_and_started_again(
    running: Running, eventually: Eventually, capfd: pytest.CaptureFixture[str]
) -> None:
    starts = []

    def fails() -> None:
        starts.append(1)
        raise OSError("a secret")

    running.schedule.start([Job("fails", every(0.2), fails)])
    eventually(lambda: len(starts) >= 2)
    first, *_ = capfd.readouterr().err.splitlines()
    assert first.startswith('nmo-monitor: schedule: Job "fails (trigger: ')
    assert first.endswith("raised an exception: OSError")


def test_a_start_for_which_there_is_no_thread_is_told_and_takes_place_later(
    running: Running, eventually: Eventually, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    run = Counting()
    run.go.clear()
    running.schedule.start([run.job(every(60))])
    eventually(lambda: run.starts)
    done, said = list[int](), list[str]()

    def told() -> bool:
        said.append(capfd.readouterr().err)
        return any(said)

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", none_left)
        running.schedule.once("follow-up", datetime.now(UTC), lambda: done.append(1))
        eventually(told)
    assert 'nmo-monitor: schedule: Error submitting job "follow-up ' in "".join(said)
    assert done == []
    run.go.set()
    eventually(lambda: done)


def test_the_next_start_of_an_interval_and_of_a_cron(running: Running, eventually: Eventually) -> None:
    run, by_cron = Counting(), Counting()
    cron = Scheduled("by-cron", "anna", "stage", None, "0 9 * * mon", 60.0)
    running.schedule.start([run.job(every(60)), by_cron.job(cron)])
    eventually(lambda: run.starts and by_cron.starts)
    eventually(lambda: (running.schedule.next_start(cron.name) or datetime.now(UTC)) > datetime.now(UTC))
    due = running.schedule.next_start(cron.name)
    assert due is not None
    assert (due.weekday(), due.hour, due.minute, due.utcoffset()) == (0, 9, 0, timedelta(0))
    assert running.schedule.next_start("nobody") is None


def test_jitter_delays_by_no_more_than_was_said(running: Running, eventually: Eventually) -> None:
    rhythm = every(60, jitter_s=5)
    run = Counting()
    began = datetime.now(UTC)
    running.schedule.start([run.job(rhythm)])
    eventually(lambda: run.starts)
    eventually(lambda: (running.schedule.next_start(rhythm.name) or began) > began + timedelta(seconds=30))
    due = running.schedule.next_start(rhythm.name)
    assert due is not None
    assert timedelta(seconds=54) <= due - began <= timedelta(seconds=68)


def test_stop_leaves_no_thread(eventually: Eventually) -> None:
    before = set(threading.enumerate())
    running = Running()
    run = Counting()
    running.schedule.start([run.job(every(0.2))])
    eventually(lambda: run.starts)
    assert is_on(running.schedule)
    running.schedule.stop()
    assert not is_on(running.schedule)
    eventually(lambda: set(threading.enumerate()) <= before)
    running.schedule.stop()


def test_stop_does_not_wait_for_a_run(eventually: Eventually) -> None:
    running = Running()
    run = Counting()
    run.go.clear()
    running.schedule.start([run.job(every(60))])
    eventually(lambda: run.starts)
    running.schedule.stop()
    assert not run.go.is_set()
    run.go.set()


def test_a_schedule_that_was_not_started_is_not_running() -> None:
    assert not Running().schedule.running


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_scheduler_thread_is_noticed(running: Running, eventually: Eventually) -> None:
    """APScheduler goes on saying that it runs; a stale success would be served for ever."""
    running.schedule.start([Counting().job(every(60))])

    def die(*_: object) -> None:
        raise SystemExit

    running.inner._process_jobs = die
    running.inner.wakeup()
    eventually(lambda: not running.schedule.running)
    assert running.inner.running
