"""Guard minors' records: tickets to read them, and cases of harm, which nothing deletes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_1246"
down_revision = "20261124_1241"
branch_labels = None
depends_on = None

KINDS = ("hazard_step", "hazard_assigned", "claim_step", "visit_urgent", "follow_up_assigned")


def upgrade() -> None:
    op.create_table(
        "viewing_tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=15, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 180", name=op.f("ck_viewing_tickets_days")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_viewing_tickets_decided_by")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_viewing_tickets_resident_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_viewing_tickets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewing_tickets")),
    )
    op.create_index("ix_viewing_tickets_area_code_id", "viewing_tickets", ["area_code", "id"], unique=False)
    op.create_index(
        "ix_viewing_tickets_user_id_resident_id", "viewing_tickets", ["user_id", "resident_id"], unique=False
    )
    op.create_table(
        "harm_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=15, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("signals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("result_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_harm_cases_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_harm_cases_opened_by")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_harm_cases_resident_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_harm_cases_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harm_cases")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_harm_cases_visit_id")),
    )
    op.create_index("ix_harm_cases_area_code_id", "harm_cases", ["area_code", "id"], unique=False)
    op.create_index(op.f("ix_harm_cases_resident_id"), "harm_cases", ["resident_id"], unique=False)
    op.execute(
        "CREATE TRIGGER harm_cases_kept BEFORE DELETE OR TRUNCATE ON harm_cases "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    _allow((*KINDS, "harm_case"))


def _allow(kinds: tuple[str, ...]) -> None:
    """Let notices be of these kinds."""
    op.drop_constraint(op.f("ck_notices_noticekind"), "notices", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_notices_noticekind"), "notices", f"kind IN ({listed})")


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'harm_case'")
    _allow(KINDS)
    op.drop_index("ix_harm_cases_area_code_id", table_name="harm_cases")
    op.drop_index(op.f("ix_harm_cases_resident_id"), table_name="harm_cases")
    op.drop_table("harm_cases")
    op.drop_index("ix_viewing_tickets_area_code_id", table_name="viewing_tickets")
    op.drop_index("ix_viewing_tickets_user_id_resident_id", table_name="viewing_tickets")
    op.drop_table("viewing_tickets")
