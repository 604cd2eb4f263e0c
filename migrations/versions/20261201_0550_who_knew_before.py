"""Fill in who may sit in accounts, and who was shown codes, from before that was kept.

By itself, so that nobody waits for a table while the rows are written.
"""

from alembic import op

revision = "20261201_0550"
down_revision = "20261201_0500"
branch_labels = None
depends_on = None

_LAST_CODE = """
    UPDATE sign_ins AS s SET let_in_by = c.handed_out_by
    FROM (
        SELECT DISTINCT ON (user_id) user_id, handed_out_by FROM sign_in_codes
        ORDER BY user_id, created_at DESC
    ) AS c
    WHERE c.user_id = s.user_id AND (s.ended_at IS NULL OR s.id = s.family_id)
"""


def upgrade() -> None:
    # What is open by now, or goes on by a refresh token, may have begun with a code: the last one is the
    # likeliest.
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
    # Who saw a code before nobody kept but the trail; whoever made it did.
    op.execute("UPDATE binding_codes SET seen_by = ARRAY[made_by] WHERE seen_by = '{}'")


def downgrade() -> None:
    """Leave what was filled in: the columns go with their own migrations."""
