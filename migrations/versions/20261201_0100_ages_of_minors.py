"""Let a second person be asked about a minor's age."""

from alembic import op

revision = "20261201_0100"
down_revision = "20261201_0201"
branch_labels = None
depends_on = None

NEW = "minor_age"
KINDS = ("admin_grant", "points_bulk", "roster_export")


def _kinds(words: tuple[str, ...]) -> None:
    name = op.f("ck_approvals_approvalkind")
    op.drop_constraint(name, "approvals", type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(name, "approvals", f"kind IN ({listed})")


def upgrade() -> None:
    _kinds((*KINDS, NEW))


def downgrade() -> None:
    op.execute("DELETE FROM approvals WHERE kind = 'minor_age'")
    _kinds(KINDS)
