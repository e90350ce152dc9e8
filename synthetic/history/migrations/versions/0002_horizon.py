"""Since when no run has been removed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, with what can be known of an earlier history: good runs went first. Where there are failures
    older than the oldest good run, good ones between them may have gone."""
    op.create_table("horizon", sa.Column("whole_since", sa.DateTime))
    op.execute(
        "INSERT INTO horizon SELECT MIN(started_at) FROM runs WHERE verdict NOT IN ('failed', 'broken')",
    )
    op.execute(
        "UPDATE horizon SET whole_since = NULL WHERE NOT EXISTS (SELECT 1 FROM runs"
        " WHERE verdict IN ('failed', 'broken') AND started_at < whole_since)"
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("horizon")
