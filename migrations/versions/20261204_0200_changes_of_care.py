"""Care keeps what was changed of it and why, a substitute, and whether somebody wants to be visited."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.migrating import allow_words, beside_the_work, build_index, forbid_words, lacks

revision = "20261204_0200"
down_revision = "20261203_0870"
branch_labels = None
depends_on = None

_STEPS = ("open", "level", "worker", "substitute", "willingness", "end")
_FIXED = "id, area_code, care_record_id, step, actor_id, at, day, data, content_hash"
_WORDS = {
    "willingness": ("willingness", ("yes", "phone_only", "refuses")),
    "willing_speaker": ("saidby", ("resident", "guardian", "family")),
    "ended_why": (
        "leavingreason",
        ("died", "moved_away", "not_in_category", "refused", "of_age", "other"),
    ),
}


def upgrade() -> None:
    if lacks("care_events"):
        _at_once()
    with beside_the_work():
        for name, _ in _WORDS.values():
            op.execute(f"ALTER TABLE care_records VALIDATE CONSTRAINT ck_care_records_{name}")
        op.execute("ALTER TABLE notices VALIDATE CONSTRAINT ck_notices_noticekind")
        op.execute("ALTER TABLE care_records VALIDATE CONSTRAINT fk_care_records_substitute_id")
        build_index(
            "ix_care_records_substitute_id",
            "care_records",
            "substitute_id",
            where="substitute_id IS NOT NULL",
        )


def _at_once() -> None:
    op.create_table(
        "care_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("care_record_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_events")),
        sa.ForeignKeyConstraint(
            ["care_record_id"], ["care_records.id"], name=op.f("fk_care_events_care_record_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_care_events_actor_id")),
        sa.CheckConstraint(sa.column("step", sa.String()).in_(_STEPS), name=op.f("ck_care_events_carestep")),
    )
    op.create_index("ix_care_events_care_record_id_id", "care_events", ["care_record_id", "id"])
    op.create_index("ix_care_events_area_code_id", "care_events", ["area_code", "id"])
    op.create_index(op.f("ix_care_events_actor_id"), "care_events", ["actor_id"])
    # Words go when their time is over, and are sealed anew with a new key; nothing else ever changes.
    op.execute(
        f"CREATE TRIGGER care_events_append_only BEFORE UPDATE OF {_FIXED} OR DELETE OR TRUNCATE "
        "ON care_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.add_column("care_records", sa.Column("substitute_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_care_records_substitute_id"),
        "care_records",
        "users",
        ["substitute_id"],
        ["id"],
        postgresql_not_valid=True,
    )
    op.add_column("care_records", sa.Column("willing_on", sa.Date()))
    op.add_column("care_records", sa.Column("hands_told_on", sa.Date()))
    for column, (name, words) in _WORDS.items():
        op.add_column("care_records", sa.Column(column, sa.String(32)))
        op.create_check_constraint(
            op.f(f"ck_care_records_{name}"),
            "care_records",
            sa.column(column, sa.String()).in_(words),
            postgresql_not_valid=True,
        )
    allow_words("notices", "kind", "care")


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'care'")
    forbid_words("notices", "kind", "care")
    for column in ("substitute_id", "willing_on", "hands_told_on", *_WORDS):
        op.drop_column("care_records", column)
    op.drop_table("care_events")
