"""Work that arrives after others put a hazard right is a step of its own."""

from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words

revision = "20261210_1101"
down_revision = "20261210_1001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    allow_words("hazard_events", "step", "work_late")
    with beside_the_work():
        # Every word that was allowed is allowed still, which is looked at while people go on.
        op.execute("ALTER TABLE hazard_events VALIDATE CONSTRAINT ck_hazard_events_hazardstep")


def downgrade() -> None:
    """Call it the start or the work that it was; its state says that nothing followed from it."""
    op.execute("ALTER TABLE hazard_events DISABLE TRIGGER hazard_events_append_only")
    op.execute("UPDATE hazard_events SET step = data ->> 'verb' WHERE step = 'work_late'")
    op.execute("ALTER TABLE hazard_events ENABLE TRIGGER hazard_events_append_only")
    forbid_words("hazard_events", "step", "work_late")
