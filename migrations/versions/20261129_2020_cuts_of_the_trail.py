"""Find the cuts of the audit trail without reading it from end to end."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_2020"
down_revision = "20261129_1650"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_audit_entries_cuts",
        "audit_entries",
        ["id"],
        postgresql_where=sa.text("action = 'audit:cut'"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_entries_cuts", table_name="audit_entries")
