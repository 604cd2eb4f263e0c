"""The guardians of an area are listed, so that whoever is told of one to verify finds him."""

from alembic import op

revision = "20261129_0815"
down_revision = "20261129_0506"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_guardianships_area_code_id", "guardianships", ["area_code", "id"])


def downgrade() -> None:
    op.drop_index("ix_guardianships_area_code_id", table_name="guardianships")
