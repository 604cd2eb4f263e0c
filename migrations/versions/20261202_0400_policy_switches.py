"""Policy switches of communities, each turned on by two people; all are off."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, lacks

revision = "20261202_0400"
down_revision = "20261202_0601"
branch_labels = None
depends_on = None

NEW = "policy_switch"
KINDS = ("admin_grant", "points_bulk", "roster_export", "minor_age")
SWITCHES = (
    "compulsory_check_in",
    "position_upload",
    "staff_ranking",
    "resident_ranking",
    "photo_compulsory",
    "wechat_content_check",
)


def upgrade() -> None:
    if lacks("policy_changes"):
        _at_once()
    with beside_the_work():
        op.execute("ALTER TABLE approvals VALIDATE CONSTRAINT ck_approvals_approvalkind")


def _at_once() -> None:
    op.create_table(
        "policy_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("switch", sa.String(32), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_changes")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_policy_changes_area_code")),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_policy_changes_changed_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_policy_changes_approved_by")),
        sa.CheckConstraint("is_on = (approved_by IS NOT NULL)", name=op.f("ck_policy_changes_on_by_two")),
        sa.CheckConstraint("approved_by <> changed_by", name=op.f("ck_policy_changes_two_people")),
        sa.CheckConstraint(
            sa.column("switch", sa.String()).in_(SWITCHES), name=op.f("ck_policy_changes_policyswitch")
        ),
    )
    op.create_index(
        "ix_policy_changes_area_code_switch_changed_at",
        "policy_changes",
        ["area_code", "switch", "changed_at"],
    )
    op.create_index(op.f("ix_policy_changes_changed_by"), "policy_changes", ["changed_by"])
    op.create_index(op.f("ix_policy_changes_approved_by"), "policy_changes", ["approved_by"])
    _kinds(*KINDS, NEW)


def downgrade() -> None:
    op.execute("DELETE FROM approvals WHERE kind = 'policy_switch'")
    _kinds(*KINDS)
    op.drop_table("policy_changes")


def _kinds(*words: str) -> None:
    name = op.f("ck_approvals_approvalkind")
    op.drop_constraint(name, "approvals")
    op.create_check_constraint(
        name, "approvals", sa.column("kind", sa.String()).in_(words), postgresql_not_valid=True
    )
