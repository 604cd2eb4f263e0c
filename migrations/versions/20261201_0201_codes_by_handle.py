"""Find sign-in codes that were used by an index, to tell one that is sent again from a guess."""

from alembic import op

revision = "20261201_0201"
down_revision = "20261201_0200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Codes are few, and kept for weeks.
    op.create_index("ix_sign_in_codes_handle_expires_at", "sign_in_codes", ["handle", "expires_at"])


def downgrade() -> None:
    op.drop_index("ix_sign_in_codes_handle_expires_at", "sign_in_codes")
