"""Find the cuts of the audit trail without reading it from end to end."""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261129_2020"
down_revision = "20261129_1650"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with beside_the_work():
        build_index("ix_audit_entries_cuts", "audit_entries", "id", where="action = 'audit:cut'")


def downgrade() -> None:
    op.drop_index("ix_audit_entries_cuts", table_name="audit_entries")
