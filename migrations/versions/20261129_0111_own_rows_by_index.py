"""Indexes for what is asked about one person: whoever asks or leaves makes nobody read whole tables."""

from alembic import op

revision = "20261129_0111"
down_revision = "20261129_0059"
branch_labels = None
depends_on = None

INDEXES = (
    ("photos", "uploaded_by"),
    ("photo_links", "named_by"),
    ("redemptions", "made_by"),
    ("consents", "decided_by"),
    ("message_acceptances", "user_id"),
    ("viewing_tickets", "resident_id"),
    ("own_copies", "ward_id"),
    ("closings", "ward_id"),
    ("closings", "bound_to"),
)


def upgrade() -> None:
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table, column in INDEXES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
