"""A change of keys or suite while serving: sealed values are opened and sealed again, a batch at a time.

Every table's columns that are marked as sealed are walked, so a new one needs no thought here.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from app.models import Base
from app.sealing import Cell, Sealer, UnreadableError

_ROW = "row_id"


class Batch(NamedTuple):
    """How many rows were sealed again, the last that was looked at, and what in them nobody can open."""

    rows: int
    last: UUID | None
    unreadable: list[Cell]


def sealed_tables() -> Iterator[tuple[Table, list[str]]]:
    """Give the tables with sealed columns, and these columns' names."""
    for table in Base.metadata.sorted_tables:
        names = [column.name for column in table.columns if column.info.get("sealed")]
        if names:
            yield table, names


def reseal(
    session: Session, sealer: Sealer, table: Table, names: list[str], *, after: UUID | None, limit: int
) -> Batch:
    """Seal the next rows of a table again that an older key or suite sealed, in the order of their ids.

    The caller commits between batches, until one has no last row. A value that nobody can open any more is
    left as it is, and told of: it must not keep all the others from the new key.
    """
    stale = or_(*(_is_stale(table.c[name], sealer.header()) for name in names))
    query = select(table).where(stale).order_by(table.c.id).limit(limit).with_for_update(key_share=True)
    if after is not None:
        query = query.where(table.c.id > after)
    unreadable: list[Cell] = []
    last, anew = None, []
    for row in session.execute(query).mappings():
        last = row["id"]
        values = _anew(table, names, row, sealer, unreadable)
        if any(values[name] != row[name] for name in names):
            anew.append(values)
    if anew:
        columns: dict[str, Any] = {name: bindparam(name) for name in names}
        session.execute(update(table).where(table.c.id == bindparam(_ROW)).values(columns), anew)
    return Batch(len(anew), last, unreadable)


def _is_stale(column: ColumnElement[bytes], header: bytes) -> ColumnElement[bool]:
    return column.is_not(None) & (func.substr(column, 1, len(header)) != header)


def _anew(table: Table, names: list[str], row: Any, sealer: Sealer, unreadable: list[Cell]) -> dict[str, Any]:
    """Give the row's id and its sealed values as they must be now; what nobody can open stays as it is."""
    values: dict[str, Any] = {_ROW: row["id"]}
    for name in names:
        cell = Cell(table.name, name, row["id"])
        values[name] = sealed = row[name]
        if sealed is None or sealed.startswith(sealer.header()):
            continue
        try:
            values[name] = sealer.seal(sealer.open(sealed, cell), cell)
        except UnreadableError:
            unreadable.append(cell)
    return values
