"""Let a household have one head; of several, whoever was registered first stays."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_1130"
down_revision = "20261124_1100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE residents AS later SET relation = 'other'
        WHERE relation = 'head' AND EXISTS (
            SELECT FROM residents AS first
            WHERE first.household_id = later.household_id AND first.relation = 'head'
              AND (first.created_at, first.id) < (later.created_at, later.id)
        )
        """
    )
    op.create_index(
        "uq_residents_household_id_head",
        "residents",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("relation = 'head'"),
    )


def downgrade() -> None:
    op.drop_index("uq_residents_household_id_head", table_name="residents")
