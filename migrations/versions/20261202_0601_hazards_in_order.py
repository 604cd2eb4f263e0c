"""Find hazards by deadline, by when they came or were closed, and by what they were merged into."""

import sqlalchemy as sa
from alembic import op

revision = "20261202_0601"
down_revision = "20261201_0532"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A county has some ten thousand hazards a year: each takes well under a second.
    op.create_index("ix_hazards_due_at_id", "hazards", ["due_at", "id"])
    op.create_index("ix_hazards_received_at", "hazards", ["received_at"])
    op.create_index(
        "ix_hazards_duplicate_of_id",
        "hazards",
        ["duplicate_of_id"],
        postgresql_where=sa.text("duplicate_of_id IS NOT NULL"),
    )
    op.create_index(
        "ix_hazard_events_closed", "hazard_events", ["at"], postgresql_where=sa.text("step = 'close'")
    )


def downgrade() -> None:
    op.drop_index("ix_hazard_events_closed", "hazard_events")
    op.drop_index("ix_hazards_duplicate_of_id", "hazards")
    op.drop_index("ix_hazards_received_at", "hazards")
    op.drop_index("ix_hazards_due_at_id", "hazards")
