"""Keep by what residents are found: how their names sound, and the end of their phone.

A job writes it of who is on the roster already, and anew where a name or a phone is changed past the application.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from app.migrating import beside_the_work, build_index, lacks

revision = "20261204_0400"
down_revision = "20261204_0100"
branch_labels = None
depends_on = None

UNPREPARED = "sounds IS NULL OR phone_tail_index IS NULL AND phone_sealed IS NOT NULL"
INDEXES = (
    ("ix_residents_sounds", "residents"),
    ("ix_residents_phone_tail_index", "residents"),
    ("ix_residents_unprepared", "residents"),
    ("ix_households_door_words", "households"),
)


def upgrade() -> None:
    if lacks("residents", "sounds"):
        _at_once()
    with beside_the_work():
        build_index("ix_residents_sounds", "residents", "sounds", using="gin")
        build_index("ix_residents_phone_tail_index", "residents", "phone_tail_index")
        build_index("ix_residents_unprepared", "residents", "id", where=UNPREPARED)
        words = sa.text("door_words(area_code, plain_door(door))")
        build_index("ix_households_door_words", "households", words, using="gin")


def _at_once() -> None:
    op.add_column("residents", sa.Column("sounds", TSVECTOR()))
    op.add_column("residents", sa.Column("phone_tail_index", sa.LargeBinary()))
    op.execute(
        """
        CREATE FUNCTION forget_how_found() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (NEW.name IS DISTINCT FROM OLD.name OR NEW.area_code IS DISTINCT FROM OLD.area_code)
               AND NEW.sounds IS NOT DISTINCT FROM OLD.sounds THEN
                NEW.sounds := NULL;
            END IF;
            IF NEW.phone_index IS DISTINCT FROM OLD.phone_index
               AND NEW.phone_tail_index IS NOT DISTINCT FROM OLD.phone_tail_index THEN
                NEW.phone_tail_index := NULL;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION door_words(area_code text, plain text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT array_to_tsvector(array_agg(DISTINCT left(area_code, 12) || word))
            FROM (SELECT plain UNION ALL SELECT (regexp_matches(plain, '[0-9]+', 'g'))[1])
                 AS words(word)
            WHERE word <> '' $$
        """
    )
    op.execute(
        "CREATE TRIGGER residents_how_found BEFORE UPDATE ON residents FOR EACH ROW "
        "WHEN (NEW.name IS DISTINCT FROM OLD.name OR NEW.area_code IS DISTINCT FROM OLD.area_code "
        "OR NEW.phone_index IS DISTINCT FROM OLD.phone_index) "
        "EXECUTE FUNCTION forget_how_found()"
    )


def downgrade() -> None:
    for name, table in INDEXES:
        op.drop_index(name, table_name=table)
    op.execute("DROP TRIGGER residents_how_found ON residents")
    op.execute("DROP FUNCTION forget_how_found()")
    op.execute("DROP FUNCTION door_words(text, text)")
    op.drop_column("residents", "phone_tail_index")
    op.drop_column("residents", "sounds")
