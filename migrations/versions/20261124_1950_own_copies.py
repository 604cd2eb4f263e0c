"""Copies of their data that people ask for, and the notice that one is ready."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_1950"
down_revision = "20261124_1945"
branch_labels = None
depends_on = None

BEFORE = (
    "hazard_step",
    "hazard_assigned",
    "claim_step",
    "visit_urgent",
    "follow_up_assigned",
    "harm_case",
    "account_alert",
    "account_unused",
    "binding",
)
AFTER = (*BEFORE, "own_data")
MOMENT = sa.DateTime(timezone=True)


def _kinds(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_notices_noticekind"), "notices", type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_notices_noticekind"), "notices", f"kind IN ({listed})")


def upgrade() -> None:
    op.create_table(
        "own_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_copies")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_own_copies_asked_by")),
        sa.ForeignKeyConstraint(["ward_id"], ["residents.id"], name=op.f("fk_own_copies_ward_id")),
    )
    op.create_index(op.f("ix_own_copies_asked_by"), "own_copies", ["asked_by"])
    op.create_index(
        "uq_own_copies_open",
        "own_copies",
        ["asked_by", "ward_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _kinds(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'own_data'")
    _kinds(BEFORE)
    op.drop_table("own_copies")
