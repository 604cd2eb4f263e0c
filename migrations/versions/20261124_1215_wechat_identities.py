"""Know users by their identity at WeChat; such a user has no area before he is bound to a resident."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_1215"
down_revision = "20261124_1210"
branch_labels = None
depends_on = None

APPS = ("mini", "web")
OPEN = sa.text("ended_at IS NULL")
ENDED_IS_EMPTY = (
    "(ended_at IS NULL) = (openid_sealed IS NOT NULL)"
    " AND (openid_sealed IS NULL) = (openid_index IS NULL)"
    " AND (unionid_sealed IS NULL) = (unionid_index IS NULL)"
    " AND (ended_at IS NULL OR unionid_sealed IS NULL)"
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.alter_column("users", "area_code", nullable=True)
    op.add_column("users", sa.Column("phone_vouched_at", moment, nullable=True))
    op.create_table(
        "wechat_identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "app",
            sa.Enum(*APPS, name="wechatapp", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("openid_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("openid_index", sa.LargeBinary(), nullable=True),
        sa.Column("unionid_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("unionid_index", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint(ENDED_IS_EMPTY, name=op.f("ck_wechat_identities_ended_is_empty")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_wechat_identities_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_identities")),
    )
    op.create_index(op.f("ix_wechat_identities_user_id"), "wechat_identities", ["user_id"])
    op.create_index(op.f("ix_wechat_identities_unionid_index"), "wechat_identities", ["unionid_index"])
    for column in ("openid_index", "user_id"):
        op.create_index(
            op.f(f"uq_wechat_identities_{column}_app"),
            "wechat_identities",
            [column, "app"],
            unique=True,
            postgresql_where=OPEN,
        )


def downgrade() -> None:
    op.drop_table("wechat_identities")
    op.execute("DELETE FROM sign_ins WHERE user_id IN (SELECT id FROM users WHERE area_code IS NULL)")
    op.execute("DELETE FROM notices WHERE user_id IN (SELECT id FROM users WHERE area_code IS NULL)")
    op.execute("DELETE FROM users WHERE area_code IS NULL")
    op.drop_column("users", "phone_vouched_at")
    op.alter_column("users", "area_code", nullable=False)
