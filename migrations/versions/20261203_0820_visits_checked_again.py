"""Let visits be drawn for a second look, its result name photos, and a week's urn tell workers apart."""

from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words

revision = "20261203_0820"
down_revision = "20261202_0900"
branch_labels = None
depends_on = None

# Workers are numbered in each urn of a week that was drawn; who made what is known from the inspections.
NUMBERED = """
UPDATE spot_check_weeks week SET candidates = (
    SELECT jsonb_agg(entry || jsonb_build_object('worker', number) ORDER BY at)
    FROM (
        SELECT one.entry, one.at, dense_rank() OVER (ORDER BY inspections.worker_id) AS number
        FROM jsonb_array_elements(week.candidates) WITH ORDINALITY AS one(entry, at)
        LEFT JOIN inspections ON inspections.id = (one.entry ->> 'record_id')::uuid
    ) numbered
) WHERE week.candidates <> '[]'
"""
PLAIN = """
UPDATE spot_check_weeks week SET candidates = (
    SELECT jsonb_agg(entry - 'worker' ORDER BY at)
    FROM jsonb_array_elements(week.candidates) WITH ORDINALITY AS one(entry, at)
) WHERE week.candidates <> '[]'
"""


def upgrade() -> None:
    # The rewriting comes first: whoever writes a spot check or a photo waits for what follows only.
    op.execute(NUMBERED)
    allow_words("spot_checks", "record_kind", "visit")
    allow_words("photo_links", "record_kind", "spot_check")
    with beside_the_work():
        op.execute("ALTER TABLE spot_checks VALIDATE CONSTRAINT ck_spot_checks_spotcheckrecord")
        op.execute("ALTER TABLE photo_links VALIDATE CONSTRAINT ck_photo_links_photoowner")


def downgrade() -> None:
    """Forget spot checks of visits, and which photos their results name."""
    op.execute("DELETE FROM photo_links WHERE record_kind = 'spot_check'")
    op.execute("DELETE FROM spot_checks WHERE record_kind = 'visit'")
    op.execute(PLAIN)
    forbid_words("photo_links", "record_kind", "spot_check")
    forbid_words("spot_checks", "record_kind", "visit")
