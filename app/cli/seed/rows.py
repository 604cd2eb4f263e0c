"""Rows on their way into the database: gathered first, written table by table."""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert
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
        """Insert the rows of a table, whose columns are those of the first row.

        By the table and not by the model, which costs the half; but such an insert takes no notice of columns
        that the table does not have.
        """
        rows, target = self._of[table], Base.metadata.tables[table.__tablename__]
        columns = rows[0].keys()
        unknown = columns - target.columns.keys()
        assert not unknown, f"{table.__tablename__} has no columns {sorted(unknown)}"
        assert all(row.keys() == columns for row in rows), f"{table.__tablename__}: rows of different columns"
        session.connection().execute(insert(target), rows)

    def digest(self) -> str:
        """Give a hash of everything, to see that the same seed tells the same."""
        digest = hashlib.sha256()
        for table in self.tables():
            for row in self._of[table]:
                digest.update(repr(sorted(row.items())).encode())
        return digest.hexdigest()
