"""Rows on their way into the database: gathered first, written table by table."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Column, ColumnDefault, Connection
from sqlalchemy.orm import Session

from app.models import Base

Row = dict[str, Any]


class Rows:
    """Rows of all tables, in the order they were told; nothing here knows a database until ``write``."""

    def __init__(self) -> None:
        self._of: dict[type[Base], list[Row]] = {}

    def add(self, table: type[Base], **values: Any) -> Row:
        """Add a row and give it, so that its story may go on."""
        self._of.setdefault(table, []).append(values)
        return values

    def of(self, table: type[Base]) -> list[Row]:
        """Give the rows of a table."""
        return self._of.get(table, [])

    def tables(self) -> Iterator[type[Base]]:
        """Give the tables that have rows, whatever is referred to before what refers to it."""
        models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
        for table in Base.metadata.sorted_tables:
            if models.get(table) in self._of:
                yield models[table]

    def write(self, session: Session, table: type[Base]) -> None:
        """Copy the rows of a table into it, whose columns are those of the first row and those of a default.

        By COPY, which costs a third of inserting them.
        """
        rows, target = self._of[table], Base.metadata.tables[table.__tablename__]
        columns = rows[0].keys()
        unknown = columns - target.columns.keys()
        assert not unknown, f"{table.__tablename__} has no columns {sorted(unknown)}"
        assert all(row.keys() == columns for row in rows), f"{table.__tablename__}: rows of different columns"
        defaults = {
            column.name: column.default.arg(None) if column.default.is_callable else column.default.arg
            for column in target.columns
            if column.name not in columns and isinstance(column.default, ColumnDefault)
        }
        connection = session.connection()
        written = [(name, _adapted(connection, target.columns[name])) for name in (*columns, *defaults)]
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(target.name), sql.SQL(", ").join(sql.Identifier(name) for name, _ in written)
        )
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection), "we know no other"
        with driver.cursor() as cursor, cursor.copy(command) as copy:
            for row in rows:
                whole = defaults | row
                copy.write_row([adapt(whole[name]) for name, adapt in written])

    def digest(self) -> str:
        """Give a hash of everything, to see that the same seed tells the same."""
        digest = hashlib.sha256()
        for table in self.tables():
            for row in self._of[table]:
                digest.update(repr(sorted(row.items())).encode())
        return digest.hexdigest()


def _adapted(connection: Connection, column: Column[Any]) -> Callable[[Any], Any]:
    """Give what turns a value of a column into one that the driver knows."""
    dialect = connection.dialect
    processor = column.type.dialect_impl(dialect).bind_processor(dialect)
    return processor or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
