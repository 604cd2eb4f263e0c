"""An absence knows since when it was told what lies with whoever is away."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index, lacks

revision = "20261210_0901"
down_revision = "20261210_0801"
branch_labels = None
depends_on = None

_TOLD = """
    UPDATE absences SET left_told_on = from_on
    WHERE from_on <= (now() AT TIME ZONE 'Asia/Shanghai')::date
"""


def upgrade() -> None:
    if lacks("absences", "left_told_on"):
        op.add_column("absences", sa.Column("left_told_on", sa.Date()))
        # Of those that began it was told when they were entered; one that the version before enters beside
        # this is told once more.
        op.execute(_TOLD)
    with beside_the_work():
        build_index(
            "ix_absences_untold",
            "absences",
            "area_code",
            where="left_told_on IS NULL AND ended_at IS NULL",
        )


def downgrade() -> None:
    op.drop_index("ix_absences_untold", table_name="absences", if_exists=True)
    op.drop_column("absences", "left_told_on")
