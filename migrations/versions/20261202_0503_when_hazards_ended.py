"""Fill in when hazards ended, by the step that ended them.

By itself, so that nobody waits for a table while the rows are written.
"""

from alembic import op

revision = "20261202_0503"
down_revision = "20261202_0502"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE hazards AS h SET ended_at = e.at
        FROM (
            SELECT hazard_id, max(at) AS at FROM hazard_events
            WHERE step IN ('close', 'reject', 'duplicate') GROUP BY hazard_id
        ) AS e
        WHERE e.hazard_id = h.id AND h.ended_at IS NULL AND h.status IN ('closed', 'rejected', 'duplicate')
        """
    )


def downgrade() -> None:
    """Leave what was filled in: the column goes with its own migration."""
