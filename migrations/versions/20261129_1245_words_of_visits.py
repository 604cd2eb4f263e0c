"""What was said on visits may be taken away when its time is over."""

from alembic import op

revision = "20261129_1245"
down_revision = "20261129_1230"
branch_labels = None
depends_on = None
_COLUMNS = (("visits", "answers_sealed"), ("visits", "note_sealed"), ("follow_ups", "need_sealed"))


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.alter_column(table, column, nullable=True)


def downgrade() -> None:
    """Go back only while nothing was taken away: what is gone cannot be sealed again."""
    for table, column in _COLUMNS:
        op.alter_column(table, column, nullable=False)
