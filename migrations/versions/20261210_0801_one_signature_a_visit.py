"""A signature is of one visit: where several name it, the one that arrived first keeps it."""

from alembic import op

from app.migrating import beside_the_work, build_index

revision = "20261210_0801"
down_revision = "20261210_0301"
branch_labels = None
depends_on = None

_KEPT_BY_THE_FIRST = """
    WITH later AS (
        SELECT link.record_id FROM photo_links link JOIN visits visit ON visit.id = link.record_id
        WHERE link.record_kind = 'signature' AND EXISTS (
            SELECT 1 FROM photo_links other JOIN visits first ON first.id = other.record_id
            WHERE other.record_kind = 'signature' AND other.photo_id = link.photo_id
            AND other.named_by = link.named_by
            AND (first.received_at, first.id) < (visit.received_at, visit.id)
        )
    ),
    unsigned AS (
        UPDATE visits SET confirmation = 'none' FROM later
        WHERE visits.id = later.record_id AND confirmation = 'signed'
    )
    DELETE FROM photo_links USING later
    WHERE photo_links.record_id = later.record_id AND record_kind = 'signature'
"""


def upgrade() -> None:
    with beside_the_work():
        op.execute(_KEPT_BY_THE_FIRST)
        build_index(
            "uq_photo_links_signature",
            "photo_links",
            "photo_id",
            "named_by",
            where="record_kind = 'signature'",
            unique=True,
        )


def downgrade() -> None:
    op.drop_index("uq_photo_links_signature", table_name="photo_links", if_exists=True)
