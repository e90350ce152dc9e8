"""Runs with their steps, hops and failures; follow-ups; leases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NAME = 200


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(_NAME), primary_key=True),
        *(_name(column) for column in ("journey", "persona", "target", "location", "origin")),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime, nullable=False),
        sa.Column("duration_s", sa.Float, nullable=False),
        _name("verdict"),
        sa.Column("flaky", sa.Boolean, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
    )
    op.create_index("runs_by_time", "runs", ["started_at"])
    op.create_index("runs_by_journey", "runs", ["journey", "started_at"])
    _of_a_run(
        "steps",
        *(_name(column) for column in ("name", "system", "verdict")),
        sa.Column("duration_s", sa.Float, nullable=False),
        sa.Column("budget_s", sa.Float, nullable=False),
    )
    _of_a_run(
        "hops",
        sa.Column("system", sa.String(_NAME)),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("duration_s", sa.Float, nullable=False),
    )
    _of_a_run(
        "failures",
        *(_name(column) for column in ("kind", "system", "cause")),
        *(sa.Column(column, sa.Text) for column in ("code", "step", "variant")),
        sa.Column("message", sa.Text, nullable=False),
    )
    op.create_index("failures_by_cause", "failures", ["cause", "system"])
    op.create_table(
        "follow_ups",
        sa.Column("run_id", sa.String(_NAME), primary_key=True),
        *(_name(column) for column in ("journey", "persona", "target", "location")),
        sa.Column("asked_at", sa.DateTime, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("closed_by", sa.String(_NAME)),
    )
    op.create_table(
        "leases",
        sa.Column("run_id", sa.String(_NAME), primary_key=True),
        *(_name(column) for column in ("owner", "location", "origin")),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("leases", "follow_ups", "failures", "hops", "steps", "runs"):
        op.drop_table(table)


def _name(column: str) -> sa.Column[str]:
    return sa.Column(column, sa.String(_NAME), nullable=False)


def _of_a_run(table: str, *columns: SchemaItem) -> None:
    run = sa.ForeignKey("runs.run_id", ondelete="CASCADE")
    op.create_table(
        table,
        sa.Column("run_id", sa.String(_NAME), run, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        *columns,
    )
