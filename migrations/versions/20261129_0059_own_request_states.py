"""Corrections and deletions have the same states: their checks are named by the one kind of them."""

from alembic import op

revision = "20261129_0059"
down_revision = "20261128_2150"
branch_labels = None
depends_on = None

BEFORE = {"corrections": "correctionstate", "deletions": "deletionstate"}


def upgrade() -> None:
    for table, name in BEFORE.items():
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT ck_{table}_{name} TO ck_{table}_ownrequeststate")


def downgrade() -> None:
    for table, name in BEFORE.items():
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT ck_{table}_ownrequeststate TO ck_{table}_{name}")
