"""Keep who of the staff handed out the code of the session in which a proxy or a binding was asked for."""

from alembic import op

revision = "20261201_0510"
down_revision = "20261201_0520"
branch_labels = None
depends_on = None

TABLES = ("proxies", "binding_requests")


def upgrade() -> None:
    # Where a column comes with its key, the server knows that it is empty, and reads no row for it.
    for table in TABLES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN let_in_by uuid "
            f"CONSTRAINT fk_{table}_let_in_by REFERENCES users (id)"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "let_in_by")
