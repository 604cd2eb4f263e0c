"""Keep what residents live by, month by month, and how many work as offices read it."""

import sqlalchemy as sa
from alembic import op

revision = "20261205_0600"
down_revision = "20261205_0502"
branch_labels = None
depends_on = None

STATES = ("employed", "self_employed", "looking", "not_working")
PLACES = ("county", "city", "province", "outside")
WAYS = ("oneself", "organised", "public_benefit", "workshop", "for_relief", "other")
SOURCES = ("visit", "phone", "import")
MEASURES = (
    "working_age",
    "working",
    "missing",
    "in_province",
    "in_city",
    "in_county",
    "homes",
    "stable_homes",
)


def _words(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, native_enum=False, length=32, create_constraint=True, name=name)


def upgrade() -> None:
    op.create_table(
        "employments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", _words(STATES, "workstate"), nullable=False),
        sa.Column("place", _words(PLACES, "workplace"), nullable=True),
        sa.Column("way", _words(WAYS, "workway"), nullable=True),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("wage_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("source", _words(SOURCES, "worksource"), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employments")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_employments_resident_id")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_employments_written_by")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_employments_month")),
        sa.CheckConstraint("months BETWEEN 1 AND 720", name=op.f("ck_employments_months")),
        sa.CheckConstraint(
            "(place IS NOT NULL) = (state IN ('employed', 'self_employed'))",
            name=op.f("ck_employments_place"),
        ),
        sa.CheckConstraint("(way IS NOT NULL) = (state = 'employed')", name=op.f("ck_employments_way")),
        sa.CheckConstraint("wage_sealed IS NULL OR place IS NOT NULL", name=op.f("ck_employments_wage")),
    )
    op.create_index("ix_employments_area_code_id", "employments", ["area_code", "id"])
    op.create_index("ix_employments_resident_id_month", "employments", ["resident_id", "month", "id"])
    op.create_index(op.f("ix_employments_written_by"), "employments", ["written_by"])
    op.create_index(
        "uq_employments_standing",
        "employments",
        ["resident_id", "month"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "work_counts",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("measure", _words(MEASURES, "workmeasure"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("month", "area_code", "measure", name=op.f("pk_work_counts")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_work_counts_area_code")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_work_counts_number")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_work_counts_month")),
    )


def downgrade() -> None:
    op.drop_table("work_counts")
    op.drop_table("employments")
