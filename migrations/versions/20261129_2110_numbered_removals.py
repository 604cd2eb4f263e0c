"""Number what was removed, so that a list that lost lines is noticed; let nobody rewrite it.

Requests to be bound that were taken back are removals as well, and the end of a binding names whose it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261129_2110"
down_revision = "20261129_2055"
branch_labels = None
depends_on = None

BEFORE = (
    "closings.begun",
    "closings.withdrawn",
    "residents.phone",
    "residents.id_number",
    "users.phone",
    "visits.words",
    "follow_ups.words",
    "photos",
    "photos.position",
    "hazards.position",
    "consents.withdrawn",
    "consents.refused",
    "bindings.ended",
    "binding_codes",
    "proxies.ended",
    "guardianships.ended",
    "wechat_identities.ended",
    "corrections.done",
    "corrections.withdrawn",
    "deletions.withdrawn",
)
NEW = "binding_requests.withdrawn"
_ENDED_AGAIN = "(OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) OR (OLD.end_reason <> NEW.end_reason)"
_OF_BINDING = ("ended_by", "end_reason")


def upgrade() -> None:
    # At once and in the order in which requests come to them, so that neither side holds what the other wants.
    op.execute("LOCK TABLE bindings, binding_requests, removals IN ACCESS EXCLUSIVE MODE")
    op.add_column("removals", sa.Column("number", sa.BigInteger(), nullable=True))
    op.create_unique_constraint(op.f("uq_removals_number"), "removals", ["number"])
    # A list from before has no numbers, so another one begins; what older code copies meanwhile has none either.
    _uncopied("number IS NULL")
    _kinds(*BEFORE, NEW)
    op.execute(
        """
        CREATE FUNCTION keep_removal_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (NEW.id, NEW.at, NEW.what, NEW.row_id) IS DISTINCT FROM (OLD.id, OLD.at, OLD.what, OLD.row_id)
                OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number)
                OR (OLD.number IS NOT NULL AND NEW.copied_at IS DISTINCT FROM OLD.copied_at)
                OR (NEW.facts <> OLD.facts AND (NEW.facts <> '{}' OR OLD.number IS NULL))
            THEN
                RAISE EXCEPTION 'removals are numbered and copied once, and their facts emptied after that'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER removals_as_they_are BEFORE UPDATE ON removals "
        "FOR EACH ROW EXECUTE FUNCTION keep_removal_as_it_is()"
    )
    _ended_bindings(*_OF_BINDING, "user_id", "resident_id", "way")
    op.execute(
        "CREATE TRIGGER binding_requests_withdrawn_removed AFTER UPDATE ON binding_requests FOR EACH ROW "
        "WHEN (OLD.state <> 'withdrawn' AND NEW.state = 'withdrawn') "
        f"EXECUTE FUNCTION keep_removal('{NEW}', 'user_id')"
    )


def downgrade() -> None:
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT EXISTS (SELECT FROM removals)")):
        raise RuntimeError(
            "Older code forgets what people had removed, and a restored backup would bring it back: the table "
            "removals has rows, so the database stays at this version (docs/operations.md, backup)"
        )
    op.execute("DROP TRIGGER binding_requests_withdrawn_removed ON binding_requests")
    _ended_bindings(*_OF_BINDING)
    op.execute("DROP TRIGGER removals_as_they_are ON removals")
    op.execute("DROP FUNCTION keep_removal_as_it_is()")
    _kinds(*BEFORE)
    _uncopied("copied_at IS NULL")
    op.drop_constraint(op.f("uq_removals_number"), "removals", type_="unique")
    op.drop_column("removals", "number")


def _uncopied(where: str) -> None:
    op.drop_index("ix_removals_uncopied", table_name="removals")
    op.create_index("ix_removals_uncopied", "removals", ["at"], postgresql_where=sa.text(where))


def _kinds(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_removals_removalkind"), "removals", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_removals_removalkind"), "removals", f"what IN ({listed})")


def _ended_bindings(*columns: str) -> None:
    given = ", ".join(f"'{one}'" for one in ("bindings.ended", *columns))
    op.execute("DROP TRIGGER bindings_ended_removed ON bindings")
    op.execute(
        f"CREATE TRIGGER bindings_ended_removed AFTER UPDATE ON bindings FOR EACH ROW WHEN ({_ENDED_AGAIN}) "
        f"EXECUTE FUNCTION keep_removal({given})"
    )
