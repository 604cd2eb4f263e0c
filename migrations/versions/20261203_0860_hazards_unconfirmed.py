"""Hazards that were put right and are not closed, found by community."""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261203_0860"
down_revision = "20261203_0831"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with beside_the_work():
        build_index(
            "ix_hazards_unconfirmed", "hazards", "area_code", where="status IN ('rectified', 'verified')"
        )


def downgrade() -> None:
    op.drop_index("ix_hazards_unconfirmed", table_name="hazards")
