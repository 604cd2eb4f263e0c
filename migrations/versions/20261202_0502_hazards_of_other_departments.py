"""Let hazards be handed to another department, major ones show their controls, and ended ones keep when."""

import sqlalchemy as sa
from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words, lacks

revision = "20261202_0502"
down_revision = "20261202_0401"
branch_labels = None
depends_on = None

STEPS = ("transfer", "department_answer", "report_controls", "check_controls", "remind_controls")
DEPARTMENTS = (
    "fire_service",
    "housing",
    "power",
    "gas",
    "water",
    "natural_resources",
    "transport",
    "emergency",
    "market",
    "police",
    "other",
)
_MOMENTS = ("ended_at", "controls_due_at", "controls_reported_at", "controls_checked_at")
_WIDENED = {
    "hazards": "ck_hazards_hazardstatus",
    "hazard_events": "ck_hazard_events_hazardstep",
    "hazard_alarms": "ck_hazard_alarms_alarmkind",
}


def upgrade() -> None:
    if lacks("hazards", "department"):
        _at_once()
    with beside_the_work():
        # Every word that was allowed is allowed still, which is looked at while people go on.
        for table, name in _WIDENED.items():
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        op.execute("ALTER TABLE hazard_events VALIDATE CONSTRAINT ck_hazard_events_hazardstatus")
        op.execute("ALTER TABLE hazards VALIDATE CONSTRAINT ck_hazards_department")


def _at_once() -> None:
    for column in _MOMENTS:
        op.add_column("hazards", sa.Column(column, sa.DateTime(timezone=True)))
    op.add_column("hazards", sa.Column("came_back", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("hazards", sa.Column("department", sa.String(32)))
    op.create_check_constraint(
        op.f("ck_hazards_department"),
        "hazards",
        sa.column("department", sa.String()).in_(DEPARTMENTS),
        postgresql_not_valid=True,
    )
    allow_words("hazards", "status", "transferred")
    allow_words("hazard_events", "status_after", "transferred")
    allow_words("hazard_events", "step", *STEPS)
    allow_words("hazard_alarms", "kind", "remind_controls")


def downgrade() -> None:
    """Let hazards with another department be accepted, to be given out; what was said of controls goes."""
    op.execute("ALTER TABLE hazard_events DISABLE TRIGGER hazard_events_append_only")
    op.execute("UPDATE hazard_events SET status_after = 'accepted' WHERE status_after = 'transferred'")
    op.execute("UPDATE hazard_events SET step = 'accept' WHERE step IN ('transfer', 'department_answer')")
    op.execute(
        "DELETE FROM hazard_events WHERE step IN ('report_controls', 'check_controls', 'remind_controls')"
    )
    op.execute("ALTER TABLE hazard_events ENABLE TRIGGER hazard_events_append_only")
    op.execute("UPDATE hazards SET status = 'accepted' WHERE status = 'transferred'")
    op.execute("DELETE FROM hazard_alarms WHERE kind = 'remind_controls'")
    forbid_words("hazard_alarms", "kind", "remind_controls")
    forbid_words("hazard_events", "step", *STEPS)
    forbid_words("hazard_events", "status_after", "transferred")
    forbid_words("hazards", "status", "transferred")
    for column in (*_MOMENTS, "came_back", "department"):
        op.drop_column("hazards", column)
