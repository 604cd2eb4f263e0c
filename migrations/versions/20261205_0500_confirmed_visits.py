"""A visit keeps whether whoever was visited says that somebody came."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index, lacks

revision = "20261205_0500"
down_revision = "20261204_0970"
branch_labels = None
depends_on = None

_WORDS = {
    "confirmation": ("confirmation", ("none", "signed", "confirmed", "denied")),
    "answered_as": ("saidby", ("resident", "guardian", "family")),
}


def upgrade() -> None:
    if lacks("visits", "confirmation"):
        _at_once()
    with beside_the_work():
        for name, _ in _WORDS.values():
            op.execute(f"ALTER TABLE visits VALIDATE CONSTRAINT ck_visits_{name}")
        op.execute("ALTER TABLE visits VALIDATE CONSTRAINT fk_visits_answered_by")
        build_index("ix_visits_answered", "visits", "area_code", "id", where="answer_id IS NOT NULL")
        build_index("uq_visits_answer_id", "visits", "answer_id", where="answer_id IS NOT NULL", unique=True)
        build_index("ix_visits_answered_by", "visits", "answered_by", where="answered_by IS NOT NULL")


def _at_once() -> None:
    op.add_column("visits", sa.Column("confirmation", sa.String(32), server_default="none", nullable=False))
    op.add_column("visits", sa.Column("answer_id", sa.Uuid()))
    op.add_column("visits", sa.Column("answer_hash", sa.LargeBinary()))
    op.add_column("visits", sa.Column("answered_at", sa.DateTime(timezone=True)))
    op.add_column("visits", sa.Column("answered_by", sa.Uuid()))
    op.add_column("visits", sa.Column("answered_as", sa.String(32)))
    op.add_column("visits", sa.Column("word_sealed", sa.LargeBinary()))
    op.create_foreign_key(
        op.f("fk_visits_answered_by"), "visits", "users", ["answered_by"], ["id"], postgresql_not_valid=True
    )
    for column, (name, words) in _WORDS.items():
        op.create_check_constraint(
            op.f(f"ck_visits_{name}"),
            "visits",
            sa.column(column, sa.String()).in_(words),
            postgresql_not_valid=True,
        )


def downgrade() -> None:
    """Forget what they said."""
    for name in ("answer_id", "answer_hash", "answered_at", "answered_by", "word_sealed", *_WORDS):
        op.drop_column("visits", name)
