"""End the guardianships of whom staff had said that they died, which were left in force."""

from alembic import op

revision = "20261201_0530"
down_revision = "20261201_0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Who lives after all was bound anew, as an admin approved his request, and is a guardian still.
    op.execute(
        """
        UPDATE guardianships AS g SET ended_at = now()
        WHERE g.ended_at IS NULL AND EXISTS (
            SELECT FROM bindings AS b
            WHERE b.resident_id = g.guardian_id AND b.end_reason = 'deceased' AND NOT EXISTS (
                SELECT FROM bindings AS l
                WHERE l.resident_id = b.resident_id AND l.way = 'request' AND l.begun_at >= b.ended_at
                    AND (l.end_reason IS NULL OR l.end_reason NOT IN ('mistake', 'dispute'))))
        """
    )


def downgrade() -> None:
    # What ended stays so: whoever died is no guardian.
    pass
