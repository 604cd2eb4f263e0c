"""Let a second person agree to high-risk steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_1210"
down_revision = "20261124_1205"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "admin_grant",
                "points_bulk",
                name="approvalkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("area_code", sa.String(length=15, collation="C"), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "refused",
                "used",
                name="approvalstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)", name=op.f("ck_approvals_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_approvals_decided_at_a_time")
        ),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_approvals_two_people")),
        sa.CheckConstraint(
            "(state = 'used') = (used_at IS NOT NULL)", name=op.f("ck_approvals_used_at_a_time")
        ),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_approvals_area_code")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_approvals_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_approvals_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index("ix_approvals_area_code_id", "approvals", ["area_code", "id"])
    op.create_index("ix_approvals_asked_by", "approvals", ["asked_by"])


def downgrade() -> None:
    op.drop_table("approvals")
