"""Keep who took files of the ledger of hazards out of the installation, why, and who agreed."""

import sqlalchemy as sa
from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words, lacks

revision = "20261202_0603"
down_revision = "20261202_0200"
branch_labels = None
depends_on = None

NEW = "hazard_export"
FAILURES = "'fault', 'late', 'too_big', 'no_function'"
_MOMENTS = ("failed_at", "ready_at", "expires_at", "fetched_at", "ended_at")
_CHECKS = {
    "two_people": "approved_by <> asked_by",
    "fetched_without_key": "fetched_at IS NULL OR key_sealed IS NULL",
    "ended_without_key": "ended_at IS NULL OR key_sealed IS NULL",
    "exportfailure": f"failure IN ({FAILURES})",
    "failed_for_a_reason": "(failure IS NULL) = (failed_at IS NULL)",
    "failed_or_ready": "failed_at IS NULL OR ready_at IS NULL",
    "ended_after": "ended_at IS NULL OR failed_at IS NOT NULL OR ready_at IS NOT NULL",
}


def upgrade() -> None:
    if lacks("hazard_exports"):
        _at_once()
    with beside_the_work():
        # Every word that was allowed is allowed still, which is looked at while people go on.
        op.execute("ALTER TABLE approvals VALIDATE CONSTRAINT ck_approvals_approvalkind")
        op.execute("ALTER TABLE notices VALIDATE CONSTRAINT ck_notices_noticekind")


def _at_once() -> None:
    moments = [sa.Column(name, sa.DateTime(timezone=True)) for name in _MOMENTS]
    op.create_table(
        "hazard_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid()),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("wanted", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        *moments,
        sa.Column("failure", sa.String(32)),
        sa.Column("row_count", sa.Integer()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("key_sealed", sa.LargeBinary()),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_exports")),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_hazard_exports_{column}"))
            for column, target in (
                ("area_code", "areas.code"),
                ("asked_by", "users.id"),
                ("approved_by", "users.id"),
            )
        ),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_hazard_exports_{name}")) for name, rule in _CHECKS.items()),
    )
    op.create_index("ix_hazard_exports_asked_by_id", "hazard_exports", ["asked_by", "id"])
    op.create_index(
        "uq_hazard_exports_one_open",
        "hazard_exports",
        ["asked_by"],
        unique=True,
        postgresql_where=sa.text("fetched_at IS NULL AND failed_at IS NULL AND ended_at IS NULL"),
    )
    op.create_index(op.f("ix_hazard_exports_approved_by"), "hazard_exports", ["approved_by"])
    op.create_index(
        "ix_hazard_exports_open",
        "hazard_exports",
        ["asked_at", "id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    allow_words("approvals", "kind", NEW)
    allow_words("notices", "kind", NEW)


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'hazard_export'")
    op.execute("DELETE FROM approvals WHERE kind = 'hazard_export'")
    op.drop_table("hazard_exports")
    forbid_words("notices", "kind", NEW)
    forbid_words("approvals", "kind", NEW)
