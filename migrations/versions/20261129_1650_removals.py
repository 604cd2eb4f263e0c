"""Write down each removal that people asked for, in its own transaction, whichever code made it.

Triggers do it, so that no verb can forget to. What goes by time alone is left out where a row tells it: the
rules of retention take it away again by themselves (docs/adr/0018-redelete-list.md).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261129_1650"
down_revision = "20261129_1245"
branch_labels = None
depends_on = None

KINDS = (
    "closings.begun",
    "closings.withdrawn",
    "residents.phone",
    "residents.id_number",
    "users.phone",
    "visits.words",
    "follow_ups.words",
    "photos",
    "photos.position",
    "hazards.position",
    "consents.withdrawn",
    "consents.refused",
    "bindings.ended",
    "binding_codes",
    "proxies.ended",
    "guardianships.ended",
    "wechat_identities.ended",
    "corrections.done",
    "corrections.withdrawn",
    "deletions.withdrawn",
)
_ENDED = "OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL"
_WITHDRAWN = "OLD.state <> 'withdrawn' AND NEW.state = 'withdrawn'"
_ENDED_AGAIN = f"({_ENDED}) OR (OLD.end_reason <> NEW.end_reason)"


def _taken(*columns: str) -> str:
    return " OR ".join(f"(OLD.{column} IS NOT NULL AND NEW.{column} IS NULL)" for column in columns)


def _another(column: str) -> str:
    return f"OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column}"


def _early(column: str) -> str:
    """Say that a position went before its ninety days were over."""
    return f"({_taken(column)}) AND OLD.received_at > now() - interval '90 days'"


WRITTEN = (
    (
        "closings.begun",
        "UPDATE",
        "OLD.begun_at IS NULL AND NEW.begun_at IS NOT NULL",
        ("user_id", "asked_by", "ward_id", "bound_to"),
    ),
    ("closings.withdrawn", "UPDATE", _WITHDRAWN, ()),
    ("residents.phone", "UPDATE", _another("phone_index"), ()),
    ("residents.id_number", "UPDATE", _another("id_number_index"), ()),
    ("users.phone", "UPDATE", _another("phone_index"), ()),
    ("visits.words", "UPDATE", _taken("answers_sealed", "note_sealed"), ()),
    ("follow_ups.words", "UPDATE", _taken("need_sealed", "result_sealed"), ()),
    ("photos", "DELETE", None, ()),
    ("photos.position", "UPDATE", _early("gps_lng"), ()),
    ("hazards.position", "UPDATE", _early("lng"), ()),
    (
        "consents.withdrawn",
        "UPDATE",
        "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL",
        ("withdrawn_by", "resident_id"),
    ),
    ("consents.refused", "INSERT", "NOT NEW.given", ("resident_id", "purpose", "recorded_by")),
    ("bindings.ended", "UPDATE", _ENDED_AGAIN, ("ended_by", "end_reason")),
    ("binding_codes", "DELETE", None, ()),
    ("proxies.ended", "UPDATE", _ENDED, ("ended_by", "end_reason")),
    ("guardianships.ended", "UPDATE", _ENDED, ("ended_by",)),
    ("wechat_identities.ended", "UPDATE", _ENDED, ()),
    ("corrections.done", "UPDATE", "OLD.state <> 'done' AND NEW.state = 'done'", ("field", "resident_id")),
    ("corrections.withdrawn", "UPDATE", _WITHDRAWN, ()),
    ("deletions.withdrawn", "UPDATE", _WITHDRAWN, ()),
)
"""Kind, statement, when, and the columns that it takes to do it again."""


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "what",
            sa.Enum(*KINDS, name="removalkind", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
    )
    op.create_index("ix_removals_uncopied", "removals", ["at"], postgresql_where=sa.text("copied_at IS NULL"))
    op.execute(
        "CREATE TRIGGER removals_kept BEFORE DELETE OR TRUNCATE ON removals "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    # In what the command redelete does again nothing is written down: it stands in the list already.
    op.execute(
        """
        CREATE FUNCTION keep_removal() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            present jsonb;
            told jsonb := '{}';
        BEGIN
            IF current_setting('gongdi.redeleting', true) = 'on' THEN
                RETURN NULL;
            END IF;
            present := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
            FOR i IN 1 .. TG_NARGS - 1 LOOP
                told := told || jsonb_build_object(TG_ARGV[i], present -> TG_ARGV[i]);
            END LOOP;
            INSERT INTO removals (id, at, what, row_id, facts)
                VALUES (gen_random_uuid(), clock_timestamp(), TG_ARGV[0], (present ->> 'id')::uuid, told);
            RETURN NULL;
        END $$
        """
    )
    for kind, statement, when, columns in WRITTEN:
        given = ", ".join(f"'{one}'" for one in (kind, *columns))
        op.execute(
            f"CREATE TRIGGER {_name(kind)} AFTER {statement} ON {kind.partition('.')[0]} FOR EACH ROW "
            f"{f'WHEN ({when}) ' if when else ''}EXECUTE FUNCTION keep_removal({given})"
        )


def downgrade() -> None:
    for kind, *_ in WRITTEN:
        op.execute(f"DROP TRIGGER {_name(kind)} ON {kind.partition('.')[0]}")
    op.execute("DROP FUNCTION keep_removal()")
    op.drop_table("removals")


def _name(kind: str) -> str:
    return f"{kind.replace('.', '_')}_removed"
