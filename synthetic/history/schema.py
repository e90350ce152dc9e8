"""The tables of the history. Times are stored in UTC without a zone, which both databases keep alike."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

NAME = 200
"""The longest name of anything: of a journey, a step, a cause."""


class Utc(TypeDecorator[datetime]):
    """An aware time on this side, the same in UTC without a zone in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database."""
        return value.replace(tzinfo=UTC) if value else None


METADATA = MetaData()

RUNS = Table(
    "runs",
    METADATA,
    Column("run_id", String(NAME), primary_key=True),
    Column("journey", String(NAME), nullable=False),
    Column("persona", String(NAME), nullable=False),
    Column("target", String(NAME), nullable=False),
    Column("location", String(NAME), nullable=False),
    Column("origin", String(NAME), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("verdict", String(NAME), nullable=False),
    Column("flaky", Boolean, nullable=False),
    Column("result", Text, nullable=False),
    Index("runs_by_time", "started_at"),
    Index("runs_by_journey", "journey", "started_at"),
)
"""One row a run; ``result`` is the whole RunResult as JSON."""


def _of_a_run(name: str, *columns: SchemaItem) -> Table:
    run: Column[str] = Column("run_id", ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    return Table(name, METADATA, run, Column("position", Integer, primary_key=True), *columns)


STEPS = _of_a_run(
    "steps",
    Column("name", String(NAME), nullable=False),
    Column("system", String(NAME), nullable=False),
    Column("verdict", String(NAME), nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("budget_s", Float, nullable=False),
)

HOPS = _of_a_run(
    "hops",
    Column("system", String(NAME)),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("duration_s", Float, nullable=False),
)

FAILURES = _of_a_run(
    "failures",
    Column("kind", String(NAME), nullable=False),
    Column("system", String(NAME), nullable=False),
    Column("cause", String(NAME), nullable=False),
    Column("code", Text),
    Column("step", Text),
    Column("variant", Text),
    Column("message", Text, nullable=False),
    Index("failures_by_cause", "cause", "system"),
)
"""What a run blames, the weightiest first: its ``failure``, then those of an earlier ``attempt``, then ``doubt``s."""

FOLLOW_UPS = Table(
    "follow_ups",
    METADATA,
    Column("run_id", String(NAME), primary_key=True),
    Column("journey", String(NAME), nullable=False),
    Column("persona", String(NAME), nullable=False),
    Column("target", String(NAME), nullable=False),
    Column("location", String(NAME), nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("notes", Text, nullable=False),
    Column("closed_by", String(NAME)),
)
"""What a run asked to be confirmed later, by that run's id; ``closed_by`` is the run that did. No foreign key: it
outlives the run that asked."""

LEASES = Table(
    "leases",
    METADATA,
    Column("run_id", String(NAME), primary_key=True),
    Column("owner", String(NAME), nullable=False),
    Column("location", String(NAME), nullable=False),
    Column("origin", String(NAME), nullable=False),
    Column("since", Utc, nullable=False),
    Column("result", Text, nullable=False),
)
"""Runs that are going on, by which monitor, and the result of each if nothing more is heard of it."""

HORIZON = Table("horizon", METADATA, Column("whole_since", Utc))
"""One row: of runs that began since then none has been removed; NULL where none ever was."""
