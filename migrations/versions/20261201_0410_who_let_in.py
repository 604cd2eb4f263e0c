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
_LAST_CODE = """
    UPDATE sign_ins AS s SET let_in_by = c.handed_out_by
    FROM (
        SELECT DISTINCT ON (user_id) user_id, handed_out_by FROM sign_in_codes
        ORDER BY user_id, created_at DESC
    ) AS c
    WHERE c.user_id = s.user_id AND (s.ended_at IS NULL OR s.id = s.family_id)
"""


def upgrade() -> None:
    # Where a column comes with its key, the server knows that it is empty, and reads no row for it.
    for table, column in COLUMNS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} uuid "
            f"CONSTRAINT fk_{table}_{column} REFERENCES users (id)"
        )
    op.execute("ALTER TABLE users ADD COLUMN invited_at timestamptz")
    # What is open by now, or goes on by a refresh token, may have begun with a code: the last one is the likeliest.
    op.execute(_LAST_CODE)
    # Whose password an invitation set, as far as that is still known: others ended theirs unused.
    op.execute(
        """
        UPDATE users AS u SET invited_by = i.made_by, invited_at = i.ended_at
        FROM invitations AS i
        WHERE i.user_id = u.id
            AND i.ended_at BETWEEN u.password_set_at AND u.password_set_at + interval '1 second'
        """
    )


def downgrade() -> None:
    op.drop_column("users", "invited_at")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
