"""Let the oldest part of the audit trail go, if an entry of the trail says so; nothing else of it.

A DELETE needs the session's ``gongdi.audit_cut`` to name an entry ``audit:cut``, and each row is compared with
it: entries only up to the number that it names and six months older than it, links only after their entries.
"""

from alembic import op

revision = "20261124_2035"
down_revision = "20261124_2020"
branch_labels = None
depends_on = None

TABLES = ("audit_entries", "audit_links")


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_uncut() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF coalesce(current_setting('gongdi.audit_cut', true), '') = '' THEN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_after_cut() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            cut_at timestamptz;
            cut_number bigint;
            is_before boolean;
        BEGIN
            SELECT at, (facts->>'number')::bigint INTO cut_at, cut_number FROM audit_entries
                WHERE id = current_setting('gongdi.audit_cut')::uuid AND action = 'audit:cut';
            IF TG_TABLE_NAME = 'audit_links' THEN
                is_before := OLD.number <= cut_number
                    AND NOT EXISTS (SELECT FROM audit_entries WHERE id = OLD.entry_id);
            ELSE
                is_before := OLD.at < cut_at - interval '6 months'
                    AND EXISTS (SELECT FROM audit_links WHERE entry_id = OLD.id AND number <= cut_number);
            END IF;
            IF is_before IS NOT TRUE THEN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN OLD;
        END $$
        """
    )
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_uncut BEFORE DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_uncut()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_after_cut BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_after_cut()"
        )


def downgrade() -> None:
    for table in TABLES:
        for name in ("append_only", "uncut", "after_cut"):
            op.execute(f"DROP TRIGGER {table}_{name} ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute("DROP FUNCTION refuse_after_cut()")
    op.execute("DROP FUNCTION refuse_uncut()")
