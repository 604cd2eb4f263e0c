"""Let closing take numbers out of the notes of a claim's steps however they are spelled.

With gaps, dashes or dots between the digits, in wide digits, with the country before a phone.
"""

from alembic import op

revision = "20261201_0400"
down_revision = "20261130_0150"
branch_labels = None
depends_on = None

IN_ITS_PLACE = "［号码已删］"
_BEFORE = "[0-9X]{11,18}"
_GAPS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
    "\u2010-\u2015\u2212\uff0d.\xb7\u2022\u2027\u3002\u30fb\uff0e()\uff08\uff09"
)
_DIGIT = "0-9\uff10-\uff19"
_SIGN = f"{_DIGIT}Xx\uff38\uff58"
_NUMBER = f"[+\uff0b{_DIGIT}][{_SIGN}{_GAPS}-]{{9,80}}[{_SIGN}]"


def upgrade() -> None:
    _allow(_NUMBER)


def downgrade() -> None:
    _allow(_BEFORE)


def _allow(number: str) -> None:
    """Let a step's note be changed where signs of a number give way to the mark, and nowhere else."""
    op.execute(
        rf"""
        CREATE OR REPLACE FUNCTION refuse_but_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            escaped text := regexp_replace(NEW.note, '([][\\.^$*+?(){{}}|])', '\\\1', 'g');
            before text := '^' || replace(escaped, '{IN_ITS_PLACE}', '({IN_ITS_PLACE}|{number})') || '$';
        BEGIN
            IF (to_jsonb(NEW) - 'note') <> (to_jsonb(OLD) - 'note') OR OLD.note !~ before THEN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
