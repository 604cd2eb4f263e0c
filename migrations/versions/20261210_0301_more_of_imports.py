"""A workbook may say who is back and who is whose guardian; whoever sent it is told when it was read."""

from alembic import op

from app.migrating import allow_words, beside_the_work, forbid_words

revision = "20261210_0301"
down_revision = "20261210_0200"
branch_labels = None
depends_on = None

_WORDS = (
    ("notices", "kind", "roster_import"),
    ("import_rows", "state", "returned"),
    ("import_rows", "sheet", "guardians"),
)


def upgrade() -> None:
    for table, column, word in _WORDS:
        allow_words(table, column, word)
    with beside_the_work():
        op.execute("ALTER TABLE notices VALIDATE CONSTRAINT ck_notices_noticekind")
        op.execute("ALTER TABLE import_rows VALIDATE CONSTRAINT ck_import_rows_importrowstate")
        op.execute("ALTER TABLE import_rows VALIDATE CONSTRAINT ck_import_rows_importsheet")


def downgrade() -> None:
    for table, column, word in _WORDS:
        op.execute(f"DELETE FROM {table} WHERE {column} = '{word}'")  # noqa: S608 - words of this file
        forbid_words(table, column, word)
