"""Keep who had a follow-up until when and why, and on which days somebody was told of it."""

import sqlalchemy as sa
from alembic import op

revision = "20261204_0502"
down_revision = "20261204_0201"
branch_labels = None
depends_on = None

_DAYS = ("reminded_on", "told_late_on", "told_unowned_on")


def upgrade() -> None:
    op.add_column("follow_ups", sa.Column("course_sealed", sa.LargeBinary()))
    for name in _DAYS:
        op.add_column("follow_ups", sa.Column(name, sa.Date()))


def downgrade() -> None:
    """Forget the course: owner and day stay as they are."""
    for name in ("course_sealed", *_DAYS):
        op.drop_column("follow_ups", name)
