"""Keep which messages people asked WeChat for, and what became of those that were sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_1958"
down_revision = "20261124_1950"
branch_labels = None
depends_on = None

ENDINGS = ("spent", "refused", "turned_off")
STATES = (
    "waiting",
    "sending",
    "sent",
    "arrived",
    "undelivered",
    "unknown",
    "refused",
    "gone",
    "dropped",
    "failed",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "message_acceptances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("template_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_message_acceptances_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_acceptances")),
    )
    op.create_index(op.f("ix_message_acceptances_created_at"), "message_acceptances", ["created_at"])
    op.create_table(
        "message_credits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("app_told_at", moment, nullable=True),
        sa.Column("wechat_told_at", moment, nullable=True),
        sa.Column(
            "ending",
            sa.Enum(*ENDINGS, name="creditending", native_enum=False, length=32, create_constraint=True),
            nullable=True,
        ),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint(
            "app_told_at IS NOT NULL OR wechat_told_at IS NOT NULL", name=op.f("ck_message_credits_told")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_message_credits_ending_dated")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["wechat_identities.id"], name=op.f("fk_message_credits_link_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_credits")),
    )
    op.create_index(
        op.f("ix_message_credits_link_id_template_id"), "message_credits", ["link_id", "template_id"]
    )
    op.create_index(
        "ix_message_credits_open",
        "message_credits",
        ["link_id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "message_sends",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=True),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="sendstate", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", moment, nullable=True),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("msgid", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (next_try_at IS NOT NULL)", name=op.f("ck_message_sends_waiting_dated")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_message_sends_notice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["link_id"], ["wechat_identities.id"], name=op.f("fk_message_sends_link_id")),
        sa.ForeignKeyConstraint(
            ["credit_id"],
            ["message_credits.id"],
            name=op.f("fk_message_sends_credit_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_sends")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_message_sends_notice_id")),
    )
    for columns in (("state", "next_try_at"), ("link_id", "template_id"), ("credit_id",), ("msgid",)):
        op.create_index(op.f(f"ix_message_sends_{'_'.join(columns)}"), "message_sends", list(columns))


def downgrade() -> None:
    op.drop_table("message_sends")
    op.drop_table("message_credits")
    op.drop_table("message_acceptances")
