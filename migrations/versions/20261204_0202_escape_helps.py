"""Who cannot get out by himself is on a register."""

import sqlalchemy as sa
from alembic import op

revision = "20261204_0202"
down_revision = "20261204_0502"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "escape_helps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("helpers", sa.Integer(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escape_helps")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_escape_helps_resident_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["users.id"], name=op.f("fk_escape_helps_noted_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_escape_helps_ended_by")),
        sa.CheckConstraint("helpers BETWEEN 1 AND 4", name=op.f("ck_escape_helps_helpers")),
    )
    op.create_index("ix_escape_helps_area_code_id", "escape_helps", ["area_code", "id"])
    op.create_index(op.f("ix_escape_helps_resident_id"), "escape_helps", ["resident_id"])
    op.create_index(op.f("ix_escape_helps_noted_by"), "escape_helps", ["noted_by"])
    op.create_index(
        "uq_escape_helps_open",
        "escape_helps",
        ["resident_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("escape_helps")
