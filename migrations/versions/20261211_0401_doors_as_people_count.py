"""Let doors be listed as people count: 2单元 before 10单元, 102 before 1001, by an index."""

from alembic import op
from sqlalchemy import text

from app.migrating import beside_the_work, build_index

revision = "20261211_0401"
down_revision = "20261211_0301"
branch_labels = None
depends_on = None

_INDEX = "ix_households_place_id_as_counted"


def upgrade() -> None:
    with beside_the_work():
        op.execute(
            r"""
            CREATE OR REPLACE FUNCTION as_counted(written text) RETURNS text
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
                SELECT regexp_replace(
                    regexp_replace(
                        translate(normalize(written, NFKC), '一二三四五六七八九', '123456789'),
                        '([0-9]+)', '00000000000\1', 'g'),
                    '[0-9]*([0-9]{12})', '\1', 'g') $$
            """
        )
        build_index(
            _INDEX,
            "households",
            "place_id",
            text("as_counted(door)"),
            "id",
            where="closed_on IS NULL",
        )


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="households", if_exists=True)
    op.execute("DROP FUNCTION IF EXISTS as_counted(text)")
