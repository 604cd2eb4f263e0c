"""Let ended hazards have no alarm any more, so that the index of alarms holds what runs.

By itself, so that nobody waits for a table while the rows are written.
"""

from alembic import op

revision = "20261203_0831"
down_revision = "20261203_0830"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE hazards SET alarm_at = NULL"
        " WHERE alarm_at IS NOT NULL AND status IN ('closed', 'rejected', 'duplicate')"
    )


def downgrade() -> None:
    """Leave it: an alarm of what is ended was never taken."""
