"""Verbs that go round are known again: steps with accounts are kept, codes are counted.

A household that has a binding code has its first one; no pick-up code was shown that lives longer than two minutes.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_1945"
down_revision = "20261124_1613"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15, collation="C"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_events")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_events_user_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_account_events_actor_id")),
        sa.CheckConstraint(
            "step IN ('disable', 'enable', 'reset_second_factor')",
            name=op.f("ck_account_events_accountstep"),
        ),
    )
    op.create_index("ix_account_events_user_id_at", "account_events", ["user_id", "at"])
    op.execute(
        "CREATE TRIGGER account_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    for table, column, start in (("binding_codes", "version", "1"), ("redemptions", "pickup_version", "0")):
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=False, server_default=start))
        op.alter_column(table, column, server_default=None)


def downgrade() -> None:
    op.drop_column("redemptions", "pickup_version")
    op.drop_column("binding_codes", "version")
    op.drop_table("account_events")
