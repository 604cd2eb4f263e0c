"""Let a community say how many working days hazards of a category have."""

import sqlalchemy as sa
from alembic import op

revision = "20261203_0800"
down_revision = "20261203_0820"
branch_labels = None
depends_on = None

CATEGORIES = (
    "fire",
    "building",
    "flood_geological",
    "traffic",
    "production",
    "environment",
    "dispute",
    "facility",
)


def upgrade() -> None:
    category = sa.Enum(
        *CATEGORIES, native_enum=False, length=32, create_constraint=True, name="hazardcategory"
    )
    op.create_table(
        "category_deadlines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("category", category, nullable=False),
        sa.Column("working_days", sa.Integer()),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_deadlines")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_category_deadlines_area_code")),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_category_deadlines_set_by")),
        sa.CheckConstraint("working_days BETWEEN 1 AND 60", name=op.f("ck_category_deadlines_working_days")),
    )
    op.create_index(
        "ix_category_deadlines_latest",
        "category_deadlines",
        ["area_code", "category", "set_at", "id"],
    )
    op.create_index(op.f("ix_category_deadlines_set_by"), "category_deadlines", ["set_by"])


def downgrade() -> None:
    op.drop_table("category_deadlines")
