"""Keep who showed a pick-up code, and for whom he acted then: the code ends with his right to."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_0110"
down_revision = "20261130_0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Codes of the last two minutes are anybody's, as they were.
    op.add_column("redemptions", sa.Column("pickup_by", sa.Uuid(), nullable=True))
    op.add_column("redemptions", sa.Column("pickup_for", sa.Uuid(), nullable=True))
    for column, table in (("pickup_by", "users"), ("pickup_for", "residents")):
        op.create_foreign_key(op.f(f"fk_redemptions_{column}"), "redemptions", table, [column], ["id"])


def downgrade() -> None:
    op.drop_column("redemptions", "pickup_for")
    op.drop_column("redemptions", "pickup_by")
