"""Count unread notices by an index of their own: a phone asks for that all day."""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261202_0700"
down_revision = "20261202_0300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with beside_the_work():
        build_index("ix_notices_unread", "notices", "user_id", "kind", where="read_at IS NULL")


def downgrade() -> None:
    op.drop_index("ix_notices_unread", table_name="notices")
