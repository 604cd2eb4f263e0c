"""Keep of a consent who handed out the code by whose session it was given, and say of a guardian's yes that it was so."""

from alembic import op

revision = "20261201_0531"
down_revision = "20261201_0550"
branch_labels = None
depends_on = None

BEFORE = ("app", "paper")


def _channels(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_consents_consentchannel"), "consents", type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_consents_consentchannel"), "consents", f"channel IN ({listed})")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE consents ADD COLUMN let_in_by uuid CONSTRAINT fk_consents_let_in_by REFERENCES users (id)"
    )
    _channels((*BEFORE, "code"))


def downgrade() -> None:
    op.execute("UPDATE consents SET channel = 'app' WHERE channel = 'code'")
    _channels(BEFORE)
    op.drop_column("consents", "let_in_by")
