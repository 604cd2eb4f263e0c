"""Seal the phones of users, and find them by blind index."""

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
)


def upgrade() -> None:
    op.add_column("users", sa.Column("phone_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("users", sa.Column("phone_index", sa.LargeBinary(), nullable=True))
    known = op.get_bind().execute(sa.select(USERS.c.id, USERS.c.phone)).all()
    if known:
        sealer = Sealer.of(Settings.read())
        for user_id, phone in known:
            op.execute(
                USERS.update()
                .where(USERS.c.id == user_id)
                .values(
                    phone_sealed=sealer.seal(phone, Cell("users", "phone_sealed", user_id)),
                    phone_index=sealer.index("phone", "users", phone),
                )
            )
    op.create_unique_constraint(op.f("uq_users_phone_index"), "users", ["phone_index"])
    op.drop_constraint(op.f("uq_users_phone"), "users", type_="unique")
    op.drop_column("users", "phone")


def downgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text(), nullable=True))
    known = op.get_bind().execute(sa.select(USERS.c.id, USERS.c.phone_sealed)).all()
    if known:
        sealer = Sealer.of(Settings.read())
        for user_id, sealed in known:
            phone = sealer.open(sealed, Cell("users", "phone_sealed", user_id))
            op.execute(USERS.update().where(USERS.c.id == user_id).values(phone=phone))
    op.alter_column("users", "phone", nullable=False)
    op.create_unique_constraint(op.f("uq_users_phone"), "users", ["phone"])
    op.drop_constraint(op.f("uq_users_phone_index"), "users", type_="unique")
    op.drop_column("users", "phone_index")
    op.drop_column("users", "phone_sealed")
