"""An answer may have a note alone, and say nothing of how the item is."""

from alembic import op

revision = "20261210_0501"
down_revision = "20261205_0700"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("inspection_answers", "result", nullable=True)


def downgrade() -> None:
    op.execute("UPDATE inspection_answers SET result = 'not_applicable' WHERE result IS NULL")
    op.alter_column("inspection_answers", "result", nullable=False)
