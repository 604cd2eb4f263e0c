"""Challenges, witnesses' codes and devices; positions of one person in their order."""

import sqlalchemy as sa
from alembic import op

from app.migrating import beside_the_work, build_index, lacks

revision = "20261202_0401"
down_revision = "20261202_0602"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AREA = sa.String(15, collation="C")


def upgrade() -> None:
    if lacks("challenges"):
        _at_once()
    with beside_the_work():
        for table, worker in (
            ("inspections", "worker_id"),
            ("visits", "worker_id"),
            ("hazards", "reported_by"),
        ):
            build_index(f"ix_{table}_located", table, worker, "captured_at", where="lng IS NOT NULL")


def _at_once() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_challenges_place_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_challenges_user_id")),
        sa.UniqueConstraint("nonce", name=op.f("uq_challenges_nonce")),
    )
    op.create_index(op.f("ix_challenges_user_id"), "challenges", ["user_id"])
    op.create_index(op.f("ix_challenges_record_id"), "challenges", ["record_id"])
    op.create_table(
        "witness_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("shown_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness_codes")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_witness_codes_place_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_witness_codes_user_id")),
    )
    op.create_index("ix_witness_codes_place_id_shown_at", "witness_codes", ["place_id", "shown_at"])
    op.create_index(op.f("ix_witness_codes_user_id"), "witness_codes", ["user_id"])
    op.create_table(
        "witness_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("witness_code_id", sa.Uuid(), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness_uses")),
        sa.ForeignKeyConstraint(["visitor_id"], ["users.id"], name=op.f("fk_witness_uses_visitor_id")),
        sa.UniqueConstraint("witness_code_id", "window", name=op.f("uq_witness_uses_witness_code_id_window")),
    )
    op.create_index(op.f("ix_witness_uses_visitor_id"), "witness_uses", ["visitor_id"])
    op.create_table(
        "device_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("captured_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_marks")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_device_marks_user_id")),
    )
    op.create_index("ix_device_marks_device_id_counter", "device_marks", ["device_id", "counter"])
    op.create_index("ix_device_marks_area_code_received_at", "device_marks", ["area_code", "received_at"])
    op.create_index(op.f("ix_device_marks_user_id"), "device_marks", ["user_id"])


def downgrade() -> None:
    for table in ("hazards", "visits", "inspections"):
        op.drop_index(f"ix_{table}_located", table_name=table)
    for table in ("device_marks", "witness_uses", "witness_codes", "challenges"):
        op.drop_table(table)
