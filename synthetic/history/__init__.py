"""What every run came to, kept in a database: SQLite in the state folder, or PostgreSQL by its URL.

A database that cannot be used stops nothing: results wait in a file beside it, and are written when it can be again.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, delete

from journeys.listener import Listener
from journeys.result import RunResult
from synthetic.history.database import (
    HistoryError,
    HistoryNewer,
    HistoryUnusable,
    connect,
    is_there,
    migrate,
    told,
)
from synthetic.history.query import Filter, Pending, Standing, availability, cut_off, pending, runs, standings
from synthetic.history.record import begin, record
from synthetic.history.retention import Retention
from synthetic.history.schema import LEASES
from synthetic.history.spool import Spool

__all__ = [
    "Filter",
    "History",
    "HistoryError",
    "HistoryNewer",
    "HistoryUnusable",
    "Pending",
    "Retention",
    "Standing",
    "availability",
    "cut_off",
    "pending",
    "runs",
    "standings",
]

_TIDIED_EVERY = 100
"""Runs between two looks at what is beyond the retention."""


class History(Listener):
    """The history behind ``url``; ``spool`` is the file for results that it does not take. ``now`` is aware.

    As a listener it keeps a result in any case, and raises HistoryError when that was in the spool, so that the trouble
    is told and counted; OSError when the spool could not take it either. Safe to call from several threads.
    """

    def __init__(
        self,
        url: str,
        spool: Path,
        retention: Retention,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = connect(url)
        self._spool = Spool(spool)
        self._retention = retention
        self._now = now
        self._opened = False
        self._opening = threading.Lock()
        self._recorded = 0
        self._going: set[str] = set()

    def run_began(self, unfinished: RunResult) -> None:
        """Note that a run goes on. Raises HistoryError."""
        self._going.add(unfinished.run_id)
        with self.connection() as connection:
            begin(connection, unfinished)

    def run_finished(self, result: RunResult) -> None:
        """Write a run, and those that had to wait."""
        self._going.discard(result.run_id)
        try:
            self._spool.drain(self._record)
            self._record(result)
        except HistoryError:
            self._spool.add(result)
            raise
        self._recorded += 1
        if self._recorded % _TIDIED_EVERY == 1:
            with self.connection() as connection:
                self._retention.apply(connection, self._now())

    def close(self) -> None:
        """Let go of the database. Runs that this object heard begin and not finish are nobody's."""
        try:
            if self._going:
                with self.connection() as connection:
                    connection.execute(delete(LEASES).where(LEASES.c.run_id.in_(self._going)))
        finally:
            self._engine.dispose()

    @contextmanager
    def asked(self) -> Iterator[Connection | None]:
        """A connection to ask with, once; None when nothing has been recorded yet. Raises HistoryError."""
        try:
            if is_there(self._engine):
                with self.connection() as connection:
                    yield connection
            else:
                yield None
        finally:
            self.close()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection, whose work is kept as a whole or not at all. Raises HistoryError."""
        self._open()
        with told(self._engine), self._engine.begin() as connection:
            yield connection

    def _open(self) -> None:
        with self._opening:
            if not self._opened:
                migrate(self._engine)
                self._opened = True

    def _record(self, result: RunResult) -> None:
        with self.connection() as connection:
            record(connection, result)
