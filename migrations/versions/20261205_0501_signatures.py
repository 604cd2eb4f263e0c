"""Who was visited may sign on the worker's phone."""

import sqlalchemy as sa
from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words, lacks

revision = "20261205_0501"
down_revision = "20261205_0500"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("photos", "is_signature"):
        op.add_column(
            "photos", sa.Column("is_signature", sa.Boolean(), server_default="false", nullable=False)
        )
        allow_words("photo_links", "record_kind", "signature")
    with beside_the_work():
        op.execute("ALTER TABLE photo_links VALIDATE CONSTRAINT ck_photo_links_photoowner")


def downgrade() -> None:
    """Forget the signatures: without this mark they would be looked at as pictures."""
    op.execute("DELETE FROM photo_links WHERE record_kind = 'signature'")
    op.execute("DELETE FROM photos WHERE is_signature")
    forbid_words("photo_links", "record_kind", "signature")
    op.drop_column("photos", "is_signature")
