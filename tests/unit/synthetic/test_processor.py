"""The wait for a processor, measured on real processes that share one."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from synthetic.processor import ProcessorWait

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts it")

_WORK = "import os, sys; os.sched_setaffinity(0, [int(sys.argv[1])])\nwhile True: pass"
_REST = "import sys; sys.stdin.read()"


@contextmanager
def started(*commands: str) -> Iterator[list[int]]:
    core = str(min(os.sched_getaffinity(0)))
    processes = [subprocess.Popen([sys.executable, "-c", command, core], stdin=subprocess.PIPE) for command in commands]
    try:
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


class Sum:
    """All the laps so far."""

    def __init__(self, wait: ProcessorWait) -> None:
        self._wait = wait
        self._seconds = 0.0

    def seconds(self) -> float:
        self._seconds += self._wait.lap()
        return self._seconds


def test_processes_that_share_a_core_wait_for_it(eventually: Callable[[Callable[[], object]], None]) -> None:
    with started(_WORK, _WORK) as (first, _):
        wait = Sum(ProcessorWait(first))
        eventually(lambda: wait.seconds() > 0.1)


def test_a_process_that_asks_for_nothing_does_not_wait(eventually: Callable[[Callable[[], object]], None]) -> None:
    with started(_REST, _WORK, _WORK) as (resting, busy, _):
        waiting = Sum(ProcessorWait(busy))
        # Its own start is over when all that it does is read.
        eventually(lambda: psutil.Process(resting).status() == psutil.STATUS_SLEEPING)
        idle = ProcessorWait(resting)
        eventually(lambda: waiting.seconds() > 0.1)
        assert idle.lap() < 0.1


def test_what_it_started_is_counted_too(eventually: Callable[[Callable[[], object]], None]) -> None:
    wait = Sum(ProcessorWait())
    with started(_WORK, _WORK):
        eventually(lambda: wait.seconds() > 0.1)


def test_a_process_that_is_gone_has_waited_for_nothing() -> None:
    with started(_REST) as (pid,):
        wait = ProcessorWait(pid)
    assert wait.lap() == 0
