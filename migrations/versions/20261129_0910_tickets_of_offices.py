"""A ticket that no other admin of the community can decide on lies before the office above."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_0910"
down_revision = "20261129_0815"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "viewing_tickets",
        sa.Column("office_decides", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.alter_column("viewing_tickets", "office_decides", server_default=None)


def downgrade() -> None:
    op.drop_column("viewing_tickets", "office_decides")
