"""Keep by which clock a step was taken on a phone, and on which day somebody was told of what waits."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index, lacks

revision = "20261203_0830"
down_revision = "20261203_0851"
branch_labels = None
depends_on = None

FLAGS = "clock_flag IN ('ok', 'future', 'stale')"


def upgrade() -> None:
    if lacks("hazards", "waiting_told_on"):
        _at_once()
    with beside_the_work():
        op.execute("ALTER TABLE hazard_events VALIDATE CONSTRAINT ck_hazard_events_clockflag")
        build_index(
            "ix_hazards_waiting", "hazards", "received_at", where="status IN ('reported', 'accepted')"
        )


def _at_once() -> None:
    op.add_column("hazards", sa.Column("waiting_told_on", sa.Date()))
    op.add_column("hazard_events", sa.Column("captured_at", sa.DateTime(timezone=True)))
    op.add_column("hazard_events", sa.Column("clock_flag", sa.String(32)))
    op.create_check_constraint(
        op.f("ck_hazard_events_clockflag"), "hazard_events", FLAGS, postgresql_not_valid=True
    )


def downgrade() -> None:
    """Forget what phones said of their steps: the server's time stays."""
    op.drop_index("ix_hazards_waiting", table_name="hazards")
    op.drop_column("hazard_events", "clock_flag")
    op.drop_column("hazard_events", "captured_at")
    op.drop_column("hazards", "waiting_told_on")
