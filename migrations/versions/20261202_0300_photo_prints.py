"""Prints by which photos are recognised, and pairs of photos that may be one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from app.migrating import beside_the_work, build_index, lacks

revision = "20261202_0300"
down_revision = "20261202_0501"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if lacks("photo_prints"):
        _at_once()
    with beside_the_work():
        build_index("ix_photos_pending", "photos", "received_at", where="compared_at IS NULL")


def _at_once() -> None:
    # Nothing is filled in: a job compares the photos that are there as it does new ones.
    op.add_column("photos", sa.Column("compared_at", sa.DateTime(timezone=True)))
    op.create_table(
        "photo_prints",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("cut_percent", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("edges", sa.BigInteger(), nullable=False),
        sa.Column("waves", sa.BigInteger(), nullable=False),
        sa.Column("bands", ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photos.id"], name="fk_photo_prints_photo_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("photo_id", "cut_percent", name="pk_photo_prints"),
    )
    op.create_index(
        "ix_photo_prints_bands",
        "photo_prints",
        ["bands"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "photo_matches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "exact", "likely", native_enum=False, length=32, create_constraint=True, name="matchkind"
            ),
            nullable=False,
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.Uuid()),
        sa.Column(
            "verdict",
            sa.Enum(
                "reuse",
                "not_reuse",
                native_enum=False,
                length=32,
                create_constraint=True,
                name="matchverdict",
            ),
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("(settled_at IS NULL) = (verdict IS NULL)", name="settled_with_verdict"),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photos.id"], name="fk_photo_matches_photo_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"], ["photos.id"], name="fk_photo_matches_earlier_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name="fk_photo_matches_settled_by"),
        sa.PrimaryKeyConstraint("id", name="pk_photo_matches"),
        sa.UniqueConstraint("photo_id", "earlier_id", name="uq_photo_matches_photo_id_earlier_id"),
    )
    op.create_index("ix_photo_matches_earlier_id", "photo_matches", ["earlier_id"])
    op.create_index(
        "ix_photo_matches_open", "photo_matches", ["id"], postgresql_where=sa.text("settled_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("photo_matches")
    op.drop_table("photo_prints")
    op.drop_index("ix_photos_pending", "photos")
    op.drop_column("photos", "compared_at")
