"""Keep who of the staff handed out the code by which the writer was signed in whose words opened a case of harm.

He may have written them himself, and then such a case is no leave of his to read the child's record.
"""

from alembic import op

revision = "20261201_0500"
down_revision = "20261201_0530"
branch_labels = None
depends_on = None

_TOLD = ("claims", "claim_events", "corrections")
"""What may have told of harm, and keeps who had let its writer in."""


def upgrade() -> None:
    op.execute(
        "ALTER TABLE harm_cases ADD COLUMN let_in_by uuid "
        "CONSTRAINT fk_harm_cases_let_in_by REFERENCES users (id)"
    )
    for table in _TOLD:
        op.execute(
            f"UPDATE harm_cases AS c SET let_in_by = t.let_in_by FROM {table} AS t "  # noqa: S608
            "WHERE t.id = c.told_id AND t.let_in_by IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_column("harm_cases", "let_in_by")
