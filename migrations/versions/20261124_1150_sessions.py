"""Let sessions know their kind, when they were last used, and why they ended; open ones end."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_1150"
down_revision = "20261124_1145"
branch_labels = None
depends_on = None

KINDS = ("app", "console")
REASONS = (
    "signed_out",
    "superseded",
    "stepped_up",
    "token_reused",
    "password_changed",
    "second_factor_reset",
    "role_changed",
    "disabled",
)


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=False)


def _check(column: str, name: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f(f"ck_sign_ins_{name}"), "sign_ins", f"{column} IN ({listed})")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.execute("DELETE FROM sign_ins")
    op.add_column("sign_ins", sa.Column("family_id", sa.Uuid(), nullable=False))
    op.add_column("sign_ins", sa.Column("kind", _words("sessionkind", KINDS), nullable=False))
    op.add_column("sign_ins", sa.Column("idle_s", sa.Integer(), nullable=False))
    op.add_column("sign_ins", sa.Column("last_seen_at", moment, nullable=False))
    op.add_column("sign_ins", sa.Column("second_factor_at", moment, nullable=True))
    op.add_column("sign_ins", sa.Column("checked_at", moment, nullable=True))
    op.add_column("sign_ins", sa.Column("address_hash", sa.LargeBinary(), nullable=True))
    op.add_column("sign_ins", sa.Column("end_reason", _words("endreason", REASONS), nullable=True))
    _check("kind", "sessionkind", KINDS)
    _check("end_reason", "endreason", REASONS)
    op.create_index(op.f("ix_sign_ins_family_id"), "sign_ins", ["family_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_ins_family_id"), table_name="sign_ins")
    for column in (
        "end_reason",
        "address_hash",
        "checked_at",
        "second_factor_at",
        "last_seen_at",
        "idle_s",
        "kind",
        "family_id",
    ):
        op.drop_column("sign_ins", column)
