"""Processes and all that they started. Chromium leaves its parent's process group (`setsid`), so killing a group
misses it; and a child whose parent died is nobody's until somebody adopts it."""

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import psutil

_PR_SET_CHILD_SUBREAPER = 36
_SCRATCH_PREFIX = "nmo-monitor-"
TAG = "NMO_MONITOR_WORKER"
"""Environment variable that marks a worker and all that it starts, so that orphans are known for ours."""

SCRATCH = "NMO_MONITOR_SCRATCH"
"""Environment variable that names the folder for a worker's temporary files: a browser that is killed leaves them."""


def scratch_folder() -> str:
    """A new folder for temporary files, for one worker."""
    return tempfile.mkdtemp(prefix=_SCRATCH_PREFIX)


def remove_scratch(folder: str) -> None:
    """Remove what `scratch_folder` made, and nothing else."""
    if Path(folder).name.startswith(_SCRATCH_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def adopt_orphans() -> None:
    """Let orphaned descendants become children of this process, so that they can be reaped (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(pid: int) -> list[psutil.Process]:
    """Everything below ``pid``, itself first; empty when it is gone."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def tagged(tag: str) -> list[psutil.Process]:
    """Processes that carry ``tag``: found even after the worker that started them is gone."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(TAG) == tag:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def end(processes: Iterable[psutil.Process], patience_s: float = 5.0) -> list[psutil.Process]:
    """Kill and reap; those still there after ``patience_s`` are returned. Never the calling process."""
    doomed = [process for process in set(processes) if process.pid != os.getpid()]
    for process in doomed:
        try:
            process.kill()
        except psutil.Error:
            continue
    _, alive = psutil.wait_procs(doomed, timeout=patience_s)
    return [process for process in alive if not _is_zombie(process)]


def memory(pid: int) -> int:
    """Bytes held by ``pid`` and everything below it; shared pages are counted once for each process."""
    total = 0
    for process in descendants(pid):
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
