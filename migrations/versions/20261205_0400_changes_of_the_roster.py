"""The roster keeps what was changed of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261205_0400"
down_revision = "20261205_0501"
branch_labels = None
depends_on = None

_KINDS = (
    "created",
    "corrected",
    "presence",
    "relation",
    "born",
    "moved_in",
    "moved_within",
    "moved_out",
    "died",
    "split",
    "merged",
    "undone",
)
_FIXED = "id, area_code, kind, resident_id, household_id, former_id, actor_id, at, day, data, content_hash"


def upgrade() -> None:
    op.create_table(
        "roster_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("former_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_changes")),
        sa.CheckConstraint(
            sa.column("kind", sa.String()).in_(_KINDS), name=op.f("ck_roster_changes_rosterchangekind")
        ),
    )
    for column in ("resident_id", "household_id", "former_id", "actor_id"):
        op.create_index(f"ix_roster_changes_{column}_id", "roster_changes", [column, "id"])
    # Words go when their time is over, and are sealed anew with a new key; nothing else ever changes.
    op.execute(
        f"CREATE TRIGGER roster_changes_append_only BEFORE UPDATE OF {_FIXED} OR DELETE OR TRUNCATE "
        "ON roster_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("roster_changes")
