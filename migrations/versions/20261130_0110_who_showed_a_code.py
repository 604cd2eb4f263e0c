"""Keep who showed a pick-up code, and for whom he acted then: the code ends with his right to."""

from alembic import op

revision = "20261130_0110"
down_revision = "20261130_0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Codes of the last two minutes are anybody's, as they were.
    # Where a column comes with its key, the server knows that it is empty, and reads no row for it: all three
    # tables are needed for a moment, and not for as long as the orders are read.
    op.execute(
        "ALTER TABLE redemptions "
        "ADD COLUMN pickup_by uuid CONSTRAINT fk_redemptions_pickup_by REFERENCES users (id), "
        "ADD COLUMN pickup_for uuid CONSTRAINT fk_redemptions_pickup_for REFERENCES residents (id)"
    )


def downgrade() -> None:
    op.drop_column("redemptions", "pickup_for")
    op.drop_column("redemptions", "pickup_by")
