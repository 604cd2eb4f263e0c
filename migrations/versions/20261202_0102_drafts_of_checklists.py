"""Keep drafts of checklists, say which list one was copied from, and let nobody change what is published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261202_0102"
down_revision = "20261202_0710"
branch_labels = None
depends_on = None

_KINDS = (
    "residential",
    "workshop",
    "factory",
    "industrial_park",
    "handicraft",
    "canteen",
    "shop",
    "public_facility",
    "slope",
    "road",
)


def upgrade() -> None:
    op.add_column("checklists", sa.Column("copied_from_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_checklists_copied_from_id_checklists"),
        "checklists",
        "checklists",
        ["copied_from_id"],
        ["id"],
    )
    op.add_column(
        "checklists", sa.Column("origin_area_code", sa.String(length=15, collation="C"), nullable=True)
    )
    kind = sa.Enum(*_KINDS, name="placekind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "checklist_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=15, collation="C"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("copied_from_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checklist_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("code ~ '^[a-z0-9_]{1,40}$'", name=op.f("ck_checklist_drafts_code")),
        sa.ForeignKeyConstraint(
            ["area_code"], ["areas.code"], name=op.f("fk_checklist_drafts_area_code_areas")
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], ["checklists.id"], name=op.f(f"fk_checklist_drafts_{name}_checklists")
            )
            for name in ("base_id", "copied_from_id", "checklist_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_drafts")),
    )
    op.create_index("ix_checklist_drafts_area_code_id", "checklist_drafts", ["area_code", "id"])
    op.create_index(
        "uq_checklist_drafts_open",
        "checklist_drafts",
        ["area_code", "code"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(
        """
        CREATE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF to_jsonb(NEW) - '{published_at,retired_at}'::text[]
                IS DISTINCT FROM to_jsonb(OLD) - '{published_at,retired_at}'::text[] THEN
                RAISE EXCEPTION 'a published checklist is not changed, only retired';
            END IF;
            RETURN NEW;
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER checklists_published BEFORE UPDATE ON checklists "
        "FOR EACH ROW EXECUTE FUNCTION refuse_published_change()"
    )
    op.execute(
        "CREATE TRIGGER checklists_kept BEFORE DELETE OR TRUNCATE ON checklists "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER checklist_items_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checklist_items "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER checklist_items_append_only ON checklist_items")
    op.execute("DROP TRIGGER checklists_kept ON checklists")
    op.execute("DROP TRIGGER checklists_published ON checklists")
    op.execute("DROP FUNCTION refuse_published_change()")
    op.drop_table("checklist_drafts")
    op.drop_column("checklists", "origin_area_code")
    op.drop_column("checklists", "copied_from_id")
