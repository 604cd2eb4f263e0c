"""Let whoever reported a hazard say how satisfied he is, and a visitor that the report was his."""

import sqlalchemy as sa
from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words, lacks

revision = "20261202_0504"
down_revision = "20261202_0603"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("hazards", "satisfaction"):
        _at_once()
    with beside_the_work():
        # Nothing that is there can break them, which is looked at while people go on.
        op.execute("ALTER TABLE hazards VALIDATE CONSTRAINT ck_hazards_satisfaction")
        op.execute("ALTER TABLE hazard_events VALIDATE CONSTRAINT ck_hazard_events_hazardstep")


def _at_once() -> None:
    op.add_column("hazards", sa.Column("satisfaction", sa.Integer()))
    op.add_column("hazards", sa.Column("rated_at", sa.DateTime(timezone=True)))
    op.add_column("hazards", sa.Column("receipt_hash", sa.LargeBinary()))
    op.create_check_constraint(
        op.f("ck_hazards_satisfaction"), "hazards", "satisfaction BETWEEN 1 AND 3", postgresql_not_valid=True
    )
    allow_words("hazard_events", "step", "rate", "take_over")


def downgrade() -> None:
    """Let go of what reporters said; whose report it is stays."""
    op.execute("ALTER TABLE hazard_events DISABLE TRIGGER hazard_events_append_only")
    op.execute("DELETE FROM hazard_events WHERE step IN ('rate', 'take_over')")
    op.execute("ALTER TABLE hazard_events ENABLE TRIGGER hazard_events_append_only")
    forbid_words("hazard_events", "step", "rate", "take_over")
    for column in ("receipt_hash", "rated_at", "satisfaction"):
        op.drop_column("hazards", column)
