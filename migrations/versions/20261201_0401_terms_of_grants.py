"""One account has a role in an area by one grant at a time: one ended would else leave the other in force.

Terms may follow each other.
"""

from alembic import op

revision = "20261201_0401"
down_revision = "20261201_0400"
branch_labels = None
depends_on = None

_END_CONTAINED = """
UPDATE grants AS g SET ended_at = LEAST(now(), g.valid_until)
FROM grants AS h
WHERE g.ended_at IS NULL AND h.ended_at IS NULL AND g.id <> h.id
    AND (g.user_id, g.role, g.area_code) = (h.user_id, h.role, h.area_code)
    AND tstzrange(h.valid_from, h.valid_until) @> tstzrange(g.valid_from, g.valid_until)
    AND (g.id > h.id OR tstzrange(g.valid_from, g.valid_until) <> tstzrange(h.valid_from, h.valid_until))
"""
_CUT_AT_THE_NEXT = """
UPDATE grants AS g SET valid_until = o.next
FROM (
    SELECT id, lead(valid_from) OVER (PARTITION BY user_id, role, area_code ORDER BY valid_from) AS next
    FROM grants WHERE ended_at IS NULL
) AS o
WHERE o.id = g.id AND o.next IS NOT NULL AND (g.valid_until IS NULL OR g.valid_until > o.next)
"""
"""What one grant gives besides another is kept, what both give stays with the later: nobody loses what he may."""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(_END_CONTAINED)
    op.execute(_CUT_AT_THE_NEXT)
    op.execute(
        "ALTER TABLE grants ADD CONSTRAINT ex_grants_terms EXCLUDE USING gist (user_id WITH =, role WITH =, "
        "area_code WITH =, tstzrange(valid_from, valid_until) WITH &&) WHERE (ended_at IS NULL)"
    )


def downgrade() -> None:
    # What was ended, or cut where the next begins, stays so; the extension may be somebody else's, too.
    op.drop_constraint("ex_grants_terms", "grants")
