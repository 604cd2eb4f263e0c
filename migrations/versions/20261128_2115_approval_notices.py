"""Notices of what waits for a second person's approval, and of what was decided."""

from alembic import op

revision = "20261128_2115"
down_revision = "20261128_2040"
branch_labels = None
depends_on = None

BEFORE = (
    "hazard_step",
    "hazard_assigned",
    "claim_step",
    "visit_urgent",
    "follow_up_assigned",
    "harm_case",
    "account_alert",
    "account_unused",
    "binding",
    "own_data",
    "proxy",
)


def _kinds(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_notices_noticekind"), "notices", type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_notices_noticekind"), "notices", f"kind IN ({listed})")


def upgrade() -> None:
    _kinds((*BEFORE, "approval"))


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'approval'")
    _kinds(BEFORE)
