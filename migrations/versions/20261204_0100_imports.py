"""Let a settlement be entered from a workbook."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261204_0100"
down_revision = "20261204_0200"
branch_labels = None
depends_on = None

_STATES = ("waiting", "checked", "applying", "applied", "cancelled", "failed", "over")
_FAILURES = ("fault", "unreadable", "too_long", "no_sheet", "no_function")
_SHEETS = ("grids", "places", "residents", "staff", "care", "plans")
_ROW_STATES = ("new", "changed", "same", "doubtful", "faulty")
_OUTCOMES = ("done", "unchanged", "refused")


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "roster_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _words("importstate", _STATES), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("notes", JSONB(), nullable=False),
        sa.Column("failure", _words("importfailure", _FAILURES), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("step_hash", sa.LargeBinary(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(failure IS NULL) = (state <> 'failed')", name=op.f("ck_roster_imports_failed_for_a_reason")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'failed') OR key_sealed IS NULL",
            name=op.f("ck_roster_imports_read_without_key"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_imports")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_roster_imports_area_code")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_roster_imports_asked_by")),
    )
    op.create_index(
        "uq_roster_imports_one_open",
        "roster_imports",
        ["asked_by"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'checked', 'applying')"),
    )
    op.create_index("ix_roster_imports_asked_by_id", "roster_imports", ["asked_by", "id"])
    op.create_index(
        "ix_roster_imports_open",
        "roster_imports",
        ["asked_at", "id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "import_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", _words("importsheet", _SHEETS), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("state", _words("importrowstate", _ROW_STATES), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("outcome", _words("importoutcome", _OUTCOMES), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["roster_imports.id"],
            name=op.f("fk_import_rows_import_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "import_id", "sheet", "row_number", name=op.f("uq_import_rows_import_id_sheet_row_number")
        ),
    )
    op.create_index("ix_import_rows_import_id_id", "import_rows", ["import_id", "id"])
    op.create_index(
        "ix_import_rows_waiting",
        "import_rows",
        ["import_id", "id"],
        postgresql_where=sa.text("chosen AND outcome IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("import_rows")
    op.drop_table("roster_imports")
