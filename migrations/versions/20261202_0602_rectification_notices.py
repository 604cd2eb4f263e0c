"""Keep the written notices to whoever must put a hazard right."""

import sqlalchemy as sa
from alembic import op

revision = "20261202_0602"
down_revision = "20261202_0700"
branch_labels = None
depends_on = None

_CODE = sa.String(15, collation="C")


def upgrade() -> None:
    op.create_table(
        "rectification_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", _CODE, nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("community_code", _CODE, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_notices")),
        sa.ForeignKeyConstraint(
            ["hazard_id"], ["hazards.id"], name=op.f("fk_rectification_notices_hazard_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_code"], ["areas.code"], name=op.f("fk_rectification_notices_community_code")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_rectification_notices_made_by")),
        sa.UniqueConstraint(
            "community_code",
            "year",
            "number",
            name=op.f("uq_rectification_notices_community_code_year_number"),
        ),
        sa.UniqueConstraint("hazard_id", "due_at", name=op.f("uq_rectification_notices_hazard_id_due_at")),
    )
    op.create_index(op.f("ix_rectification_notices_made_by"), "rectification_notices", ["made_by"])


def downgrade() -> None:
    op.drop_table("rectification_notices")
