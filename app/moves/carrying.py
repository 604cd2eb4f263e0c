"""What hangs on somebody of the roster, and goes where he goes: each row that names him by a key.

The keys are read from the models, so a table that comes later is carried as well. The history of the roster
and the ledger name people without keys and are never rewritten: whoever reads them of somebody asks for his
duplicates, too (``own_data.kinds``).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Index, Select, and_, exists, literal, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Base

Moved = dict[str, list[str]]
"""Ids of rows, by table and column."""
_TABLES = Base.metadata.tables
_WORK = _TABLES["employments"]
REPLACED = "employments.replaced_at"
"""Of these months both had an entry: the duplicate's stays behind the other's, as one that was corrected."""
ONE_OF_EACH: Mapping[str, str] = {
    "uq_bindings_resident_id_open": "two_accounts",
    "uq_care_records_open": "care",
    "uq_escape_helps_open": "help",
    "uq_guardianships_open": "guardian",
    "uq_proxies_user_id_resident_id_open": "proxy",
    "uq_corrections_open": "request",
    "uq_deletions_open": "request",
    "uq_own_copies_open": "copy",
}
"""Of what a person has one, and by which word it is told that both have one."""


def keys() -> list[Column[Any]]:
    """Give each column that names somebody of the roster, in the order in which their rows are locked."""
    tables, his = Base.metadata.sorted_tables, _TABLES["residents"].c.id
    columns = [column for table in tables for column in table.columns]
    return [one for one in columns if any(key.column is his for key in one.foreign_keys)]


def carry(session: Session, duplicate_id: UUID, stays_id: UUID) -> Moved:
    """Let all that names the one name the other, both locked; say which rows these are."""
    moved = {REPLACED: _stay_behind(session, duplicate_id, stays_id)}
    for key in keys():
        table = _TABLES[key.table.name]
        change = update(table).where(key == duplicate_id).values({key: stays_id})
        moved[_name(key)] = _changed(session, change.returning(table.c.id))
    session.expire_all()
    return {name: ids for name, ids in moved.items() if ids}


def give_back(
    session: Session, moved: Mapping[str, Sequence[str]], stays_id: UUID, duplicate_id: UUID
) -> None:
    """Let those rows which went, and still name him to whom they went, name the other again."""
    for key in keys():
        ids = [UUID(one) for one in moved.get(_name(key), [])]
        if ids:
            table = _TABLES[key.table.name]
            his = (table.c.id.in_(ids), key == stays_id)
            session.execute(update(table).where(*his).values({key: duplicate_id}))
    behind = [UUID(one) for one in moved.get(REPLACED, [])]
    if behind:
        his = (_WORK.c.id.in_(behind), _WORK.c.resident_id == duplicate_id)
        session.execute(update(_WORK).where(*his).values(replaced_at=None))
    session.expire_all()


def clashes(session: Session, first_id: UUID, second_id: UUID) -> list[str]:
    """Say of what both have one, where one person may have one only."""
    asked = [_clash(index, key, first_id, second_id) for index, key in _of_one()]
    found = set(session.scalars(asked[0].union_all(*asked[1:])))
    return [word for word in dict.fromkeys(ONE_OF_EACH.values()) if word in found]


def _of_one() -> Iterator[tuple[Index, Column[Any]]]:
    for key in keys():
        for index in sorted(key.table.indexes, key=lambda one: str(one.name)):
            if index.unique and key.name in index.columns and str(index.name) in ONE_OF_EACH:
                yield index, key


def _clash(index: Index, key: Column[Any], first_id: UUID, second_id: UUID) -> Select[Any]:
    """Select the word of a unique key if rows of both would meet in it."""
    where = index.dialect_options["postgresql"]["where"]
    others = [one for one in index.columns if one is not key]

    def of(whom: UUID) -> Select[Any]:
        return select(literal(1), *others).select_from(key.table).where(where, key == whom)

    both = of(first_id).intersect(of(second_id)).subquery()
    return select(literal(ONE_OF_EACH[str(index.name)])).where(exists(select(literal(1)).select_from(both)))


def _stay_behind(session: Session, duplicate_id: UUID, stays_id: UUID) -> list[str]:
    """Let what the duplicate lived by stand behind what the other did in the same months."""
    there = _WORK.alias()
    met = exists().where(
        there.c.resident_id == stays_id, there.c.month == _WORK.c.month, there.c.replaced_at.is_(None)
    )
    his = and_(_WORK.c.resident_id == duplicate_id, _WORK.c.replaced_at.is_(None))
    return _changed(session, update(_WORK).where(his, met).values(replaced_at=now()).returning(_WORK.c.id))


def named(session: Session, *which: ColumnElement[bool]) -> bool:
    """Say whether there is such a row."""
    return bool(session.scalar(select(exists().where(*which))))


def _changed(session: Session, change: Any) -> list[str]:
    return sorted(str(one) for one in session.scalars(change))


def _name(key: Column[Any]) -> str:
    return f"{key.table.name}.{key.name}"
