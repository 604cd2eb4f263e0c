"""A child and a guardian have one guardianship at a time: one ended would else leave the other in force."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_1130"
down_revision = "20261129_0925"
branch_labels = None
depends_on = None

_END_DUPLICATES = """
UPDATE guardianships SET ended_at = now()
WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY child_id, guardian_id
            ORDER BY valid_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date DESC,
                verified_at IS NOT NULL DESC, valid_until DESC, id DESC
        ) AS place
        FROM guardianships WHERE ended_at IS NULL
    ) open WHERE place > 1
)
"""
"""The one that holds longest stays, before those that wait: nobody loses what he may."""


def upgrade() -> None:
    op.execute(_END_DUPLICATES)
    op.create_index(
        "uq_guardianships_open",
        "guardianships",
        ["child_id", "guardian_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_guardianships_open", table_name="guardianships")
