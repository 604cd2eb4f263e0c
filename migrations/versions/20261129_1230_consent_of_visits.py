"""Visits may rest on the resident's own consent, and on an emergency."""

from alembic import op

revision = "20261129_1230"
down_revision = "20261129_1229"
branch_labels = None
depends_on = None

NAME = "ck_visits_visitbasis"
BEFORE = ("duty", "guardian_consent", "mandatory_report")
AFTER = (*BEFORE, "consent", "emergency")


def upgrade() -> None:
    _limit_to(AFTER)


def downgrade() -> None:
    """Let such visits count as made on duty, which was the only word for an adult's."""
    op.execute("UPDATE visits SET basis = 'duty' WHERE basis IN ('consent', 'emergency')")
    _limit_to(BEFORE)


def _limit_to(words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f(NAME), "visits", type_="check")
    op.create_check_constraint(op.f(NAME), "visits", f"basis IN ({listed})")
