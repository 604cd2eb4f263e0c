"""Whose help to get out somebody of the staff ended is found by an index."""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261204_0970"
down_revision = "20261204_0202"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with beside_the_work():
        build_index("ix_escape_helps_ended_by", "escape_helps", "ended_by", where="ended_by IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_escape_helps_ended_by", table_name="escape_helps")
