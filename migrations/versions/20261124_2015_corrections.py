"""Requests to put right what the roster says of a person."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_2015"
down_revision = "20261124_1958"
branch_labels = None
depends_on = None

FIELDS = (
    "name",
    "sex",
    "birth_date",
    "relation",
    "presence",
    "phone",
    "id_number",
    "door",
    "other",
)
STATES = ("open", "done", "refused", "withdrawn")
MOMENT = sa.DateTime(timezone=True)


def _words(name: str, column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_corrections_{name}"))


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("wanted_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("said_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_corrections_asked_by")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_corrections_resident_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_corrections_decided_by")),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_corrections_decided_at_a_time")
        ),
        sa.CheckConstraint(
            "state <> 'open' OR wanted_sealed IS NOT NULL", name=op.f("ck_corrections_open_with_a_wish")
        ),
        sa.CheckConstraint(
            "state NOT IN ('done', 'withdrawn') OR wanted_sealed IS NULL",
            name=op.f("ck_corrections_over_without_a_wish"),
        ),
        _words("correctionfield", "field", FIELDS),
        _words("correctionstate", "state", STATES),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_corrections_open",
        "corrections",
        ["asked_by", "resident_id", "field"],
        unique=True,
        postgresql_where=is_open,
    )
    for column in ("area_code", "asked_by", "resident_id"):
        op.create_index(f"ix_corrections_{column}_id", "corrections", [column, "id"])
    op.create_index("ix_corrections_due_at_open", "corrections", ["due_at"], postgresql_where=is_open)


def downgrade() -> None:
    op.drop_table("corrections")
