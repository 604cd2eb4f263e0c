"""Let names and doors be found by an index, whatever gaps and dots they are written with.

Whoever decides on a request to be bound reads those of a community who fit, and not everybody.
"""

from alembic import op
from sqlalchemy import text

from app.migrating import beside_the_work, build_index

revision = "20261130_0150"
down_revision = "20261130_0120"
branch_labels = None
depends_on = None

GAPS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
DOTS, DOT = ".\u2022\u2027\u30fb\u2219\u22c5\xb7\u30fb", "\xb7"
LARGE, SMALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
DASHES, FLAT = "-\u2010\u2011\u2013\u2014\u2212", "\u5ba4"
FUNCTIONS = {
    "plain_name": (DOTS + GAPS, DOT * len(DOTS)),
    "plain_door": (LARGE + GAPS + DASHES + FLAT, SMALL),
}
INDEXES = (
    ("ix_residents_plain_name", "residents", (text("plain_name(name)"), "area_code", "id")),
    ("ix_households_plain_door", "households", (text("plain_door(door)"), "area_code")),
    ("ix_households_place_id_plain_door", "households", ("place_id", text("plain_door(door)"))),
    ("ix_places_plain_name", "places", (text("plain_door(name)"), "area_code")),
)


def upgrade() -> None:
    with beside_the_work():
        for name, (signs, become) in FUNCTIONS.items():
            op.execute(
                f"CREATE OR REPLACE FUNCTION {name}(written text) RETURNS text "
                "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
                f"SELECT translate(normalize(written, NFKC), {_escaped(signs)}, {_escaped(become)}) $$"
            )
        for name, table, columns in INDEXES:
            build_index(name, table, *columns)


def downgrade() -> None:
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}(text)")


def _escaped(signs: str) -> str:
    return "E'" + "".join(f"\\u{ord(sign):04x}" for sign in signs) + "'"
