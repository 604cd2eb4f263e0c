"""Keep who of the staff handed out the code by which somebody is signed in, and what was asked for in that session.

He knew the code, and may have used it himself; so may who made the invitation by which a password was set.
"""

from alembic import op

revision = "20261201_0410"
down_revision = "20261201_0402"
branch_labels = None
depends_on = None

COLUMNS = (
    ("sign_ins", "let_in_by"),
    ("users", "invited_by"),
    ("corrections", "let_in_by"),
    ("deletions", "let_in_by"),
    ("claims", "let_in_by"),
    ("claim_events", "let_in_by"),
    ("redemptions", "pickup_let_in_by"),
)
"""Each names a member of staff."""


def upgrade() -> None:
    # Where a column comes with its key, the server knows that it is empty, and reads no row for it.
    for table, column in COLUMNS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} uuid "
            f"CONSTRAINT fk_{table}_{column} REFERENCES users (id)"
        )
    op.execute("ALTER TABLE users ADD COLUMN invited_at timestamptz")


def downgrade() -> None:
    op.drop_column("users", "invited_at")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
