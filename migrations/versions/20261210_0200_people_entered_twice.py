"""Somebody who was entered twice becomes one; nothing is written of a duplicate any more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.migrating import allow_words, beside_the_work, build_index, forbid_words, lacks

revision = "20261210_0200"
down_revision = "20261210_0101"
branch_labels = None
depends_on = None

KEYS = (
    ("binding_requests", "resident_id"),
    ("bindings", "resident_id"),
    ("care_records", "resident_id"),
    ("claims", "acted_for"),
    ("claims", "resident_id"),
    ("closings", "bound_to"),
    ("closings", "ward_id"),
    ("consents", "decided_by"),
    ("consents", "resident_id"),
    ("corrections", "resident_id"),
    ("deletions", "resident_id"),
    ("employments", "resident_id"),
    ("escape_helps", "resident_id"),
    ("guardianships", "child_id"),
    ("guardianships", "guardian_id"),
    ("harm_cases", "resident_id"),
    ("hazards", "acted_for"),
    ("own_copies", "ward_id"),
    ("proxies", "resident_id"),
    ("redemptions", "acted_for"),
    ("redemptions", "pickup_for"),
    ("residents", "same_as_id"),
    ("reveals", "resident_id"),
    ("users", "resident_id"),
    ("viewing_tickets", "resident_id"),
)
_INDEXED = (
    ("binding_requests", "resident_id"),
    ("claims", "acted_for"),
    ("hazards", "acted_for"),
    ("redemptions", "acted_for"),
    ("redemptions", "pickup_for"),
    ("residents", "same_as_id"),
)
_KINDS = ("same_person", "two_people")
_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_duplicate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whom uuid;
    stays uuid;
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO whom USING NEW;
    SELECT same_as_id INTO stays FROM residents WHERE id = whom FOR KEY SHARE;
    IF stays IS NOT NULL THEN
        RAISE EXCEPTION 'a duplicate is named'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'no_duplicate';
    END IF;
    RETURN NULL;
END $$
"""
"""The lock waits for whoever is making one of two, and reads what came of it."""


def upgrade() -> None:
    if lacks("residents", "same_as_id"):
        op.add_column("residents", sa.Column("same_as_id", sa.Uuid()))
        op.create_foreign_key(
            op.f("fk_residents_same_as_id"),
            "residents",
            "residents",
            ["same_as_id"],
            ["id"],
            postgresql_not_valid=True,
        )
        op.create_check_constraint(
            op.f("ck_residents_duplicate_of_one"),
            "residents",
            "(same_as_id IS NOT NULL) = (left_why IS NOT DISTINCT FROM 'duplicate')",
            postgresql_not_valid=True,
        )
        op.add_column("roster_changes", sa.Column("moved", JSONB()))
        allow_words("residents", "left_why", "duplicate")
        allow_words("roster_changes", "kind", *_KINDS)
        op.execute(_REFUSE)
    with beside_the_work():
        for name in ("fk_residents_same_as_id", "ck_residents_duplicate_of_one", "ck_residents_leftwhy"):
            op.execute(f"ALTER TABLE residents VALIDATE CONSTRAINT {name}")
        op.execute("ALTER TABLE roster_changes VALIDATE CONSTRAINT ck_roster_changes_rosterchangekind")
        for table, column in _INDEXED:
            build_index(f"ix_{table}_{column}", table, column, where=f"{column} IS NOT NULL")
        for table, column in KEYS:
            op.execute(
                f"CREATE OR REPLACE TRIGGER {table}_{column}_no_duplicate AFTER INSERT OR UPDATE OF {column} "
                f"ON {table} FOR EACH ROW WHEN (NEW.{column} IS NOT NULL) "
                f"EXECUTE FUNCTION refuse_duplicate('{column}')"
            )


def downgrade() -> None:
    """Forget who is whose duplicate; they count as having moved out."""
    for table, column in KEYS:
        op.execute(f"DROP TRIGGER {table}_{column}_no_duplicate ON {table}")
    op.execute("DROP FUNCTION refuse_duplicate()")
    for table, column in _INDEXED:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    op.drop_constraint("ck_residents_duplicate_of_one", "residents")
    op.execute("UPDATE residents SET left_why = 'moved_out' WHERE left_why = 'duplicate'")
    forbid_words("residents", "left_why", "duplicate")
    op.execute("ALTER TABLE roster_changes DISABLE TRIGGER roster_changes_append_only")
    op.execute("UPDATE roster_changes SET kind = 'merged' WHERE kind = 'same_person'")
    op.execute("UPDATE roster_changes SET kind = 'corrected' WHERE kind = 'two_people'")
    op.execute("ALTER TABLE roster_changes ENABLE TRIGGER roster_changes_append_only")
    forbid_words("roster_changes", "kind", *_KINDS)
    op.drop_column("roster_changes", "moved")
    op.drop_column("residents", "same_as_id")
