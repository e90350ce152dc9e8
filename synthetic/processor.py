"""How long the monitor's own processes had to wait for a processor: what was slow here is nobody else's fault.

Linux counts for every process how long it was ready to run and did not (``/proc/PID/schedstat``). Elsewhere the wait
is always 0, and slowness is taken for the target's.
"""

import os

_NANOSECOND = 1e-9
_PAGE = 2**12
"""Bytes that Linux tells at a time."""


class ProcessorWait:
    """The wait of a process and all that it started, summed over their main threads: the path of a page leads through
    one of them after the other. A reading takes 0.02 ms a process. For one thread."""

    def __init__(self, pid: int | None = None) -> None:
        self._pid = pid or os.getpid()
        self._last: dict[int, int] = {}
        self.lap()

    def lap(self) -> float:
        """Seconds waited since the last lap. What a process waited in the lap in which it ended is lost."""
        now = {pid: waited for pid in _tree(self._pid) if (waited := _waited_ns(pid)) is not None}
        waited = sum(waited - self._last.get(pid, 0) for pid, waited in now.items())
        self._last = now
        return waited * _NANOSECOND


def _tree(pid: int) -> list[int]:
    started = _read(f"/proc/{pid}/task/{pid}/children").split()
    return [pid, *(descendant for child in started for descendant in _tree(int(child)))]


def _waited_ns(pid: int) -> int | None:
    fields = _read(f"/proc/{pid}/schedstat").split()
    return int(fields[1]) if len(fields) > 1 else None


def _read(path: str) -> bytes:
    try:
        file = os.open(path, os.O_RDONLY)  # a third of the time of a stream's
    except OSError:
        return b""
    try:
        return b"".join(iter(lambda: os.read(file, _PAGE), b""))
    except OSError:  # it ended meanwhile
        return b""
    finally:
        os.close(file)
