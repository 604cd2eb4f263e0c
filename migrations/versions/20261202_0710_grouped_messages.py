"""Let one message tell of several notices, and people choose when their phone stays silent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrating import allow_words, beside_the_work, build_index, forbid_words, lacks

revision = "20261202_0710"
down_revision = "20261202_0504"
branch_labels = None
depends_on = None

JOINED = "joined"
_CHECKS = ("ck_message_sends_sendstate", "ck_message_sends_joined_with")


def upgrade() -> None:
    if lacks("notice_settings"):
        _at_once()
    with beside_the_work():
        # No row has any of it yet, which is looked at while people go on.
        for name in ("fk_message_sends_with_id_message_sends", *_CHECKS):
            op.execute(f"ALTER TABLE message_sends VALIDATE CONSTRAINT {name}")
        build_index("ix_message_sends_with_id", "message_sends", "with_id")


def _at_once() -> None:
    op.add_column("message_sends", sa.Column("with_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_message_sends_with_id_message_sends"),
        "message_sends",
        "message_sends",
        ["with_id"],
        ["id"],
        ondelete="CASCADE",
        postgresql_not_valid=True,
    )
    allow_words("message_sends", "state", JOINED)
    op.create_check_constraint(
        op.f("ck_message_sends_joined_with"),
        "message_sends",
        "(state = 'joined') = (with_id IS NOT NULL)",
        postgresql_not_valid=True,
    )
    op.create_table(
        "notice_settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("off", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_notice_settings_both_or_none")
        ),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_notice_settings_counted")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_settings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_settings")),
        sa.UniqueConstraint("user_id", name=op.f("uq_notice_settings_user_id")),
    )


def downgrade() -> None:
    op.drop_table("notice_settings")
    op.drop_constraint(op.f("ck_message_sends_joined_with"), "message_sends", type_="check")
    # Older code knows no message of several notices: to it the others were not to be sent.
    op.execute("UPDATE message_sends SET state = 'dropped', fault = 'joined' WHERE state = 'joined'")
    forbid_words("message_sends", "state", JOINED)
    op.drop_index(op.f("ix_message_sends_with_id"), table_name="message_sends")
    op.drop_constraint(op.f("fk_message_sends_with_id_message_sends"), "message_sends", type_="foreignkey")
    op.drop_column("message_sends", "with_id")
