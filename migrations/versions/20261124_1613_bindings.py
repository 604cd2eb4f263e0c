"""Bindings of users to residents, households' codes, and requests to be bound.

Every user who is a resident gets the binding that he has: opened by staff on the day his account was made; by
whom, nobody kept.
"""

import sqlalchemy as sa
from alembic import op

from app.ids import new_id

revision = "20261124_1613"
down_revision = "20261124_1530"
branch_labels = None
depends_on = None

BEFORE = (
    "hazard_step",
    "hazard_assigned",
    "claim_step",
    "visit_urgent",
    "follow_up_assigned",
    "harm_case",
    "account_alert",
    "account_unused",
)
AFTER = (*BEFORE, "binding")
MOMENT = sa.DateTime(timezone=True)
_BATCH = 1000


def _kinds(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_notices_noticekind"), "notices", type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_notices_noticekind"), "notices", f"kind IN ({listed})")


def _words(table: str, name: str, column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "bindings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(32), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bindings")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_bindings_{column}"))
            for column, table in (
                ("user_id", "users"),
                ("resident_id", "residents"),
                ("begun_by", "users"),
                ("ended_by", "users"),
            )
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_bindings_ended_for_a_reason")
        ),
        _words("bindings", "bindingway", "way", ("phone", "id_number", "request", "staff")),
        _words(
            "bindings",
            "bindingend",
            "end_reason",
            ("left", "moved_away", "mistake", "dispute", "deceased"),
        ),
    )
    for column in ("user_id", "resident_id"):
        op.create_index(
            f"uq_bindings_{column}_open",
            "bindings",
            [column],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    for column in ("area_code", "user_id", "resident_id"):
        op.create_index(f"ix_bindings_{column}_id", "bindings", [column, "id"])
    op.create_table(
        "binding_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_codes")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_binding_codes_household_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_binding_codes_made_by")),
        sa.UniqueConstraint("household_id", name=op.f("uq_binding_codes_household_id")),
        sa.UniqueConstraint("handle", name=op.f("uq_binding_codes_handle")),
    )
    op.create_table(
        "binding_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_requests")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_binding_requests_area_code")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_binding_requests_user_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_binding_requests_decided_by")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_binding_requests_resident_id")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_binding_requests_decided_at_a_time")
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (resident_id IS NOT NULL)",
            name=op.f("ck_binding_requests_approved_to_somebody"),
        ),
        _words(
            "binding_requests",
            "bindingrequeststate",
            "state",
            ("open", "approved", "rejected", "withdrawn"),
        ),
    )
    op.create_index(
        "uq_binding_requests_user_id_open",
        "binding_requests",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    for column in ("area_code", "user_id"):
        op.create_index(f"ix_binding_requests_{column}_id", "binding_requests", [column, "id"])
    _kinds(AFTER)
    _open_for_residents()


def _open_for_residents() -> None:
    connection = op.get_bind()
    bound = connection.execute(
        sa.text(
            "SELECT u.id AS user_id, r.id AS resident_id, r.area_code, u.created_at"
            " FROM users u JOIN residents r ON r.id = u.resident_id ORDER BY u.created_at, u.id"
        )
    ).mappings()
    insert = sa.text(
        "INSERT INTO bindings (id, area_code, user_id, resident_id, way, begun_at, end_note)"
        " VALUES (:id, :area_code, :user_id, :resident_id, 'staff', :created_at, '')"
    )
    for batch in bound.partitions(_BATCH):
        connection.execute(insert, [{"id": new_id(), **row} for row in batch])


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'binding'")
    _kinds(BEFORE)
    for table in ("binding_requests", "binding_codes", "bindings"):
        op.drop_table(table)
