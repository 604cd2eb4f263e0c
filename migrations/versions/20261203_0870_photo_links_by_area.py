"""Find by their area the photos that records there name."""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261203_0870"
down_revision = "20261203_0860"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with beside_the_work():
        build_index("ix_photo_links_area_code", "photo_links", "area_code")


def downgrade() -> None:
    op.drop_index("ix_photo_links_area_code", table_name="photo_links", if_exists=True)
