"""Exports of the roster: their rows, the approval each needs, and the notice that one is ready."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261129_0506"
down_revision = "20261129_0450"
branch_labels = None
depends_on = None

NEW = "roster_export"
APPROVALS = ("admin_grant", "points_bulk")
NOTICES = (
    "hazard_step",
    "hazard_assigned",
    "claim_step",
    "visit_urgent",
    "follow_up_assigned",
    "harm_case",
    "account_alert",
    "account_unused",
    "binding",
    "own_data",
    "approval",
    "proxy",
)
FAILURES = ("fault", "late", "too_big", "no_function")
MOMENT = sa.DateTime(timezone=True)


def _kinds(table: str, name: str, words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(name), table, type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f(name), table, f"kind IN ({listed})")


def upgrade() -> None:
    failures = ", ".join(f"'{word}'" for word in FAILURES)
    op.create_table(
        "roster_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", MOMENT, nullable=False),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("failure", sa.String(32), nullable=True),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fetched_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_exports")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_roster_exports_area_code")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_roster_exports_asked_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_roster_exports_approved_by")),
        sa.CheckConstraint("approved_by <> asked_by", name=op.f("ck_roster_exports_two_people")),
        sa.CheckConstraint(
            "fetched_at IS NULL OR key_sealed IS NULL", name=op.f("ck_roster_exports_fetched_without_key")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR key_sealed IS NULL", name=op.f("ck_roster_exports_ended_without_key")
        ),
        sa.CheckConstraint(f"failure IN ({failures})", name=op.f("ck_roster_exports_exportfailure")),
        sa.CheckConstraint(
            "(failure IS NULL) = (failed_at IS NULL)", name=op.f("ck_roster_exports_failed_for_a_reason")
        ),
        sa.CheckConstraint(
            "failed_at IS NULL OR ready_at IS NULL", name=op.f("ck_roster_exports_failed_or_ready")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR failed_at IS NOT NULL OR ready_at IS NOT NULL",
            name=op.f("ck_roster_exports_ended_after"),
        ),
    )
    op.create_index("ix_roster_exports_asked_by_id", "roster_exports", ["asked_by", "id"])
    op.create_index(
        "uq_roster_exports_one_open",
        "roster_exports",
        ["asked_by"],
        unique=True,
        postgresql_where=sa.text("fetched_at IS NULL AND failed_at IS NULL AND ended_at IS NULL"),
    )
    op.create_index(op.f("ix_roster_exports_approved_by"), "roster_exports", ["approved_by"])
    op.create_index(
        "ix_roster_exports_open",
        "roster_exports",
        ["asked_at", "id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _kinds("approvals", "ck_approvals_approvalkind", (*APPROVALS, NEW))
    _kinds("notices", "ck_notices_noticekind", (*NOTICES, NEW))


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'roster_export'")
    op.execute("DELETE FROM approvals WHERE kind = 'roster_export'")
    _kinds("notices", "ck_notices_noticekind", NOTICES)
    _kinds("approvals", "ck_approvals_approvalkind", APPROVALS)
    op.drop_table("roster_exports")
