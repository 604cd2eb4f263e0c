"""Let a plan that waits for the next year's holidays be tried again in an hour, not each minute."""

import sqlalchemy as sa
from alembic import op

revision = "20261203_0851"
down_revision = "20261203_0801"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plans", sa.Column("retry_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("plans", "retry_at")
