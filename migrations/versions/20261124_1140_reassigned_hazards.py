"""Let a hazard's history say that it went from one person to another."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_1140"
down_revision = "20261124_1130"
branch_labels = None
depends_on = None

BEFORE = (
    "report",
    "recur",
    "accept",
    "reject",
    "duplicate",
    "assign",
    "start",
    "rectify",
    "verify",
    "recheck_fail",
    "close",
)
_NAME, _TABLE = "ck_hazard_events_hazardstep", "hazard_events"


def upgrade() -> None:
    _allow(*BEFORE, "reassign")


def downgrade() -> None:
    """Call a change of hands what it was called before there was a word for it; its data stay."""
    op.execute("ALTER TABLE hazard_events DISABLE TRIGGER hazard_events_append_only")
    op.execute("UPDATE hazard_events SET step = 'assign' WHERE step = 'reassign'")
    op.execute("ALTER TABLE hazard_events ENABLE TRIGGER hazard_events_append_only")
    _allow(*BEFORE)


def _allow(*words: str) -> None:
    op.drop_constraint(op.f(_NAME), _TABLE)
    op.create_check_constraint(op.f(_NAME), _TABLE, sa.column("step", sa.String()).in_(words))
