"""Let hazards be taken back from those who have no post any more, and admins be told of it."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261201_0402"
down_revision = "20261201_0401"
branch_labels = None
depends_on = None

STEP, KIND = "unassign", "hazard_unassigned"
STEPS = (
    "report",
    "recur",
    "accept",
    "reject",
    "duplicate",
    "assign",
    "reassign",
    "start",
    "rectify",
    "verify",
    "recheck_fail",
    "close",
)
KINDS = (
    "hazard_step",
    "hazard_assigned",
    "claim_step",
    "visit_urgent",
    "follow_up_assigned",
    "harm_case",
    "account_alert",
    "account_unused",
    "binding",
    "own_data",
    "approval",
    "proxy",
    "roster_export",
)


def upgrade() -> None:
    _allow("hazard_events", "step", "ck_hazard_events_hazardstep", *STEPS, STEP)
    _allow("notices", "kind", "ck_notices_noticekind", *KINDS, KIND)
    with beside_the_work():
        # Every word that was allowed is allowed still, which is looked at while people go on.
        op.execute("ALTER TABLE hazard_events VALIDATE CONSTRAINT ck_hazard_events_hazardstep")
        op.execute("ALTER TABLE notices VALIDATE CONSTRAINT ck_notices_noticekind")
        where = "status IN ('assigned', 'rectifying')"
        build_index("ix_hazards_in_hand", "hazards", "assignee_id", "area_code", where=where)


def downgrade() -> None:
    """Call it what leads to the same state by a step that was there before; its data stay."""
    op.drop_index("ix_hazards_in_hand", table_name="hazards")
    op.execute("ALTER TABLE hazard_events DISABLE TRIGGER hazard_events_append_only")
    op.execute("UPDATE hazard_events SET step = 'accept' WHERE step = 'unassign'")
    op.execute("ALTER TABLE hazard_events ENABLE TRIGGER hazard_events_append_only")
    op.execute("DELETE FROM notices WHERE kind = 'hazard_unassigned'")
    _allow("hazard_events", "step", "ck_hazard_events_hazardstep", *STEPS)
    _allow("notices", "kind", "ck_notices_noticekind", *KINDS)


def _allow(table: str, column: str, name: str, *words: str) -> None:
    op.drop_constraint(op.f(name), table)
    op.create_check_constraint(
        op.f(name), table, sa.column(column, sa.String()).in_(words), postgresql_not_valid=True
    )
