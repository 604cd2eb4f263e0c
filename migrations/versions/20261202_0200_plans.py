"""Plans, the occurrences they ask for, absences of workers, and the reason of an inspection that comes late."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.migrating import allow_words, beside_the_work, forbid_words, lacks

revision = "20261202_0200"
down_revision = "20261202_0503"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AREA = sa.String(15, collation="C")
KIND = "occurrences"


def _one_of(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    if lacks("inspections", "late_reason"):
        _at_once()
    with beside_the_work():
        # Every word that was allowed is allowed still, which is looked at while people go on.
        op.execute("ALTER TABLE notices VALIDATE CONSTRAINT ck_notices_noticekind")


def _at_once() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column(
            "reason",
            _one_of("leave", "training", "other_duty", "other", name="absencereason"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("substitute_id <> worker_id", name=op.f("ck_absences_two_people")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_absences_span")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_absences_area_code")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_absences_recorded_by")),
        sa.ForeignKeyConstraint(["substitute_id"], ["users.id"], name=op.f("fk_absences_substitute_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["users.id"], name=op.f("fk_absences_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_area_code_id", "absences", ["area_code", "id"])
    op.create_index(op.f("ix_absences_recorded_by"), "absences", ["recorded_by"])
    op.create_index(op.f("ix_absences_substitute_id"), "absences", ["substitute_id"])
    op.create_index("ix_absences_worker_id_from_on", "absences", ["worker_id", "from_on"])
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("checklist_area_code", AREA, nullable=False),
        sa.Column("checklist_code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            _one_of(
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
                name="placekind",
            ),
            nullable=False,
        ),
        sa.Column("place_ids", postgresql.JSONB(), nullable=False),
        sa.Column(
            "frequency",
            _one_of("daily", "every_n_days", "weekly", "monthly", name="planfrequency"),
            nullable=False,
        ),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("days", postgresql.JSONB(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("due_after_min", sa.Integer(), nullable=False),
        sa.Column("missed_after_min", sa.Integer(), nullable=False),
        sa.Column("on_day_off", _one_of("keep", "skip", "move", name="ondayoff"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("roster", postgresql.JSONB(), nullable=False),
        sa.Column("made_until", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(frequency = 'every_n_days') = (every_days IS NOT NULL)", name=op.f("ck_plans_every_days")
        ),
        sa.CheckConstraint("due_after_min > 0 AND missed_after_min >= 0", name=op.f("ck_plans_window")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_plans_validity")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_plans_area_code")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_plans_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index("ix_plans_area_code_id", "plans", ["area_code", "id"])
    op.create_index(op.f("ix_plans_made_by"), "plans", ["made_by"])
    op.create_index("ix_plans_made_until", "plans", ["made_until"])
    op.create_table(
        "told_openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["users.id"], name=op.f("fk_told_openings_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_openings")),
        sa.UniqueConstraint("worker_id", "day", name=op.f("uq_told_openings_worker_id_day")),
    )
    op.create_index("ix_told_openings_day", "told_openings", ["day"])
    op.create_table(
        "occurrences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("checklist_area_code", AREA, nullable=False),
        sa.Column("checklist_code", sa.Text(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("missed_at", MOMENT, nullable=False),
        sa.Column("original_worker_id", sa.Uuid(), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("inspection_id", sa.Uuid(), nullable=True),
        sa.Column("missed_told_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) = (inspection_id IS NULL)", name=op.f("ck_occurrences_done_by_evidence")
        ),
        sa.CheckConstraint("opens_at < due_at AND due_at <= missed_at", name=op.f("ck_occurrences_window")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk_occurrences_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["original_worker_id"], ["users.id"], name=op.f("fk_occurrences_original_worker_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_occurrences_place_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_occurrences_plan_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["users.id"], name=op.f("fk_occurrences_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint(
            "plan_id", "place_id", "period_on", name=op.f("uq_occurrences_plan_id_place_id_period_on")
        ),
    )
    op.create_index("ix_occurrences_area_code_opens_at_id", "occurrences", ["area_code", "opens_at", "id"])
    op.create_index(op.f("ix_occurrences_inspection_id"), "occurrences", ["inspection_id"])
    op.create_index(
        "ix_occurrences_opens_at", "occurrences", ["opens_at"], postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_index(op.f("ix_occurrences_original_worker_id"), "occurrences", ["original_worker_id"])
    op.create_index("ix_occurrences_place_id_opens_at", "occurrences", ["place_id", "opens_at"])
    op.create_index(
        "ix_occurrences_to_miss",
        "occurrences",
        ["missed_at"],
        postgresql_where=sa.text("done_at IS NULL AND missed_told_at IS NULL"),
    )
    op.create_index("ix_occurrences_worker_id_opens_at", "occurrences", ["worker_id", "opens_at"])
    op.create_table(
        "plan_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_code", AREA, nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_id", sa.Uuid(), nullable=True),
        sa.Column("step", _one_of("change", "end", "reassign", name="planstep"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_plan_events_actor_id")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrences.id"],
            name=op.f("fk_plan_events_occurrence_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_events_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_events")),
    )
    op.create_index(op.f("ix_plan_events_actor_id"), "plan_events", ["actor_id"])
    op.create_index(op.f("ix_plan_events_occurrence_id"), "plan_events", ["occurrence_id"])
    op.create_index("ix_plan_events_plan_id_id", "plan_events", ["plan_id", "id"])
    op.add_column("inspections", sa.Column("late_reason", sa.Text(), nullable=True))
    allow_words("notices", "kind", KIND)


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE kind = 'occurrences'")
    forbid_words("notices", "kind", KIND)

    op.drop_column("inspections", "late_reason")
    op.drop_table("plan_events")
    op.drop_table("occurrences")
    op.drop_table("told_openings")
    op.drop_table("plans")
    op.drop_table("absences")
