"""Let a hazard keep on which visit it was seen."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index, lacks

revision = "20261204_0501"
down_revision = "20261204_0600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("hazards", "visit_id"):
        op.add_column("hazards", sa.Column("visit_id", sa.Uuid()))
        op.create_foreign_key(
            op.f("fk_hazards_visit_id"), "hazards", "visits", ["visit_id"], ["id"], postgresql_not_valid=True
        )
    with beside_the_work():
        op.execute("ALTER TABLE hazards VALIDATE CONSTRAINT fk_hazards_visit_id")
        build_index("ix_hazards_visit_id", "hazards", "visit_id", where="visit_id IS NOT NULL")


def downgrade() -> None:
    """Forget on which visits hazards were seen: they stay."""
    op.drop_index("ix_hazards_visit_id", table_name="hazards")
    op.drop_column("hazards", "visit_id")
