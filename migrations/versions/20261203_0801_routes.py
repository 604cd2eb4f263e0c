"""Let places be walked in an order that a community gives them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261203_0801"
down_revision = "20261203_0850"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "routes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("place_ids", JSONB(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routes")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_routes_area_code")),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_routes_set_by")),
    )
    op.create_index(op.f("ix_routes_area_code"), "routes", ["area_code"])
    op.create_index(op.f("ix_routes_set_by"), "routes", ["set_by"])
    # Both columns are empty and need no rewrite of the table, and places are few enough to check at once.
    op.add_column("places", sa.Column("route_code", sa.String(15, collation="C")))
    op.add_column("places", sa.Column("route_position", sa.Integer()))
    op.create_check_constraint(
        op.f("ck_places_on_a_route"), "places", "(route_code IS NULL) = (route_position IS NULL)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_places_on_a_route"), "places")
    op.drop_column("places", "route_position")
    op.drop_column("places", "route_code")
    op.drop_table("routes")
