"""That a hazard proved to be major is a step of its own."""

from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words

revision = "20261210_1001"
down_revision = "20261210_0901"
branch_labels = None
depends_on = None


def upgrade() -> None:
    allow_words("hazard_events", "step", "raise_level")
    with beside_the_work():
        # Every word that was allowed is allowed still, which is looked at while people go on.
        op.execute("ALTER TABLE hazard_events VALIDATE CONSTRAINT ck_hazard_events_hazardstep")


def downgrade() -> None:
    """Call it an acceptance, which says the level as well."""
    op.execute("ALTER TABLE hazard_events DISABLE TRIGGER hazard_events_append_only")
    op.execute("UPDATE hazard_events SET step = 'accept' WHERE step = 'raise_level'")
    op.execute("ALTER TABLE hazard_events ENABLE TRIGGER hazard_events_append_only")
    forbid_words("hazard_events", "step", "raise_level")
