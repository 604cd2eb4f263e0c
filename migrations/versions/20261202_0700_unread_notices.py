"""Count unread notices by an index of their own: a phone asks for that all day."""

import sqlalchemy as sa
from alembic import op

revision = "20261202_0700"
down_revision = "20261202_0300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_notices_unread", "notices", ["user_id", "kind"], postgresql_where=sa.text("read_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_notices_unread", table_name="notices")
