"""Let hazards have clocks, be urged by offices, and be given more time."""

import sqlalchemy as sa
from alembic import op

from app.migrating import allow_words, beside_the_work, build_index, forbid_words, lacks

revision = "20261202_0500"
down_revision = "20261202_0101"
branch_labels = None
depends_on = None

STEPS = (
    "remind",
    "supervise_county",
    "supervise_city",
    "supervise",
    "answer",
    "ask_extension",
    "grant_extension",
    "refuse_extension",
)
KINDS = ("hazard_alarm", "hazard_matter")
_MOMENTS = ("due_from", "alarm_at", "asked_due_at", "supervised_at", "answered_at")


def upgrade() -> None:
    if lacks("hazard_alarms"):
        _at_once()
    with beside_the_work():
        # Every word that was allowed is allowed still, which is looked at while people go on.
        op.execute("ALTER TABLE hazard_events VALIDATE CONSTRAINT ck_hazard_events_hazardstep")
        op.execute("ALTER TABLE notices VALIDATE CONSTRAINT ck_notices_noticekind")
        build_index("ix_hazards_alarm_at", "hazards", "alarm_at", where="alarm_at IS NOT NULL")


def _at_once() -> None:
    for column in _MOMENTS:
        op.add_column("hazards", sa.Column(column, sa.DateTime(timezone=True)))
    op.add_column("hazards", sa.Column("extensions", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "hazard_alarms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('remind', 'supervise_county', 'supervise_city')",
            name=op.f("ck_hazard_alarms_alarmkind"),
        ),
        sa.ForeignKeyConstraint(
            ["hazard_id"], ["hazards.id"], name=op.f("fk_hazard_alarms_hazard_id_hazards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_alarms")),
        sa.UniqueConstraint(
            "hazard_id", "kind", "due_at", name=op.f("uq_hazard_alarms_hazard_id_kind_due_at")
        ),
    )
    allow_words("hazard_events", "step", *STEPS)
    allow_words("notices", "kind", *KINDS)


def downgrade() -> None:
    """Let go of what happened of itself or was said; none of the steps that moved a hazard is lost."""
    op.drop_index("ix_hazards_alarm_at", table_name="hazards")
    op.drop_table("hazard_alarms")
    words = ", ".join(f"'{step}'" for step in STEPS)
    op.execute("ALTER TABLE hazard_events DISABLE TRIGGER hazard_events_append_only")
    op.execute(f"DELETE FROM hazard_events WHERE step IN ({words})")  # noqa: S608 - our own words
    op.execute("ALTER TABLE hazard_events ENABLE TRIGGER hazard_events_append_only")
    op.execute("DELETE FROM notices WHERE kind IN ('hazard_alarm', 'hazard_matter')")
    forbid_words("hazard_events", "step", *STEPS)
    forbid_words("notices", "kind", *KINDS)
    for column in (*_MOMENTS, "extensions"):
        op.drop_column("hazards", column)
