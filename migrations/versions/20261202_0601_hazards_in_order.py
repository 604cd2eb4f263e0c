"""Find hazards by deadline, by when they came or were closed, and by what they were merged into."""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261202_0601"
down_revision = "20261201_0532"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with beside_the_work():
        build_index("ix_hazards_due_at_id", "hazards", "due_at", "id")
        build_index("ix_hazards_received_at", "hazards", "received_at")
        merged = "duplicate_of_id IS NOT NULL"
        build_index("ix_hazards_duplicate_of_id", "hazards", "duplicate_of_id", where=merged)
        build_index("ix_hazard_events_closed", "hazard_events", "at", where="step = 'close'")


def downgrade() -> None:
    op.drop_index("ix_hazard_events_closed", "hazard_events")
    op.drop_index("ix_hazards_duplicate_of_id", "hazards")
    op.drop_index("ix_hazards_received_at", "hazards")
    op.drop_index("ix_hazards_due_at_id", "hazards")
