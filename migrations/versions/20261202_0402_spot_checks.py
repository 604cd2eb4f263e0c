"""Spot checks by lot, each week's seed committed to before, and the notice of a result."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrating import allow_words, beside_the_work, forbid_words, lacks

revision = "20261202_0402"
down_revision = "20261202_0102"
branch_labels = None
depends_on = None

NEW = "spot_check"
STATES = ("drawn", "confirmed", "not_confirmed", "could_not_check", "appealed", "upheld", "lifted")
MOMENT = sa.DateTime(timezone=True)
AREA = sa.String(15, collation="C")


def upgrade() -> None:
    if lacks("spot_checks"):
        _at_once()
    with beside_the_work():
        op.execute("ALTER TABLE notices VALIDATE CONSTRAINT ck_notices_noticekind")


def _at_once() -> None:
    op.create_table(
        "spot_check_weeks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("committed_at", MOMENT, nullable=False),
        sa.Column("seed_hash", sa.LargeBinary(), nullable=False),
        sa.Column("seed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("drawn_at", MOMENT, nullable=True),
        sa.Column("candidates", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check_weeks")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_spot_check_weeks_area_code")),
        sa.UniqueConstraint("area_code", "week_on", name=op.f("uq_spot_check_weeks_area_code_week_on")),
        sa.CheckConstraint(
            "(seed IS NULL) = (drawn_at IS NULL)", name=op.f("ck_spot_check_weeks_told_once_drawn")
        ),
    )
    op.create_index("ix_spot_check_weeks_area_code_id", "spot_check_weeks", ["area_code", "id"])
    op.create_table(
        "spot_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("week_id", sa.Uuid(), nullable=False),
        sa.Column("record_kind", sa.String(32), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_checks")),
        sa.ForeignKeyConstraint(["week_id"], ["spot_check_weeks.id"], name=op.f("fk_spot_checks_week_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_spot_checks_place_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["users.id"], name=op.f("fk_spot_checks_worker_id")),
        sa.ForeignKeyConstraint(["checked_by"], ["users.id"], name=op.f("fk_spot_checks_checked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_spot_checks_decided_by")),
        sa.UniqueConstraint("record_id", name=op.f("uq_spot_checks_record_id")),
        sa.CheckConstraint(
            "(status = 'drawn') = (checked_by IS NULL)", name=op.f("ck_spot_checks_checked_by_somebody")
        ),
        sa.CheckConstraint(
            "checked_by <> worker_id AND decided_by <> worker_id", name=op.f("ck_spot_checks_not_by_himself")
        ),
        sa.CheckConstraint("decided_by <> checked_by", name=op.f("ck_spot_checks_decided_by_another")),
        sa.CheckConstraint("record_kind IN ('inspection')", name=op.f("ck_spot_checks_spotcheckrecord")),
        sa.CheckConstraint(
            sa.column("status", sa.String()).in_(STATES), name=op.f("ck_spot_checks_spotcheckstatus")
        ),
    )
    for name, columns in (
        ("area_code_id", ["area_code", "id"]),
        ("worker_id_id", ["worker_id", "id"]),
        ("week_id", ["week_id"]),
        ("checked_by", ["checked_by"]),
        ("decided_by", ["decided_by"]),
    ):
        op.create_index(op.f(f"ix_spot_checks_{name}"), "spot_checks", columns)
    allow_words("notices", "kind", NEW)


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'spot_check'")
    forbid_words("notices", "kind", NEW)
    op.drop_table("spot_checks")
    op.drop_table("spot_check_weeks")
