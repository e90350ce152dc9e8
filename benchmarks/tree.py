"""What a process and everything below it have taken: CPU time and memory."""

import time

import psutil

from synthetic.process_tree import descendants

_STILL_S = 0.15
_PATIENCE_S = 3.0
_POLL_S = 0.05


def cpu_s(pid: int) -> float:
    """User and system seconds of the tree so far, those of children that were reaped included; 10 ms steps."""
    total = 0.0
    for process in descendants(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def settled_cpu_s(pid: int) -> float:
    """As `cpu_s`, once the tree has come to rest: contexts are closed and made after a run has answered."""
    deadline = time.monotonic() + _PATIENCE_S
    spent, since = cpu_s(pid), time.monotonic()
    while time.monotonic() - since < _STILL_S and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        if (now := cpu_s(pid)) != spent:
            spent, since = now, time.monotonic()
    return spent


def pss_mib(pid: int) -> float:
    """Memory of the tree in MiB: proportional set size, in which those who share a page share its size."""
    total = 0
    for process in descendants(pid):
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20
