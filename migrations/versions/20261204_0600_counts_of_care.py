"""Keep how many people were looked after on the first of each month, and which figures offices may read."""

import sqlalchemy as sa
from alembic import op

revision = "20261204_0600"
down_revision = "20261204_0900"
branch_labels = None
depends_on = None

CATEGORIES = ("elderly", "disabled", "left_behind_child", "left_behind_woman", "destitute", "monitored")


def upgrade() -> None:
    category = sa.Enum(*CATEGORIES, native_enum=False, length=32, create_constraint=True, name="carecategory")
    op.create_table(
        "care_counts",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("category", category, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("month", "area_code", "category", name=op.f("pk_care_counts")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_care_counts_area_code")),
        sa.CheckConstraint("people >= 0", name=op.f("ck_care_counts_people")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_care_counts_month")),
    )


def downgrade() -> None:
    op.drop_table("care_counts")
