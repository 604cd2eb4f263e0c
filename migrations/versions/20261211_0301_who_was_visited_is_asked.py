"""Who was visited is asked by a notice whether somebody came."""

from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words

revision = "20261211_0301"
down_revision = "20261210_1101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    allow_words("notices", "kind", "own_visit")
    with beside_the_work():
        op.execute("ALTER TABLE notices VALIDATE CONSTRAINT ck_notices_noticekind")


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'own_visit'")
    forbid_words("notices", "kind", "own_visit")
