"""The file of a SQLite database: whether it is there, and still is the one that was opened."""

import sqlite3
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine

from synthetic.history.database import HistoryUnusable

_PATIENCE_S = 0.2
"""How long a reader may hold up the emptying of the log."""
_Number = tuple[int, int]
"""Device and inode."""


def is_there(engine: Engine, usual: Path) -> bool:
    """Whether there is something to open: SQLite would make a file that is not.

    Raises HistoryUnusable when it cannot be there for want of a folder, other than the ``usual`` one, and OSError.
    """
    file = _file(engine)
    if not file or file.is_file():
        return True
    if file.parent != usual:
        require_folder(engine)
    return False


def require_folder(engine: Engine) -> None:
    """Raises HistoryUnusable when there is no folder for the file of a SQLite database, and OSError."""
    file = _file(engine)
    if file and not file.parent.is_dir():
        raise HistoryUnusable(f"history: {file}: there is no folder {file.parent}")


class HeldFile:
    """The file of a database; a PostgreSQL has none, and says itself when it is gone.

    What is committed stands in a log beside the file at first, and SQLite reads that into whichever file has the name:
    a copy that was moved there was emptied by the log of the file before. So the log is kept empty as far as can be,
    and the file is held by a connection of its own, which can still empty it when the file has gone. While it is held
    its number on the disk is nobody else's. Raises HistoryUnusable, sqlite3.Error and OSError.
    """

    def __init__(self, engine: Engine) -> None:
        self._file = _file(engine)
        if self._file is None:
            return
        self._log, self._index = (self._file.with_name(f"{self._file.name}-{what}") for what in ("wal", "shm"))
        before = _number(self._file)
        with ExitStack() as unless_it_fails:
            self._connection = sqlite3.connect(
                f"file://{quote(str(self._file.absolute()))}?mode=rw",
                uri=True,
                timeout=_PATIENCE_S,
                isolation_level=None,
                check_same_thread=False,
            )
            unless_it_fails.callback(self._connection.close)
            self._connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            self._numbers = _number(self._file), _number(self._log)
            if self._numbers[0] != before:
                raise self._replaced()
            unless_it_fails.pop_all()

    @property
    def lost(self) -> bool:
        """Whether its name is nobody's now, or another file's. Raises OSError where that cannot be known."""
        return self._file is not None and _number(self._file) != self._numbers[0]

    def settle(self) -> None:
        """Bring what is in the log into the file, unless somebody reads: then with what is written next."""
        if self._file is not None:
            with suppress(sqlite3.Error):  # it stands in the log as well
                self._empty_log()

    def let_go(self) -> None:
        """Leave a lost file whole, wherever it is, and its log nobody else's. Raises HistoryUnusable while somebody
        uses it, and sqlite3.Error where it cannot be written: what only the log has is not thrown away."""
        if self._file is None:
            return
        if not self._empty_log():
            raise self._replaced(", and is in use")
        if _number(self._log) == self._numbers[1]:
            self._log.unlink(missing_ok=True)
            self._index.unlink(missing_ok=True)

    def close(self) -> None:
        """Hold it no longer."""
        if self._file is not None:
            self._connection.close()

    def _empty_log(self) -> bool:
        """Whether the log is empty now."""
        in_use, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not in_use

    def _replaced(self, more: str = "") -> HistoryUnusable:
        return HistoryUnusable(f"history: {self._file} was deleted, moved or replaced{more}")


def _number(file: Path) -> _Number | None:
    """None where there is no such file. Raises OSError where that cannot be known."""
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _file(engine: Engine) -> Path | None:
    name = engine.url.database or ""
    return None if engine.url.drivername != "sqlite" or name.startswith("file:") else Path(name)
