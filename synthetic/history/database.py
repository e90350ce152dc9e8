"""The database behind the history: SQLite in a file, or PostgreSQL by its URL; brought to the form of the tables.

HistoryError
├── HistoryUnusable   it cannot be reached, opened, read or written
├── HistoryRefused    it does not take this row, and never will
└── HistoryNewer      a newer version of the monitor has changed its tables
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

_BUSY_S = 2.0
"""How long another process may hold the SQLite file before it counts as locked."""

_PATIENCE = {"connect_timeout": 3, "keepalives_idle": 2, "tcp_user_timeout": 4000}
_LIMITS = "-c lock_timeout=2000 -c statement_timeout=5000"
"""A PostgreSQL that is locked, slow or gone is found out in seconds."""
_STEPS = str(Path(__file__).parent / "migrations")
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class HistoryError(Exception):
    """The history cannot be used; the message says which and why, never the URL's password."""


class HistoryUnusable(HistoryError):
    """It cannot be reached, opened, read or written."""


class HistoryRefused(HistoryError):
    """It does not take this row, and never will."""


class HistoryNewer(HistoryError):
    """A newer version of the monitor has changed its tables."""


def connect(url: str) -> Engine:
    """An engine for the database; nothing is opened yet."""
    place = make_url(url)
    place = place.set(drivername=_DRIVERS[place.drivername])
    if place.drivername != "sqlite":
        return _postgresql(place)
    engine = create_engine(place, connect_args={"timeout": _BUSY_S})

    @event.listens_for(engine, "connect")
    def _prepared(connection: Any, _record: Any) -> None:
        # Readers and the writer do not wait for one another, and what was written before a crash is whole.
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        # The driver's own transactions leave changes of tables out: a migration that is killed would stay half done.
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _postgresql(place: URL) -> Engine:
    """What the URL itself says of patience counts."""
    # Here, for programs that keep their history in a file.
    from synthetic.history.postgresql import Impatient

    patience = {name: value for name, value in _PATIENCE.items() if name not in place.query}
    options = " ".join((_LIMITS, *place.normalized_query.get("options", ())))
    engine = create_engine(place, connect_args={**patience, "options": options}, pool_pre_ping=True, pool_timeout=5)

    @event.listens_for(engine, "do_connect")
    def _connected(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> Any:
        return Impatient.connect(**parameters)

    return engine


def migrate(engine: Engine, revision: str = "head") -> bool:
    """Bring the tables to a revision; whether there was anything to do. Not by two threads at a time: Alembic has one
    context for a process. Raises HistoryNewer when they are beyond what is known here, else HistoryUnusable."""
    # Here, because these take a tenth of a second, which a program that keeps no history should not spend.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", _STEPS)
    with told(engine), engine.begin() as connection:
        if revision == "head" and _revision(connection) == _known()[0]:
            return False
        config.attributes["connection"] = connection
        down = revision == "base"
        try:
            (command.downgrade if down else command.upgrade)(config, revision)
        except (CommandError, DataError, IntegrityError) as error:  # no result is to blame: another program, mostly
            raise _unmade(connection, error) from None
        return True


def require_newest(connection: Connection) -> None:
    """Raises HistoryNewer, or HistoryUnusable when the tables are those of an earlier version, or gone: another program
    may have changed them meanwhile."""
    if _revision(connection) != _known()[0]:
        raise HistoryUnusable(f"history: {shown(connection.engine.url)} was changed by another program")


def _revision(connection: Connection) -> str | None:
    """That of the tables; None where there are none. Raises HistoryNewer."""
    from alembic.migration import MigrationContext
    from alembic.util import CommandError

    try:
        current = MigrationContext.configure(connection).get_current_revision()
    except CommandError as error:  # a dump brought back over tables that were there has two
        raise _unmade(connection, error) from None
    if current is not None and current not in _known():
        place = shown(connection.engine.url)
        raise HistoryNewer(f"history: {place} was written by a newer version (revision {current}); update this one")
    return current


def _unmade(connection: Connection, error: Exception) -> HistoryUnusable:
    place = shown(connection.engine.url)
    return HistoryUnusable(f"history: {place}: its tables cannot be brought to their newest form: {_said(error)}")


@cache
def _known() -> tuple[str, ...]:
    """Every revision of the tables, the newest first."""
    from alembic.script import ScriptDirectory

    return tuple(step.revision for step in ScriptDirectory(_STEPS).walk_revisions())


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Whatever the database says comes out as HistoryUnusable."""
    try:
        yield
    except (DataError, IntegrityError) as error:
        raise HistoryRefused(f"history: {shown(engine.url)}: {_said(error)}") from None
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise HistoryUnusable(f"history: {shown(engine.url)}: {_said(error)}") from None


def _said(error: Exception) -> str:
    """The driver's first line alone: below it stand the statement and its values."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def shown(url: URL) -> str:
    """The URL for people: with *** for a password, and without what follows a question mark, which may hold one."""
    if url.drivername == "sqlite":
        return url.database or ""
    return url.set(query={}).render_as_string(hide_password=True)
