"""Photos that are held back until a scanner has looked at them, or for good."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index, lacks

revision = "20261202_0900"
down_revision = "20261202_0801"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("photos", "quarantine"):
        _at_once()
    with beside_the_work():
        build_index("ix_photos_quarantine", "photos", "received_at", where="quarantine IS NOT NULL")


def _at_once() -> None:
    # Photos from before were never scanned and stay shown. Both columns need no rewrite of the table.
    reason = sa.Enum(
        "virus", "unscanned", native_enum=False, length=32, create_constraint=True, name="quarantine"
    )
    op.add_column("photos", sa.Column("quarantine", reason))
    op.add_column("photos", sa.Column("virus", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_index("ix_photos_quarantine", "photos")
    op.drop_column("photos", "virus")
    op.drop_column("photos", "quarantine")
