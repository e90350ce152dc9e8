"""Results that could not be written to the database, kept in a file until they can."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from journeys.result import RunResult


class Spool:
    """A file with one result a line, in the order in which they came. Safe to call from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def __len__(self) -> int:
        try:
            return len(self._path.read_bytes().splitlines())
        except FileNotFoundError:
            return 0

    def add(self, result: RunResult) -> None:
        """Keep a result. Raises OSError when the disk does not take it."""
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(f"{result.to_json()}\n")

    def drain(self, write: Callable[[RunResult], None]) -> None:
        """Hand every result that is kept to ``write``, then forget them; what it raises leaves the file as it is."""
        with self._lock:
            try:
                lines = self._path.read_bytes().splitlines()
            except FileNotFoundError:
                return
            for line in lines:
                if result := _read(line):
                    write(result)
            self._path.unlink()


def _read(line: bytes) -> RunResult | None:
    try:
        return RunResult.from_json(line)
    except ValidationError:
        # The monitor was killed, or the disk filled, in the middle of this line.
        print("nmo-monitor: history: a result in the spool is cut off and was left out", file=sys.stderr)
        return None
