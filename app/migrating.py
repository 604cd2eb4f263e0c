"""Alembic with this project's own configuration, so that no ini file is needed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, String, TextClause, inspect, text
from sqlalchemy import column as sql_column
from sqlalchemy.exc import OperationalError

LOCK_WAIT_S = 5
"""How long a migration waits for a table that somebody is at. Whoever wants it meanwhile waits behind,
so it gives up before people notice, undoes its own steps, and is run again."""
INDEX_WAIT_S = 600
"""The same for an index that is built beside the work: nobody waits behind it, and it waits for everybody who
began before it, a dump as well."""
FOLDER = Path(__file__).parent.parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Give Alembic's configuration; without a connection it makes one from the settings."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.set_main_option("timezone", "UTC")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection | None = None) -> None:
    """Bring the database to the newest migration; one that is there already stays as it is."""
    command.upgrade(config(connection), "head")


@contextmanager
def beside_the_work() -> Iterator[None]:
    """Let a migration build indexes, with ``build_index``, while people go on reading and writing.

    Each is there when it is built. What was done before it in the migration stays, too, also where it breaks
    off and the migration is run again: that is done at once, and only where the database ``lacks`` it.
    """
    context = op.get_context()
    with context.autocommit_block():
        connection = op.get_bind()
        before = connection.scalar(text("SHOW lock_timeout"))
        _wait(connection, f"{INDEX_WAIT_S}s")
        try:
            yield
        finally:
            _wait(connection, before)


def lacks(table: str, column: str | None = None) -> bool:
    """Say whether a table, or a column of it, is still to be made.

    What is done before the work goes on is there altogether or not at all, so one part speaks for all of it.
    """
    present = inspect(op.get_bind())
    if column is None:
        return not present.has_table(table)
    return column not in {one["name"] for one in present.get_columns(table)}


def build_index(
    name: str,
    table: str,
    *columns: str | TextClause,
    where: str | None = None,
    using: str = "btree",
    unique: bool = False,
) -> None:
    """Build an index unless it is there; what an earlier try left half built is built anew."""
    half_built = op.get_bind().scalar(
        text("SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"), {"name": name}
    )
    if half_built:
        op.drop_index(name, table_name=table, postgresql_concurrently=True)
    op.create_index(
        name,
        table,
        list(columns),
        unique=unique,
        postgresql_where=text(where) if where else None,
        postgresql_using=using,
        postgresql_concurrently=True,
        if_not_exists=True,
    )


def allow_words(table: str, column: str, *words: str) -> None:
    """Let a column of words, whose check the models named, hold these as well; whoever calls validates it."""
    _set_words(table, column, [*dict.fromkeys([*_words_of(table, column), *words])])


def forbid_words(table: str, column: str, *words: str) -> None:
    """Let it hold these no more; no row may have one."""
    _set_words(table, column, [word for word in _words_of(table, column) if word not in words])


def _words_of(table: str, column: str) -> list[str]:
    """Read the words from the check, so that migrations which add some may come in any order."""
    return re.findall(r"'([a-z_0-9]+)'", _check_of(table, column)[1])


def _set_words(table: str, column: str, words: list[str]) -> None:
    name, _ = _check_of(table, column)
    op.drop_constraint(op.f(name), table)
    allowed = sql_column(column, String()).in_(words)
    op.create_check_constraint(op.f(name), table, allowed, postgresql_not_valid=True)


def _check_of(table: str, column: str) -> tuple[str, str]:
    found = op.get_bind().execute(
        text(
            "SELECT c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum] "
            "WHERE c.contype = 'c' AND c.conrelid = to_regclass(:table) AND a.attname = :column"
        ),
        {"table": table, "column": column},
    )
    name, definition = found.one()
    return name, definition


def _wait(connection: Connection, at_most: str | None) -> None:
    connection.execute(text("SELECT set_config('lock_timeout', :wait, false)"), {"wait": at_most})


def is_kept_waiting(error: OperationalError) -> bool:
    """Say whether a migration gave up because somebody was at a table that it needs."""
    return isinstance(error.orig, LockNotAvailable | DeadlockDetected)


def newest() -> str | None:
    """Give the revision that this code expects."""
    return ScriptDirectory.from_config(config()).get_current_head()


def present(connection: Connection) -> str | None:
    """Give the revision that the database is at, or None if it has no tables yet."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
