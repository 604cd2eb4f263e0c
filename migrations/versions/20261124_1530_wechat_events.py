"""Keep what WeChat tells us until it is done."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_1530"
down_revision = "20261124_1250"
branch_labels = None
depends_on = None

STATES = ("waiting", "done", "dead")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "wechat_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="wechateventstate", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", moment, nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("told_at", moment, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("done_at", moment, nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (content_sealed IS NULL)", name=op.f("ck_wechat_events_done_is_empty")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_events")),
        sa.UniqueConstraint("key", name=op.f("uq_wechat_events_key")),
    )
    op.create_index(op.f("ix_wechat_events_state_next_try_at"), "wechat_events", ["state", "next_try_at"])


def downgrade() -> None:
    op.drop_table("wechat_events")
