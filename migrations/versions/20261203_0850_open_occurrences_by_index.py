"""Find open occurrences, and those of a county by their opening, among years of missed ones."""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261203_0850"
down_revision = "20261203_0800"
branch_labels = None
depends_on = None

WAITS = "done_at IS NULL"


def upgrade() -> None:
    with beside_the_work():
        build_index("ix_occurrences_opens_at_id", "occurrences", "opens_at", "id")
        build_index(
            "ix_occurrences_worker_id_missed_at", "occurrences", "worker_id", "missed_at", where=WAITS
        )
        build_index("ix_occurrences_missed_at", "occurrences", "missed_at", where=WAITS)
        op.drop_index(
            "ix_occurrences_opens_at",
            table_name="occurrences",
            postgresql_concurrently=True,
            if_exists=True,
        )


def downgrade() -> None:
    for name in ("opens_at_id", "worker_id_missed_at", "missed_at"):
        op.drop_index(f"ix_occurrences_{name}", table_name="occurrences", if_exists=True)
    with beside_the_work():
        build_index("ix_occurrences_opens_at", "occurrences", "opens_at", where=WAITS)
