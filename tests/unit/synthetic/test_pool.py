import errno
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from synthetic.pool import Pool, PoolClosed
from synthetic.worker import Worker, WorkerStartError

Eventually = Callable[[Callable[[], object]], None]
MIB = 2**20


class FakeWorker(Worker):
    """A worker without a process."""

    def __init__(self) -> None:
        self.runs = 0
        self.launch_s = 0.25
        self.held = 100 * MIB
        self.ended: str | None = None

    @property
    def alive(self) -> bool:
        return self.ended is None

    def wait_until_ready(self) -> "FakeWorker":
        return self

    def memory(self) -> int:
        return self.held

    def stop(self) -> None:
        self.ended = self.ended or "stopped"

    def kill(self) -> None:
        self.ended = "killed"


class Factory:
    """Makes workers and keeps them; the first ``refusals`` do not start."""

    def __init__(self, refusals: int = 0) -> None:
        self.made: list[FakeWorker] = []
        self.refusals = refusals

    def __call__(self) -> Worker:
        if self.refusals:
            self.refusals -= 1
            raise WorkerStartError("the browser did not start: no such file")
        worker = FakeWorker()
        self.made.append(worker)
        return worker

    @property
    def living(self) -> int:
        return sum(worker.alive for worker in self.made)


class Watch:
    """Remembers how the workers fare."""

    def __init__(self) -> None:
        self.launches: list[float] = []
        self.counts: list[dict[str, int]] = []

    def browser_launched(self, seconds: float) -> None:
        self.launches.append(seconds)

    def workers(self, counts: Mapping[str, int]) -> None:
        self.counts.append(dict(counts))


@contextmanager
def pool_of(
    make: Callable[[], Worker], *, size: int = 1, runs: int = 200, growth: int = 300, watch: Watch | None = None
) -> Iterator[Pool]:
    pool = Pool(make, size=size, runs_per_worker=runs, growth_mib=growth, watcher=watch)
    try:
        yield pool
    finally:
        pool.close()


def one_run(pool: Pool) -> Worker:
    with pool.worker() as worker:
        worker.runs += 1
    return worker


def test_a_worker_is_kept_warm() -> None:
    factory = Factory()
    with pool_of(factory) as pool:
        assert len({id(one_run(pool)) for _ in range(5)}) == 1
    assert len(factory.made) == 1


def test_each_worker_is_at_one_run_at_a_time(eventually: Eventually) -> None:
    factory = Factory()
    with pool_of(factory, size=2) as pool, pool.worker() as one:
        with pool.worker() as other:
            assert one is not other
            got: list[Worker] = []

            def third() -> None:
                with pool.worker() as worker:
                    got.append(worker)

            waiting = threading.Thread(target=third)
            waiting.start()
            assert got == []
        waiting.join(10)
        assert got == [other]


def test_a_spent_worker_is_replaced(eventually: Eventually) -> None:
    factory = Factory()
    with pool_of(factory, runs=3) as pool:
        workers = [one_run(pool) for _ in range(7)]
        eventually(lambda: pool.ready)
    assert [len({id(each) for each in workers[at : at + 3]}) for at in (0, 3)] == [1, 1]
    assert len({id(each) for each in workers}) == 3
    assert [worker.runs for worker in factory.made] == [3, 3, 1]
    assert [worker.ended for worker in factory.made] == ["stopped"] * 3


def test_a_dead_worker_is_replaced() -> None:
    factory = Factory()
    with pool_of(factory) as pool:
        with pool.worker() as worker:
            worker.kill()
        assert one_run(pool) is not worker
    assert len(factory.made) == 2


def test_a_worker_that_died_while_idle_is_replaced(eventually: Eventually) -> None:
    factory = Factory()
    with pool_of(factory) as pool:
        one_run(pool).kill()
        assert one_run(pool) is factory.made[1]


def test_a_worker_that_grew_is_replaced() -> None:
    factory = Factory()
    with pool_of(factory, growth=50) as pool:
        worker = [one_run(pool) for _ in range(10)][-1]
        factory.made[0].held += 50 * MIB
        assert {one_run(pool) for _ in range(10)} == {worker}
        factory.made[0].held += 1 * MIB
        # It is looked at when a run is over, and every tenth only: asking costs a walk through its processes.
        assert {one_run(pool) for _ in range(10)} == {worker}
        assert one_run(pool) is not worker
    assert factory.made[0].ended == "stopped"


def test_growth_while_the_caches_fill_is_not_growth() -> None:
    factory = Factory()
    with pool_of(factory, growth=50) as pool:
        for _ in range(9):
            one_run(pool)
            factory.made[0].held += 40 * MIB
        for _ in range(15):
            one_run(pool)
    assert len(factory.made) == 1


def test_the_growth_of_a_worker_is_not_that_of_the_one_before_it() -> None:
    factory = Factory()
    with pool_of(factory, growth=50, runs=15) as pool:
        for _ in range(15):
            one_run(pool)
        one_run(pool)
        factory.made[1].held += 500 * MIB
        for _ in range(12):
            one_run(pool)
    assert len(factory.made) == 2


def test_a_worker_that_does_not_start_is_the_runs_error_and_is_tried_again() -> None:
    # The first start is the pool's own, in the background; the second is for the run.
    factory = Factory(refusals=2)
    with pool_of(factory) as pool:
        with pytest.raises(WorkerStartError, match="no such file"), pool.worker():
            pass
        assert one_run(pool) is factory.made[0]


def test_a_run_hears_nothing_of_a_start_that_works_the_second_time() -> None:
    factory = Factory(refusals=1)
    with pool_of(factory) as pool:
        assert one_run(pool) is factory.made[0]


def test_a_run_that_raises_gives_its_worker_back() -> None:
    factory = Factory()
    with pool_of(factory) as pool:
        with pytest.raises(ZeroDivisionError), pool.worker():
            raise ZeroDivisionError
        assert one_run(pool) is factory.made[0]


def test_the_pool_is_ready_when_a_browser_is_up(eventually: Eventually) -> None:
    go = threading.Event()
    factory = Factory()

    def slowly() -> Worker:
        go.wait(10)
        return factory()

    with pool_of(slowly) as pool:
        assert not pool.ready
        go.set()
        eventually(lambda: pool.ready)
        with pool.worker():
            assert pool.ready


def test_the_watcher_hears_of_launches_and_states(eventually: Eventually) -> None:
    watch = Watch()
    with pool_of(Factory(), size=2, watch=watch) as pool:
        eventually(lambda: watch.counts and watch.counts[-1] == {"idle": 2})
        with pool.worker():
            assert watch.counts[-1] == {"idle": 1, "busy": 1}
        assert watch.counts[-1] == {"idle": 2}
    assert watch.launches == [0.25, 0.25]


def test_close_stops_the_idle_and_cuts_off_the_busy(eventually: Eventually) -> None:
    factory = Factory()
    pool = Pool(factory, size=2)
    eventually(lambda: len(factory.made) == 2)
    with pytest.raises(PoolClosed), pool.worker() as busy:
        pool.close()
    idle = next(worker for worker in factory.made if worker is not busy)
    assert isinstance(busy, FakeWorker)
    assert (busy.ended, idle.ended) == ("killed", "stopped")


def test_close_cuts_off_a_run_that_has_only_just_got_its_worker() -> None:
    """Told to stop, the browser of a worker at a run does not hear it: the end of the monitor took 2 s more."""

    class Late(FakeWorker):
        @property
        def alive(self) -> bool:
            # The first thing that is done with a worker that was taken.
            if threading.current_thread() is threading.main_thread() and self.ended is None:
                closing = threading.Thread(target=pool.close)
                closing.start()
                closing.join()
            return True

    worker = Late()
    pool = Pool(lambda: worker)
    with pytest.raises(PoolClosed), pool.worker():
        pass
    assert worker.ended == "killed"


def test_close_cuts_off_a_run_that_has_only_just_started_its_worker_itself() -> None:
    class Closing(Watch):
        def browser_launched(self, seconds: float) -> None:
            closing = threading.Thread(target=pool.close)
            closing.start()
            closing.join()

    factory = Factory(refusals=1)
    pool = Pool(factory, watcher=Closing())
    with pytest.raises(PoolClosed), pool.worker():
        pass
    assert [worker.ended for worker in factory.made] == ["killed"]


def test_close_lets_those_who_wait_go(eventually: Eventually) -> None:
    pool = Pool(Factory())
    refused: list[PoolClosed] = []

    def wait() -> None:
        try:
            with pool.worker():
                pass
        except PoolClosed as closed:
            refused.append(closed)

    with pytest.raises(PoolClosed), pool.worker():  # noqa: PT012 - the run goes on while the pool is closed
        waiting = [threading.Thread(target=wait) for _ in range(3)]
        for thread in waiting:
            thread.start()
        pool.close()
        for thread in waiting:
            thread.join(10)
    assert len(refused) == 3


def test_after_close_no_worker_is_started(eventually: Eventually) -> None:
    """An idle worker still stands in the queue when the pool is closed; a late run must not revive it."""
    factory = Factory()
    pool = Pool(factory, size=3)
    eventually(lambda: len(factory.made) == 3)
    pool.close()
    for _ in range(5):
        with pytest.raises(PoolClosed), pool.worker():
            pytest.fail("a worker was handed out")
    assert (len(factory.made), factory.living) == (3, 0)


def test_a_worker_that_was_being_started_is_stopped_too() -> None:
    go = threading.Event()
    factory = Factory()

    def slowly() -> Worker:
        go.wait(10)
        return factory()

    pool = Pool(slowly)
    closing = threading.Thread(target=pool.close)
    closing.start()
    go.set()
    closing.join(10)
    assert not closing.is_alive()
    assert factory.living == 0


class NeverReady(FakeWorker):
    """Its browser does not come up; only its end ends the wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_for = threading.Event()
        self.over = threading.Event()

    def wait_until_ready(self) -> "FakeWorker":
        self.waited_for.set()
        assert self.over.wait(20), "nobody ended it"
        raise WorkerStartError("the browser did not start: it gave no sign of life")

    def kill(self) -> None:
        super().kill()
        self.over.set()


def test_close_ends_a_worker_whose_browser_does_not_come_up() -> None:
    worker = NeverReady()
    pool = Pool(lambda: worker)
    assert worker.waited_for.wait(10)
    pool.close()
    assert worker.ended == "killed"


def test_a_run_that_waits_for_its_own_worker_is_cut_off_by_close() -> None:
    """Its worker does not start because we end it: that is not a fault of the browser's."""
    dead, late = FakeWorker(), NeverReady()
    pool = Pool(iter([dead, late]).__next__)
    with pool.worker():
        pass
    dead.kill()

    def close() -> None:
        assert late.waited_for.wait(10)
        pool.close()

    closing = threading.Thread(target=close)
    closing.start()
    with pytest.raises(PoolClosed), pool.worker():
        pytest.fail("a worker was handed out")
    closing.join(10)
    assert late.ended == "killed"


def test_what_a_run_meets_when_its_worker_is_taken_away_is_not_told() -> None:
    pool = Pool(Factory())
    with pytest.raises(PoolClosed), pool.worker():  # noqa: PT012 - the run goes on while the pool is closed
        pool.close()
        raise BrokenPipeError


def test_a_machine_without_room_for_a_process_is_told() -> None:
    def refuse() -> Worker:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with (
        pool_of(refuse) as pool,
        pytest.raises(WorkerStartError, match="could not be started: Resource temporarily unavailable"),
        pool.worker(),
    ):
        pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_whatever_happens_in_the_background_the_place_of_a_worker_comes_back() -> None:
    """A place that is lost is a run that waits for ever."""
    made = iter([None, FakeWorker()])

    def make() -> Worker:
        if (worker := next(made)) is None:
            raise RuntimeError("a bug")
        return worker

    with pool_of(make) as pool, pool.worker() as worker:
        assert worker.alive


def test_nobody_waits_for_a_spent_worker_to_stop() -> None:
    may_stop = threading.Event()

    class Slow(FakeWorker):
        def stop(self) -> None:
            assert may_stop.wait(20), "the run waited for it"
            super().stop()

    slow = Slow()
    with pool_of(iter([slow, FakeWorker()]).__next__, runs=2) as pool:
        assert [one_run(pool), one_run(pool)] == [slow] * 2
        assert slow.ended is None
        may_stop.set()
        assert one_run(pool) is not slow
    assert slow.ended == "stopped"
