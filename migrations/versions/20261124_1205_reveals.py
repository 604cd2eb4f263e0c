"""Keep who saw a resident's number in clear, and what for."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_1205"
down_revision = "20261124_1200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reveals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=15, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "field",
            sa.Enum(
                "phone",
                "id_number",
                name="revealfield",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_reveals_resident_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reveals_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveals")),
    )
    op.create_index(op.f("ix_reveals_resident_id"), "reveals", ["resident_id"])
    op.create_index("ix_reveals_user_id_revealed_at", "reveals", ["user_id", "revealed_at"])


def downgrade() -> None:
    op.drop_index("ix_reveals_user_id_revealed_at", table_name="reveals")
    op.drop_index(op.f("ix_reveals_resident_id"), table_name="reveals")
    op.drop_table("reveals")
