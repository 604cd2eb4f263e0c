"""Wind the clocks of hazards that have a deadline already; since when it runs is when they were found.

By itself, so that nobody waits for a table while the rows are written.
"""

from alembic import op

revision = "20261202_0501"
down_revision = "20261202_0500"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of what is over its time by now everybody is told within a minute.
    op.execute(
        """
        UPDATE hazards SET alarm_at = received_at + (due_at - received_at) * 0.8
        WHERE due_at > received_at AND status IN ('accepted', 'assigned', 'rectifying')
        """
    )


def downgrade() -> None:
    """Leave the clocks: the columns go with their own migration."""
