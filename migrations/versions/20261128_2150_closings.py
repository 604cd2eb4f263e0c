"""Closing an account: the wishes, the mark of a closed account, and rows frozen by it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261128_2150"
down_revision = "20261128_2115"
branch_labels = None
depends_on = None

STATES = ("open", "carrying", "done", "refused", "withdrawn")
FREEZABLE = (
    "bindings",
    "binding_requests",
    "consents",
    "corrections",
    "deletions",
    "hazards",
    "photo_links",
    "proxies",
)
MOMENT = sa.DateTime(timezone=True)
RUNNING = sa.text("state IN ('open', 'carrying')")


def upgrade() -> None:
    words = ", ".join(f"'{word}'" for word in STATES)
    op.create_table(
        "closings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("ward_id", sa.Uuid(), nullable=True),
        sa.Column("bound_to", sa.Uuid(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("carry_out_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_closings_asked_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_closings_user_id")),
        sa.ForeignKeyConstraint(["ward_id"], ["residents.id"], name=op.f("fk_closings_ward_id")),
        sa.ForeignKeyConstraint(["bound_to"], ["residents.id"], name=op.f("fk_closings_bound_to")),
        sa.CheckConstraint(
            "(state IN ('open', 'carrying')) = (ended_at IS NULL)", name=op.f("ck_closings_ended_at_a_time")
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (jsonb_array_length(reasons) > 0)",
            name=op.f("ck_closings_refused_for_reasons"),
        ),
        sa.CheckConstraint(
            "(state IN ('carrying', 'done')) = (begun_at IS NOT NULL)",
            name=op.f("ck_closings_begun_at_a_time"),
        ),
        sa.CheckConstraint(f"state IN ({words})", name=op.f("ck_closings_closingstate")),
    )
    op.create_index(
        "uq_closings_user_id_open", "closings", ["user_id"], unique=True, postgresql_where=RUNNING
    )
    op.create_index("ix_closings_running", "closings", ["state", "id"], postgresql_where=RUNNING)
    for columns in (("area_code", "id"), ("asked_by", "id"), ("user_id", "state")):
        op.create_index(f"ix_closings_{'_'.join(columns)}", "closings", list(columns))
    op.add_column("users", sa.Column("closed_at", MOMENT, nullable=True))
    op.create_check_constraint(
        op.f("ck_users_closed_is_empty"),
        "users",
        "closed_at IS NULL OR (disabled_at IS NOT NULL AND num_nonnulls(area_code, phone_sealed,"
        " phone_index, password_hash, resident_id) = 0)",
    )
    for table in FREEZABLE:
        op.add_column(table, sa.Column("frozen_by", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_frozen_by"), table, "closings", ["frozen_by"], ["id"])
        op.create_index(f"ix_{table}_frozen_by", table, ["frozen_by"])


def downgrade() -> None:
    for table in FREEZABLE:
        op.drop_column(table, "frozen_by")
    op.drop_constraint(op.f("ck_users_closed_is_empty"), "users")
    op.drop_column("users", "closed_at")
    op.drop_table("closings")
