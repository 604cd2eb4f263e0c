"""Name whose a proxy was that ended, and give facts of removals an end that no list ever has."""

from alembic import op

revision = "20261130_0040"
down_revision = "20261129_2110"
branch_labels = None
depends_on = None

_OF_PROXY = ("ended_by", "end_reason")
_UNLISTED = "OLD.number IS NULL"
_NEEDED = f"({_UNLISTED} AND OLD.at > now() - interval '90 days')"
"""As long as a backup may be that lacks the removal."""


def upgrade() -> None:
    _ended_proxies(*_OF_PROXY, "user_id", "resident_id")
    _kept_as_it_is(needed=_NEEDED)


def downgrade() -> None:
    _kept_as_it_is(needed=_UNLISTED)
    _ended_proxies(*_OF_PROXY)


def _ended_proxies(*columns: str) -> None:
    given = ", ".join(f"'{one}'" for one in ("proxies.ended", *columns))
    op.execute(
        "CREATE OR REPLACE TRIGGER proxies_ended_removed AFTER UPDATE ON proxies FOR EACH ROW "
        f"WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION keep_removal({given})"
    )


def _kept_as_it_is(*, needed: str) -> None:
    """Let nobody rewrite a removal; its facts are not emptied as long as ``needed`` holds."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION keep_removal_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (NEW.id, NEW.at, NEW.what, NEW.row_id) IS DISTINCT FROM (OLD.id, OLD.at, OLD.what, OLD.row_id)
                OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number)
                OR (OLD.number IS NOT NULL AND NEW.copied_at IS DISTINCT FROM OLD.copied_at)
                OR (NEW.facts <> OLD.facts AND (NEW.facts <> '{{}}' OR {needed}))
            THEN
                RAISE EXCEPTION 'removals are numbered and copied once, and their facts emptied after that'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
