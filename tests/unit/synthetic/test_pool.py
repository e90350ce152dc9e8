import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import pytest

from synthetic.pool import Pool
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
        for _ in range(12):
            worker = one_run(pool)
        factory.made[0].held += 49 * MIB
        assert one_run(pool) is worker
        factory.made[0].held += 2 * MIB
        assert one_run(pool) is worker  # it is looked at when the run is over
        assert one_run(pool) is not worker
    assert factory.made[0].ended == "stopped"


def test_growth_while_the_caches_fill_is_not_growth() -> None:
    factory = Factory()
    with pool_of(factory, growth=50) as pool:
        for _ in range(9):
            one_run(pool)
            factory.made[0].held += 40 * MIB
        for _ in range(5):
            one_run(pool)
    assert len(factory.made) == 1


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
    with pool.worker() as busy:
        pool.close()
    idle = next(worker for worker in factory.made if worker is not busy)
    assert isinstance(busy, FakeWorker)
    assert (busy.ended, idle.ended) == ("killed", "stopped")


def test_close_lets_those_who_wait_go(eventually: Eventually) -> None:
    pool = Pool(Factory())
    refused: list[str] = []

    def wait() -> None:
        try:
            with pool.worker():
                pass
        except WorkerStartError as error:
            refused.append(str(error))

    with pool.worker():
        waiting = [threading.Thread(target=wait) for _ in range(3)]
        for thread in waiting:
            thread.start()
        pool.close()
        for thread in waiting:
            thread.join(10)
    assert refused == ["the monitor is being stopped"] * 3


def test_after_close_no_worker_is_started(eventually: Eventually) -> None:
    """An idle worker still stands in the queue when the pool is closed; a late run must not revive it."""
    factory = Factory()
    pool = Pool(factory, size=3)
    eventually(lambda: len(factory.made) == 3)
    pool.close()
    for _ in range(5):
        with suppress(WorkerStartError), pool.worker():
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
