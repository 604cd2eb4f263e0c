"""A care record keeps whom to call in an emergency."""

import sqlalchemy as sa
from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words, lacks

revision = "20261205_0502"
down_revision = "20261205_0400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("care_records", "contacts_sealed"):
        op.add_column("care_records", sa.Column("contacts_sealed", sa.LargeBinary()))
        op.add_column("inspections", sa.Column("escape_helps", sa.Integer()))
        allow_words("care_events", "step", "contacts")
    with beside_the_work():
        op.execute("ALTER TABLE care_events VALIDATE CONSTRAINT ck_care_events_carestep")


def downgrade() -> None:
    """Forget them, and that they were changed."""
    op.execute("ALTER TABLE care_events DISABLE TRIGGER care_events_append_only")
    op.execute("DELETE FROM care_events WHERE step = 'contacts'")
    op.execute("ALTER TABLE care_events ENABLE TRIGGER care_events_append_only")
    forbid_words("care_events", "step", "contacts")
    op.drop_column("inspections", "escape_helps")
    op.drop_column("care_records", "contacts_sealed")
