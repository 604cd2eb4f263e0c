"""Households are closed, split and merged; their points move once with them, and a change is undone once."""

import sqlalchemy as sa
from alembic import op

from app.migrating import allow_words, beside_the_work, build_index, forbid_words, lacks

revision = "20261210_0101"
down_revision = "20261210_0300"
branch_labels = None
depends_on = None

_BEFORE, _DOOR = "uq_households_place_id_door", "uq_households_open_door"
_FIXED = "id, area_code, kind, resident_id, household_id, former_id, actor_id, at, day, data, content_hash"
_TRIGGER = "roster_changes_append_only"


def upgrade() -> None:
    if lacks("households", "closed_on"):
        _at_once()
    with beside_the_work():
        op.execute("ALTER TABLE households VALIDATE CONSTRAINT fk_households_merged_into")
        op.execute("ALTER TABLE households VALIDATE CONSTRAINT ck_households_merged_is_closed")
        op.execute("ALTER TABLE roster_changes VALIDATE CONSTRAINT ck_roster_changes_rosterchangekind")
        op.execute("ALTER TABLE transfers VALIDATE CONSTRAINT ck_transfers_transferkind")
        op.execute("ALTER TABLE transfers VALIDATE CONSTRAINT ck_transfers_sourcekind")
        op.execute("ALTER TABLE claims VALIDATE CONSTRAINT ck_claims_sourcekind")
        build_index(_DOOR, "households", "place_id", "door", where="closed_on IS NULL", unique=True)
        build_index("ix_households_merged_into", "households", "merged_into", where="merged_into IS NOT NULL")
        build_index(
            "uq_roster_changes_undoes_id",
            "roster_changes",
            "undoes_id",
            where="undoes_id IS NOT NULL",
            unique=True,
        )
        op.execute(f"ALTER TABLE households DROP CONSTRAINT IF EXISTS {_BEFORE}")


def _at_once() -> None:
    op.add_column("households", sa.Column("closed_on", sa.Date()))
    op.add_column("households", sa.Column("merged_into", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_households_merged_into"),
        "households",
        "households",
        ["merged_into"],
        ["id"],
        postgresql_not_valid=True,
    )
    op.create_check_constraint(
        op.f("ck_households_merged_is_closed"),
        "households",
        "merged_into IS NULL OR closed_on IS NOT NULL",
        postgresql_not_valid=True,
    )
    op.add_column("roster_changes", sa.Column("undoes_id", sa.Uuid()))
    _refuse_changes_of(f"{_FIXED}, undoes_id")
    allow_words("roster_changes", "kind", "closed")
    allow_words("transfers", "kind", "move")
    allow_words("transfers", "source_kind", "roster")
    allow_words("claims", "source_kind", "roster")


def _refuse_changes_of(columns: str) -> None:
    op.execute(f"DROP TRIGGER {_TRIGGER} ON roster_changes")
    op.execute(
        f"CREATE TRIGGER {_TRIGGER} BEFORE UPDATE OF {columns} OR DELETE OR TRUNCATE "
        "ON roster_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Forget which households are closed: where another one has the door, the closed one's says which it is.

    What moved points, or was closed, is called by the nearest words that there were.
    """
    op.drop_index(_DOOR, table_name="households")
    op.execute("UPDATE households SET door = door || ' ' || id WHERE closed_on IS NOT NULL")
    op.create_unique_constraint(_BEFORE, "households", ["place_id", "door"])
    op.drop_column("households", "merged_into")
    op.drop_column("households", "closed_on")
    op.execute(f"DROP TRIGGER {_TRIGGER} ON roster_changes")
    op.execute("UPDATE roster_changes SET kind = 'corrected' WHERE kind = 'closed'")
    op.drop_column("roster_changes", "undoes_id")
    op.execute(
        f"CREATE TRIGGER {_TRIGGER} BEFORE UPDATE OF {_FIXED} OR DELETE OR TRUNCATE "
        "ON roster_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    forbid_words("roster_changes", "kind", "closed")
    op.execute("ALTER TABLE transfers DISABLE TRIGGER transfers_append_only")
    op.execute("UPDATE transfers SET kind = 'correct' WHERE kind = 'move'")
    op.execute("UPDATE transfers SET source_kind = 'correction' WHERE source_kind = 'roster'")
    op.execute("ALTER TABLE transfers ENABLE TRIGGER transfers_append_only")
    forbid_words("transfers", "kind", "move")
    forbid_words("transfers", "source_kind", "roster")
    forbid_words("claims", "source_kind", "roster")
    for table, name in (
        ("roster_changes", "rosterchangekind"),
        ("transfers", "transferkind"),
        ("transfers", "sourcekind"),
        ("claims", "sourcekind"),
    ):
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{name}")
