"""Let closing take numbers out of the notes of a claim's steps, and take them out where it was done before.

A step keeps what the claim said then, in the person's own words.
"""

from alembic import op

revision = "20261130_0120"
down_revision = "20261130_0110"
branch_labels = None
depends_on = None

IN_ITS_PLACE = "［号码已删］"
_NUMBER = "[0-9X]{11,18}"
_ALONE = "(?<![0-9])(1[0-9]{10}|[0-9]{17}[0-9Xx])(?![0-9])"
"""A mobile phone or an ID number, and no part of something longer."""
_OF_CLOSED = """
    SELECT c.id FROM closings d JOIN claims c ON c.submitted_by = d.user_id
    WHERE d.begun_at IS NOT NULL AND c.received_at < d.begun_at
    UNION
    SELECT c.id FROM closings d JOIN bindings b ON b.user_id = d.user_id
    JOIN claims c ON c.resident_id = b.resident_id
    WHERE d.begun_at IS NOT NULL AND c.received_at < d.begun_at
"""
"""From the closings on, of which there are few, by indexes."""


def upgrade() -> None:
    # They are looked for before the trigger goes: from then on nobody reads or writes a step until the end.
    op.execute(
        "CREATE TEMPORARY TABLE steps_with_numbers ON COMMIT DROP AS "  # noqa: S608 - our own words
        f"SELECT e.id FROM ({_OF_CLOSED}) AS c JOIN claim_events e ON e.claim_id = c.id "
        f"WHERE e.note ~ '{_ALONE}' AND NOT EXISTS (SELECT FROM harm_cases h WHERE h.claim_id = c.id)"
    )
    op.execute("ANALYZE steps_with_numbers")
    op.execute("DROP TRIGGER claim_events_append_only ON claim_events")
    # Which numbers they were is gone with the account, so each that looks like one is taken out.
    op.execute(
        f"UPDATE claim_events SET note = regexp_replace(note, '{_ALONE}', '{IN_ITS_PLACE}', 'g') "  # noqa: S608
        "WHERE id IN (SELECT id FROM steps_with_numbers)"
    )
    op.execute(
        rf"""
        CREATE FUNCTION refuse_but_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            escaped text := regexp_replace(NEW.note, '([][\\.^$*+?(){{}}|])', '\\\1', 'g');
            before text := '^' || replace(escaped, '{IN_ITS_PLACE}', '({IN_ITS_PLACE}|{_NUMBER})') || '$';
        BEGIN
            IF (to_jsonb(NEW) - 'note') <> (to_jsonb(OLD) - 'note') OR OLD.note !~ before THEN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER claim_events_append_only BEFORE DELETE OR TRUNCATE ON claim_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER claim_events_but_numbers BEFORE UPDATE ON claim_events "
        "FOR EACH ROW EXECUTE FUNCTION refuse_but_numbers()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER claim_events_but_numbers ON claim_events")
    op.execute("DROP TRIGGER claim_events_append_only ON claim_events")
    op.execute("DROP FUNCTION refuse_but_numbers()")
    op.execute(
        "CREATE TRIGGER claim_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
