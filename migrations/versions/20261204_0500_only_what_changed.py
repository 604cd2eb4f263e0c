"""Let a visit name the one before, of which its worker confirmed what lasts."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, lacks

revision = "20261204_0500"
down_revision = "20261204_0400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("visits", "unchanged_from_id"):
        op.add_column("visits", sa.Column("unchanged_from_id", sa.Uuid()))
        op.create_foreign_key(
            op.f("fk_visits_unchanged_from_id"),
            "visits",
            "visits",
            ["unchanged_from_id"],
            ["id"],
            postgresql_not_valid=True,
        )
    with beside_the_work():
        op.execute("ALTER TABLE visits VALIDATE CONSTRAINT fk_visits_unchanged_from_id")


def downgrade() -> None:
    """Forget what was confirmed as unchanged: each visit has all its answers."""
    op.drop_column("visits", "unchanged_from_id")
