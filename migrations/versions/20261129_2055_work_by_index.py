"""Indexes for what somebody did in his work: whoever asks what is held of him reads no whole table.

The tables that grow with every act; what grows with the roster is a few thousand rows. ``transfers`` has none
for it: one more would cost every posting.
"""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261129_2055"
down_revision = "20261129_2020"
branch_labels = None
depends_on = None

INDEXES = (
    ("claim_events", "actor_id"),
    ("claims", "approved_by"),
    ("claims", "submitted_by"),
    ("claims", "verified_by"),
    ("consents", "recorded_by"),
    ("hazard_events", "actor_id"),
    ("stock_movements", "by_id"),
)
MOSTLY_EMPTY = (
    ("consents", "withdrawn_by"),
    ("follow_ups", "done_by"),
    ("hazards", "rectified_by"),
    ("redemptions", "ended_by"),
)


def upgrade() -> None:
    with beside_the_work():
        for table, column in INDEXES:
            build_index(f"ix_{table}_{column}", table, column)
        for table, column in MOSTLY_EMPTY:
            build_index(f"ix_{table}_{column}", table, column, where=f"{column} IS NOT NULL")


def downgrade() -> None:
    for table, column in INDEXES + MOSTLY_EMPTY:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
