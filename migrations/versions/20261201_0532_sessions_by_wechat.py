"""Keep of a session that began with WeChat since when that WeChat is the account's; of older ones nobody knows."""

from alembic import op

revision = "20261201_0532"
down_revision = "20261201_0510"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE sign_ins ADD COLUMN wechat_since timestamptz")


def downgrade() -> None:
    op.drop_column("sign_ins", "wechat_since")
