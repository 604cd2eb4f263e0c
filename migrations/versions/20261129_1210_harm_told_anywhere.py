"""Cases of harm are opened by any record whose text tells of it, also by one of nobody on the roster."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_1210"
down_revision = "20261129_1130"
branch_labels = None
depends_on = None

RECORDS = {"hazard": "hazards", "inspection": "inspections", "claim": "claims", "correction": "corrections"}


def upgrade() -> None:
    for kind, table in RECORDS.items():
        column = f"{kind}_id"
        op.add_column("harm_cases", sa.Column(column, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_harm_cases_{column}"), "harm_cases", table, [column], ["id"])
        op.create_index(op.f(f"ix_harm_cases_{column}"), "harm_cases", [column])
    op.add_column("harm_cases", sa.Column("told_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE harm_cases SET told_id = visit_id")
    op.alter_column("harm_cases", "told_id", nullable=False)
    op.create_unique_constraint(op.f("uq_harm_cases_told_id"), "harm_cases", ["told_id"])
    op.drop_constraint(op.f("uq_harm_cases_visit_id"), "harm_cases", type_="unique")
    op.create_index(op.f("ix_harm_cases_visit_id"), "harm_cases", ["visit_id"])
    for column in ("resident_id", "visit_id", "opened_by"):
        op.alter_column("harm_cases", column, nullable=True)
    op.create_check_constraint(
        op.f("ck_harm_cases_one_record"),
        "harm_cases",
        "num_nonnulls(visit_id, hazard_id, inspection_id, claim_id, correction_id) = 1",
    )
    op.drop_constraint(op.f("ck_corrections_over_without_a_wish"), "corrections", type_="check")


def downgrade() -> None:
    """Go back, unless there are cases that the former tables had no room for: nothing deletes a case."""
    op.create_check_constraint(
        op.f("ck_corrections_over_without_a_wish"),
        "corrections",
        "state NOT IN ('done', 'withdrawn') OR wanted_sealed IS NULL",
    )
    op.drop_constraint(op.f("ck_harm_cases_one_record"), "harm_cases", type_="check")
    for column in ("resident_id", "visit_id", "opened_by"):
        op.alter_column("harm_cases", column, nullable=False)
    op.drop_index(op.f("ix_harm_cases_visit_id"), table_name="harm_cases")
    op.create_unique_constraint(op.f("uq_harm_cases_visit_id"), "harm_cases", ["visit_id"])
    op.drop_constraint(op.f("uq_harm_cases_told_id"), "harm_cases", type_="unique")
    op.drop_column("harm_cases", "told_id")
    for kind in RECORDS:
        op.drop_index(op.f(f"ix_harm_cases_{kind}_id"), table_name="harm_cases")
        op.drop_column("harm_cases", f"{kind}_id")
