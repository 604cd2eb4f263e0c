"""Keep who was shown a household's binding code, and who wrote another number of a resident, and when."""

from alembic import op

revision = "20261201_0200"
down_revision = "20261201_0410"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Who saw a code before nobody kept but the trail; whoever made it did. The other columns are empty: what
    # was written before counts as the first entry.
    op.execute("ALTER TABLE binding_codes ADD COLUMN seen_by uuid[]")
    op.execute("UPDATE binding_codes SET seen_by = ARRAY[made_by]")
    op.execute("ALTER TABLE binding_codes ALTER COLUMN seen_by SET NOT NULL")
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
