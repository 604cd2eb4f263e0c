"""A child's sessions end when its guardian's consent does."""

from alembic import op

revision = "20261129_0420"
down_revision = "20261129_0111"
branch_labels = None
depends_on = None

BEFORE = (
    "signed_out",
    "superseded",
    "stepped_up",
    "token_reused",
    "password_changed",
    "second_factor_reset",
    "role_changed",
    "disabled",
)


def _reasons(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_sign_ins_endreason"), "sign_ins", type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_sign_ins_endreason"), "sign_ins", f"end_reason IN ({listed})")


def upgrade() -> None:
    _reasons((*BEFORE, "consent_ended"))


def downgrade() -> None:
    op.execute("UPDATE sign_ins SET end_reason = 'disabled' WHERE end_reason = 'consent_ended'")
    _reasons(BEFORE)
