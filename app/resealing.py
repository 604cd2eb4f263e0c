"""A change of keys or suite while serving: sealed values are opened and sealed again, a batch at a time.

Every table's columns that are marked as sealed are walked, so a new one needs no thought here.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from app.actors import community_of
from app.models import EVERYWHERE, Base
from app.sealing import Cell, Sealer

_SEALED, _INDEX = "_sealed", "_index"
_ROW = "row_id"


def sealed_tables() -> Iterator[tuple[Table, list[str]]]:
    """Give the tables with sealed columns, and these columns' names."""
    for table in Base.metadata.sorted_tables:
        names = [column.name for column in table.columns if column.info.get("sealed")]
        if names:
            yield table, names


def reseal(session: Session, sealer: Sealer, *, limit: int) -> int:
    """Seal up to ``limit`` rows again that an older key or suite sealed; give how many there were.

    The caller commits between calls, until it gives 0. Raises KeyGoneError and SealBrokenError for a value
    that nobody can open any more.
    """
    done = 0
    for table, names in sealed_tables():
        stale = or_(*(_is_stale(table, name, sealer) for name in names))
        rows = session.execute(
            select(table).where(stale).limit(limit - done).with_for_update(key_share=True)
        ).mappings()
        anew = [_anew(table, names, row, sealer) for row in rows]
        if anew:
            values: dict[str, Any] = {name: bindparam(name) for name in anew[0] if name != _ROW}
            session.execute(update(table).where(table.c.id == bindparam(_ROW)).values(values), anew)
        done += len(anew)
        if done >= limit:
            break
    return done


def _is_stale(table: Table, name: str, sealer: Sealer) -> ColumnElement[bool]:
    header = sealer.header()
    column = table.c[name]
    return column.is_not(None) & (func.substr(column, 1, len(header)) != header)


def _anew(table: Table, names: list[str], row: Any, sealer: Sealer) -> dict[str, Any]:
    """Give the row's id, its sealed values and their indexes as they must be now; what is empty stays so."""
    values: dict[str, Any] = {_ROW: row["id"]}
    for name in names:
        cell = Cell(table.name, name, row["id"])
        text = sealer.open(row[name], cell) if row[name] is not None else None
        values[name] = sealer.seal(text, cell) if text is not None else None
        kind = name.removesuffix(_SEALED)
        index = table.columns.get(kind + _INDEX)
        if index is not None:
            everywhere = index.info == EVERYWHERE
            tenant = EVERYWHERE["tenant"] if everywhere else community_of(row["area_code"])
            values[index.name] = sealer.index(kind, tenant, text) if text is not None else None
    return values
