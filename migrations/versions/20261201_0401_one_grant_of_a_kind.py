"""One account has a role in an area by one grant at a time: one ended would else leave the other in force."""

import sqlalchemy as sa
from alembic import op

revision = "20261201_0401"
down_revision = "20261201_0400"
branch_labels = None
depends_on = None

_END_OVER = "UPDATE grants SET ended_at = valid_until WHERE ended_at IS NULL AND valid_until <= now()"
_END_DUPLICATES = """
UPDATE grants SET ended_at = now()
WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY user_id, role, area_code
            ORDER BY valid_from <= now() DESC, valid_until DESC NULLS FIRST, id DESC
        ) AS place
        FROM grants WHERE ended_at IS NULL
    ) open WHERE place > 1
)
"""
"""Of those in force the one that lasts longest stays: nobody loses what he may, and nobody gets more."""


def upgrade() -> None:
    op.execute(_END_OVER)
    op.execute(_END_DUPLICATES)
    op.create_index(
        "uq_grants_open",
        "grants",
        ["user_id", "role", "area_code"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_grants_open", table_name="grants")
