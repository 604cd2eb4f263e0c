"""Let hazards be given to teams and companies as well as to a person."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index, lacks

revision = "20261202_0801"
down_revision = "20261202_0402"
branch_labels = None
depends_on = None

ONE = "status <> 'assigned' OR num_nonnulls(assignee_id, unit_id) = 1"


def upgrade() -> None:
    if lacks("units"):
        _at_once()
    with beside_the_work():
        op.execute("ALTER TABLE hazards VALIDATE CONSTRAINT fk_hazards_unit_id")
        op.execute("ALTER TABLE hazards VALIDATE CONSTRAINT ck_hazards_one_assignee")
        build_index("ix_hazards_unit_id", "hazards", "unit_id", where="unit_id IS NOT NULL")


def _at_once() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_units_area_code")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_units_made_by")),
        sa.CheckConstraint("kind IN ('team', 'company')", name=op.f("ck_units_unitkind")),
    )
    op.create_index("ix_units_area_code_id", "units", ["area_code", "id"])
    op.create_index(op.f("ix_units_made_by"), "units", ["made_by"])
    op.create_table(
        "unit_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_members")),
        sa.UniqueConstraint("unit_id", "user_id", name=op.f("uq_unit_members_unit_id_user_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_members_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_unit_members_user_id")),
    )
    op.create_index(op.f("ix_unit_members_user_id"), "unit_members", ["user_id"])
    op.create_table(
        "unit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_events")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_events_unit_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_unit_events_actor_id")),
    )
    op.create_index("ix_unit_events_unit_id_id", "unit_events", ["unit_id", "id"])
    op.create_index(op.f("ix_unit_events_actor_id"), "unit_events", ["actor_id"])
    op.add_column("hazards", sa.Column("unit_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_hazards_unit_id"), "hazards", "units", ["unit_id"], ["id"], postgresql_not_valid=True
    )
    op.create_check_constraint(op.f("ck_hazards_one_assignee"), "hazards", ONE, postgresql_not_valid=True)


def downgrade() -> None:
    """Let what no member has started be accepted, to be given out anew."""
    op.execute("UPDATE hazards SET status = 'accepted' WHERE status = 'assigned' AND assignee_id IS NULL")
    op.drop_index("ix_hazards_unit_id", table_name="hazards")
    op.drop_column("hazards", "unit_id")
    for table in ("unit_events", "unit_members", "units"):
        op.drop_table(table)
