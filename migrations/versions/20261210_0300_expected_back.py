"""The roster says when somebody who is away is expected back."""

import sqlalchemy as sa
from alembic import op

from app.migrating import lacks

revision = "20261210_0300"
down_revision = "20261210_0501"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("residents", "back_on"):
        op.add_column("residents", sa.Column("back_on", sa.Date()))


def downgrade() -> None:
    op.drop_column("residents", "back_on")
