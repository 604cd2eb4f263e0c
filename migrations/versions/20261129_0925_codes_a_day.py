"""The codes that a member of staff handed out on a day are counted."""

from alembic import op

revision = "20261129_0925"
down_revision = "20261129_0910"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_sign_in_codes_handed_out_by_created_at", "sign_in_codes", ["handed_out_by", "created_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_sign_in_codes_handed_out_by_created_at", table_name="sign_in_codes")
