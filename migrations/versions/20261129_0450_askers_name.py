"""What somebody calls himself who asks from another household to act for a resident."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_0450"
down_revision = "20261129_0420"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proxies", sa.Column("asker_name", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("proxies", "asker_name")
