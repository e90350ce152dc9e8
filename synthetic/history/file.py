"""The file of a SQLite database: whether it is there, and still is the one that was opened."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine

from synthetic.history.database import BUSY_S, HistoryUnusable

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
    """The file of a database that has just been opened; a PostgreSQL has none, and says itself when it is gone.

    It is held by a connection of its own, so that its number on the disk is not given to another, and its write-ahead
    log stays what it was. Raises sqlite3.Error and OSError.
    """

    def __init__(self, engine: Engine) -> None:
        self._file = _file(engine)
        if self._file is None:
            return
        self._log, self._index = (self._file.with_name(f"{self._file.name}-{what}") for what in ("wal", "shm"))
        self._connection = sqlite3.connect(
            f"file:{quote(str(self._file))}?mode=rw",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        self._connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        self._numbers = _number(self._file), _number(self._log)

    @property
    def lost(self) -> bool:
        """Whether its name is nobody's now, or another file's. Raises OSError where that cannot be known."""
        return self._file is not None and _number(self._file) != self._numbers[0]

    def let_go(self) -> None:
        """Leave a lost file whole: what is in its log goes into it, wherever it is. The log is removed, since SQLite
        would read it into whichever file has the name now: that was emptied, or could not be read any more.

        Raises HistoryUnusable while somebody uses it.
        """
        if self._file is None:
            return
        with suppress(sqlite3.Error):  # a disk that fails: what the log holds cannot be had
            (in_use, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if in_use:
                raise HistoryUnusable(f"history: {self._file} was deleted, moved or replaced, and is in use")
        if _number(self._log) == self._numbers[1]:
            self._log.unlink(missing_ok=True)
            self._index.unlink(missing_ok=True)

    def close(self) -> None:
        """Hold it no longer."""
        if self._file is not None:
            self._connection.close()


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
