"""Second factors, refresh tokens, invitations, sign-in codes, failed tries, and what is known of passwords.

Passwords count as set on the day of this migration.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_1250"
down_revision = "20261124_1246"
branch_labels = None
depends_on = None

BEFORE = ("hazard_step", "hazard_assigned", "claim_step", "visit_urgent", "follow_up_assigned", "harm_case")
AFTER = (*BEFORE, "account_alert", "account_unused")
MOMENT = sa.DateTime(timezone=True)


def _kinds(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_notices_noticekind"), "notices", type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_notices_noticekind"), "notices", f"kind IN ({listed})")


def upgrade() -> None:
    op.add_column("users", sa.Column("password_set_at", MOMENT, nullable=True))
    op.execute("UPDATE users SET password_set_at = now() WHERE password_hash IS NOT NULL")
    op.add_column(
        "users",
        sa.Column("old_password_hashes", postgresql.JSONB(), nullable=False, server_default="[]"),
    )
    op.alter_column("users", "old_password_hashes", server_default=None)
    op.add_column("users", sa.Column("last_signed_in_at", MOMENT, nullable=True))
    op.add_column("users", sa.Column("enabled_at", MOMENT, nullable=True))
    op.execute("UPDATE users SET enabled_at = now() WHERE disabled_at IS NULL")
    op.create_table(
        "second_factors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factors_user_id")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("failed_at", sa.ARRAY(MOMENT), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_sign_in_tries")),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_refresh_tokens_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
    )
    for column in ("family_id", "user_id", "expires_at"):
        op.create_index(op.f(f"ix_refresh_tokens_{column}"), "refresh_tokens", [column])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_invitations_made_by")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_user_id"), "invitations", ["user_id"])
    op.create_table(
        "sign_in_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("handed_out_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_codes")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_codes_user_id")),
        sa.ForeignKeyConstraint(["handed_out_by"], ["users.id"], name=op.f("fk_sign_in_codes_handed_out_by")),
    )
    op.create_index(op.f("ix_sign_in_codes_user_id"), "sign_in_codes", ["user_id"])
    op.create_index(
        "uq_sign_in_codes_handle",
        "sign_in_codes",
        ["handle"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _kinds(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind IN ('account_alert', 'account_unused')")
    _kinds(BEFORE)
    for table in ("sign_in_codes", "invitations", "refresh_tokens", "sign_in_tries", "second_factors"):
        op.drop_table(table)
    for column in ("enabled_at", "last_signed_in_at", "old_password_hashes", "password_set_at"):
        op.drop_column("users", column)
