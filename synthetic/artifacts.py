"""The folder of evidence, bounded in count and age.

FolderUnwritable    a folder that the monitor must write to cannot be written; says which setting names it
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from journeys.listener import Listener
from journeys.result import RunResult


class FolderUnwritable(Exception):
    """A run's results would be lost."""


def writable(folder: Path, setting: str) -> Path:
    """``folder``, made if need be and tried with a real file. Raises FolderUnwritable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"{setting}: cannot write to {folder}: {reason}; name a folder that can be written"
        raise FolderUnwritable(message) from None
    return folder


class ArtifactLimit(Listener):
    """After every run, removes what is beyond the newest ``keep`` run folders or older than ``age_s``."""

    def __init__(self, folder: Path, *, keep: int, age_s: float, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._keep = keep
        self._age_s = age_s
        self._clock = clock
        self._lock = threading.Lock()

    def run_finished(self, result: RunResult) -> None:
        """Make room. Raises OSError."""
        with self._lock:
            if not self._folder.is_dir():
                return
            found = (run for run in self._folder.iterdir() if run.is_dir())
            runs = sorted(((run.stat().st_mtime, run) for run in found), reverse=True)
            horizon = self._clock() - self._age_s
            for number, (changed, run) in enumerate(runs):
                if number >= self._keep or changed < horizon:
                    shutil.rmtree(run)
