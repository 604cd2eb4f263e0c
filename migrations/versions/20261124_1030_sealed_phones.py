"""Seal the phones of users, and find them by blind index.

The content hash covered the clear phone, by which numbers could be tried out: it becomes random, so a user that is
sent again from before counts as other content.
"""

import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from app.config import Settings
from app.sealing import Cell, Sealer

revision = "20261124_1030"
down_revision = "20261124_0605"
branch_labels = None
depends_on = None

USERS = sa.table(
    "users",
    sa.column("id", sa.Uuid()),
    sa.column("phone", sa.Text()),
    sa.column("phone_sealed", sa.LargeBinary()),
    sa.column("phone_index", sa.LargeBinary()),
    sa.column("content_hash", sa.LargeBinary()),
)


def upgrade() -> None:
    op.add_column("users", sa.Column("phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("users", sa.Column("phone_index", sa.LargeBinary(), nullable=True))
    _rewrite(
        USERS.c.phone,
        lambda sealer, user_id, phone: {
            "phone_sealed": sealer.seal(phone, Cell("users", "phone_sealed", user_id)),
            "phone_index": sealer.index("phone", "users", phone),
            "content_hash": secrets.token_bytes(32),
        },
    )
    op.create_unique_constraint(op.f("uq_users_phone_index"), "users", ["phone_index"])
    op.drop_constraint(op.f("uq_users_phone"), "users", type_="unique")
    op.drop_column("users", "phone")


def downgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text(), nullable=True))
    _rewrite(
        USERS.c.phone_sealed,
        lambda sealer, user_id, sealed: {
            "phone": sealer.open(sealed, Cell("users", "phone_sealed", user_id))
        },
    )
    op.alter_column("users", "phone", nullable=False)
    op.create_unique_constraint(op.f("uq_users_phone"), "users", ["phone"])
    op.drop_constraint(op.f("uq_users_phone_index"), "users", type_="unique")
    op.drop_column("users", "phone_index")
    op.drop_column("users", "phone_sealed")


def _rewrite(old: sa.ColumnClause[Any], change: Callable[[Sealer, UUID, Any], dict[str, Any]]) -> None:
    """Write each user anew from what the old column holds, a thousand at a time."""
    bind, after, sealer = op.get_bind(), UUID(int=0), None
    while True:
        query = sa.select(USERS.c.id, old).where(USERS.c.id > after, old.is_not(None)).order_by(USERS.c.id)
        rows = bind.execute(query.limit(1000)).all()
        if not rows:
            return
        sealer = sealer or Sealer.of(Settings.read())
        for user_id, value in rows:
            bind.execute(USERS.update().where(USERS.c.id == user_id).values(change(sealer, user_id, value)))
        after = rows[-1][0]
