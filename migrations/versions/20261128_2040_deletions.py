"""Requests to delete what is held of a person."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_2040"
down_revision = "20261124_2035"
branch_labels = None
depends_on = None

KINDS = ("numbers", "photos", "notes")
STATES = ("open", "done", "refused", "withdrawn")
MOMENT = sa.DateTime(timezone=True)


def _words(name: str, column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_deletions_{name}"))


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_deletions_{name}"))


def upgrade() -> None:
    op.create_table(
        "deletions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=True),
        sa.Column("kept", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_deletions_asked_by")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_deletions_resident_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_deletions_decided_by")),
        _check("decided_at_a_time", "(state = 'open') = (decided_at IS NULL)"),
        _check("done_with_figures", "(state = 'done') = (deleted IS NOT NULL)"),
        _check("both_figures", "(deleted IS NULL) = (kept IS NULL)"),
        _check("reasons_in_writing", "state NOT IN ('done', 'refused') OR decision_note <> ''"),
        _words("deletionkind", "what", KINDS),
        _words("deletionstate", "state", STATES),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_deletions_open",
        "deletions",
        ["asked_by", "resident_id", "what"],
        unique=True,
        postgresql_where=is_open,
    )
    for column in ("area_code", "asked_by", "resident_id"):
        op.create_index(f"ix_deletions_{column}_id", "deletions", [column, "id"])
    op.create_index("ix_deletions_due_at_open", "deletions", ["due_at"], postgresql_where=is_open)


def downgrade() -> None:
    op.drop_table("deletions")
