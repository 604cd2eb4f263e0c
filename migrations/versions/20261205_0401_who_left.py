"""The roster says who left, until which day and why."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index, lacks

revision = "20261205_0401"
down_revision = "20261205_0600"
branch_labels = None
depends_on = None

_BEFORE, _HEAD = "uq_residents_household_id_head", "uq_residents_head"


def upgrade() -> None:
    if lacks("residents", "left_on"):
        op.add_column("residents", sa.Column("left_on", sa.Date()))
        op.add_column("residents", sa.Column("left_why", sa.String(32)))
        op.create_check_constraint(
            op.f("ck_residents_leftwhy"),
            "residents",
            sa.column("left_why", sa.String()).in_(("moved_out", "died")),
            postgresql_not_valid=True,
        )
        op.create_check_constraint(
            op.f("ck_residents_left_for_a_reason"),
            "residents",
            "(left_on IS NULL) = (left_why IS NULL)",
            postgresql_not_valid=True,
        )
    with beside_the_work():
        for name in ("leftwhy", "left_for_a_reason"):
            op.execute(f"ALTER TABLE residents VALIDATE CONSTRAINT ck_residents_{name}")
        build_index(
            _HEAD, "residents", "household_id", where="relation = 'head' AND left_on IS NULL", unique=True
        )
        op.drop_index(_BEFORE, table_name="residents", postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    """Forget who left: of two heads, one of whom left, that one is none any more."""
    op.execute("UPDATE residents SET relation = 'other' WHERE relation = 'head' AND left_on IS NOT NULL")
    op.drop_index(_HEAD, table_name="residents")
    op.create_index(
        _BEFORE, "residents", ["household_id"], unique=True, postgresql_where=sa.text("relation = 'head'")
    )
    op.drop_column("residents", "left_why")
    op.drop_column("residents", "left_on")
