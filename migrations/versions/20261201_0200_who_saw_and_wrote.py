"""Keep who was shown a household's binding code, and who wrote another number of a resident, and when."""

from alembic import op

revision = "20261201_0200"
down_revision = "20261201_0410"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was written before counts as the first entry: those columns are empty.
    # Code from before leaves it out while nodes are replaced, and the next migration fills it.
    op.execute("ALTER TABLE binding_codes ADD COLUMN seen_by uuid[] NOT NULL DEFAULT '{}'")
    op.execute(
        "ALTER TABLE residents "
        "ADD COLUMN phone_at timestamptz, "
        "ADD COLUMN phone_by uuid, "
        "ADD COLUMN id_number_at timestamptz, "
        "ADD COLUMN id_number_by uuid"
    )


def downgrade() -> None:
    for column in ("id_number_by", "id_number_at", "phone_by", "phone_at"):
        op.drop_column("residents", column)
    op.drop_column("binding_codes", "seen_by")
