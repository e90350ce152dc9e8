"""Workers kept warm, handed out to one run at a time, and replaced when they are stuck, spent or swollen."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import Queue
from typing import Protocol

from synthetic.worker import Worker, WorkerStartError

_MIB = 2**20


class Watcher(Protocol):
    """Who is told how the workers fare."""

    def browser_launched(self, seconds: float) -> None:
        """A browser was started in so many seconds."""

    def workers(self, counts: Mapping[str, int]) -> None:
        """State -> how many workers are in it."""


class PoolClosed(Exception):
    """The monitor is being stopped: there are no workers any more, and a run in progress was cut off by us."""


class _Slot:
    """A place for a worker, from the moment its process exists. ``base`` is its memory when its caches are filled."""

    def __init__(self) -> None:
        self.worker: Worker | None = None
        self.base: int | None = None


_LOOK_EVERY = 10
"""Runs between two looks at a worker's memory, 4 ms of processor time each. At the first its caches are filled, so that
growth from there on is growth."""


class Pool:
    """``size`` workers from ``make``; a worker is replaced after ``runs_per_worker`` runs, or when it has grown
    by more than ``growth_mib``. Safe to use from several threads."""

    def __init__(
        self,
        make: Callable[[], Worker],
        *,
        size: int = 1,
        runs_per_worker: int = 200,
        growth_mib: int = 300,
        watcher: Watcher | None = None,
    ) -> None:
        self._make = make
        self._runs_per_worker = runs_per_worker
        self._growth = growth_mib * _MIB
        self._watcher = watcher
        self._slots: Queue[_Slot | None] = Queue()
        self._all = [_Slot() for _ in range(size)]
        self._states: dict[int, str] = dict.fromkeys(map(id, self._all), "starting")
        self._lock = threading.Lock()
        self._starters: list[threading.Thread] = []
        self._closed = False
        for slot in self._all:
            self._renew_in_background(slot)

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """A worker for one run, waited for if all are busy. Raises PoolClosed, also for a run that `close` cut off,
        and WorkerStartError when no worker can be had."""
        slot = self._slots.get()
        if slot is None or not self._taken(slot):
            self._slots.put(None)
            raise PoolClosed
        try:
            if slot.worker and not slot.worker.alive:
                # It died while it was idle, and its browser may have outlived it.
                slot.worker.kill()
                slot.worker = None
            if slot.worker is None:
                self._start(slot)
            assert slot.worker is not None  # noqa: S101 - for the type checker: `_start` sets it
            self._note(slot, "busy")
            yield slot.worker
        except Exception:
            # What a run meets while its worker is taken away says nothing of the run.
            if not self._closed:
                raise
        finally:
            self._give_back(slot)
        if self._closed:
            raise PoolClosed

    @property
    def ready(self) -> bool:
        """Whether a worker waits for a run, or is at one."""
        return any(state in {"idle", "busy"} for state in self._states.values())

    def close(self) -> None:
        """Stop every worker; a run in progress is cut off, and so is a browser that is still starting."""
        with self._lock:
            self._closed = True
            stoppers = [
                threading.Thread(target=worker.stop if self._states[id(slot)] == "idle" else worker.kill)
                for slot in self._all
                if (worker := slot.worker)
            ]
        self._slots.put(None)
        for stopper in stoppers:
            stopper.start()
        for thread in (*stoppers, *self._starters):
            thread.join()

    def _taken(self, slot: _Slot) -> bool:
        """Whether `close` has not come first. From here on it cuts off what is done with the worker: in the middle of a
        run that does not hear that it should stop, and would be waited for."""
        with self._lock:
            if not self._closed:
                self._states[id(slot)] = "busy"
            return not self._closed

    def _give_back(self, slot: _Slot) -> None:
        if self._closed:
            return
        if slot.worker is None or not slot.worker.alive or self._spent(slot, slot.worker):
            self._renew_in_background(slot, spent=slot.worker)
        else:
            self._note(slot, "idle")
            self._slots.put(slot)

    def _spent(self, slot: _Slot, worker: Worker) -> bool:
        if worker.runs >= self._runs_per_worker:
            return True
        if worker.runs % _LOOK_EVERY:
            return False
        held = worker.memory()
        slot.base = slot.base or held
        return held - slot.base > self._growth

    def _renew_in_background(self, slot: _Slot, spent: Worker | None = None) -> None:
        """The next run on this slot finds it warm; whoever gave it back waits neither for that nor for the old one."""
        slot.worker = None
        self._note(slot, "starting")

        def renew() -> None:
            try:
                if spent:
                    spent.stop()
                self._start(slot)
                self._note(slot, "idle")
            except (WorkerStartError, PoolClosed):
                # The run that gets this slot tries again, and says what is wrong.
                slot.worker = None
            finally:
                # Whatever happens here, the slot comes back: a run that waits for it must not wait for ever.
                self._slots.put(slot)

        starter = threading.Thread(target=renew, daemon=True)
        self._starters = [thread for thread in self._starters if thread.is_alive()] + [starter]
        starter.start()

    def _start(self, slot: _Slot) -> None:
        self._note(slot, "starting")
        slot.base = None
        try:
            with self._lock:
                # Under the lock, so that `close` either sees this process or keeps it from being made.
                if self._closed:
                    raise PoolClosed
                slot.worker = self._make()
            slot.worker.wait_until_ready()
        except OSError as error:
            raise WorkerStartError(f"a worker could not be started: {error.strerror}") from None
        if self._watcher:
            self._watcher.browser_launched(slot.worker.launch_s)

    def _note(self, slot: _Slot, state: str) -> None:
        with self._lock:
            self._states[id(slot)] = state
            counts = Counter(self._states.values())
        if self._watcher:
            self._watcher.workers(counts)
