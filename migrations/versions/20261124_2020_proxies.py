"""Proxies: who may act for a resident; and for whom claims, orders and reports were made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_2020"
down_revision = "20261124_2015"
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
    "binding",
    "own_data",
)
AFTER = (*BEFORE, "proxy")
MOMENT = sa.DateTime(timezone=True)
MADE_FOR = ("claims", "redemptions", "hazards")


def _kinds(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_notices_noticekind"), "notices", type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_notices_noticekind"), "notices", f"kind IN ({listed})")


def _words(name: str, column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_proxies_{name}"))


def upgrade() -> None:
    op.create_table(
        "proxies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(32), nullable=False),
        sa.Column("functions", postgresql.JSONB(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("confirmed_how", sa.String(32), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", sa.String(32), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxies")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_proxies_{column}"))
            for column, table in (
                ("resident_id", "residents"),
                ("user_id", "users"),
                ("asked_by", "users"),
                ("confirmed_by", "users"),
                ("ended_by", "users"),
            )
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_proxies_ended_at_a_time")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_proxies_ended_for_a_reason")
        ),
        sa.CheckConstraint(
            "CASE state WHEN 'asked' THEN confirmed_at IS NULL"
            " WHEN 'confirmed' THEN confirmed_at IS NOT NULL ELSE true END",
            name=op.f("ck_proxies_confirmed_at_a_time"),
        ),
        sa.CheckConstraint("confirmed_by <> user_id", name=op.f("ck_proxies_confirmed_by_another")),
        sa.CheckConstraint("jsonb_array_length(functions) > 0", name=op.f("ck_proxies_some_function")),
        _words(
            "proxyrelation",
            "relation",
            ("spouse", "child", "parent", "grandchild", "sibling", "relative", "other", "staff"),
        ),
        _words("proxystate", "state", ("asked", "confirmed", "ended")),
        _words("proxyword", "confirmed_how", ("own_phone", "in_person", "by_phone")),
        _words("proxyend", "end_reason", ("resident", "proxy", "admin", "binding", "account", "over")),
    )
    op.create_index(
        "uq_proxies_user_id_resident_id_open",
        "proxies",
        ["user_id", "resident_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    for column in ("area_code", "user_id", "resident_id"):
        op.create_index(f"ix_proxies_{column}_id", "proxies", [column, "id"])
    for table in MADE_FOR:
        op.add_column(table, sa.Column("acted_for", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_acted_for"), table, "residents", ["acted_for"], ["id"])
    _kinds(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'proxy'")
    _kinds(BEFORE)
    for table in MADE_FOR:
        op.drop_column(table, "acted_for")
    op.drop_table("proxies")
