"""Keep who of the staff made the way in of whoever reported a hazard: he may have reported it himself."""

from alembic import op

revision = "20261201_0520"
down_revision = "20261201_0531"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With its key in the same step the server knows that the column is empty, and reads no row for it.
    op.execute(
        "ALTER TABLE hazards ADD COLUMN let_in_by uuid CONSTRAINT fk_hazards_let_in_by REFERENCES users (id)"
    )


def downgrade() -> None:
    op.drop_column("hazards", "let_in_by")
