"""The roster says when somebody was let back in, the last time."""

import sqlalchemy as sa
from alembic import op

from app.migrating import lacks

revision = "20261205_0700"
down_revision = "20261205_0401"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("residents", "came_back_at"):
        op.add_column("residents", sa.Column("came_back_at", sa.DateTime(timezone=True)))
        op.execute(
            "UPDATE residents SET came_back_at = back.at FROM (SELECT resident_id, max(at) AS at "
            "FROM roster_changes WHERE kind = 'moved_in' GROUP BY resident_id) AS back "
            "WHERE back.resident_id = residents.id"
        )


def downgrade() -> None:
    op.drop_column("residents", "came_back_at")
