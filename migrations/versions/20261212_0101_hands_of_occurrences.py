"""Occurrences say who had them before and until when: what he did then may arrive later."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261212_0101"
down_revision = "20261211_0401"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("earlier_hands", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False)
    op.add_column("occurrences", column)
    op.execute(
        """
        UPDATE occurrences SET earlier_hands = by_hand.earlier
        FROM (
            SELECT occurrence_id, jsonb_agg(
                jsonb_build_object('worker_id', data -> 'former_id', 'until', at) ORDER BY at, id) AS earlier
            FROM plan_events WHERE step = 'reassign' AND occurrence_id IS NOT NULL GROUP BY occurrence_id
        ) AS by_hand
        WHERE occurrences.id = by_hand.occurrence_id
        """
    )


def downgrade() -> None:
    op.drop_column("occurrences", "earlier_hands")
