"""A person's rows as he gets them: sealed values opened, ids of other people blanked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, select, union_all
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from app.models import Account, Household, Resident, Transfer, User
from app.own_data.copied import rows_of
from app.own_data.kinds import Copied, Whose
from app.sealing import Cell, Opener

_BATCH = 100
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
OTHERS = None
"""Stands where another person's id stood."""


def told(
    session: Session, sealer: Opener, copied: Copied, whose: Whose, *within: ColumnElement[bool]
) -> Iterator[list[dict[str, Any]]]:
    """Give somebody's rows of one kind as plain values, a hundred at a time; ``within`` asks for fewer."""
    query = rows_of(copied, whose).where(*within).execution_options(yield_per=_BATCH)
    for batch in session.execute(query).mappings().partitions():
        plain = [opened_row(sealer, copied, row) for row in batch]
        if copied.table.name == Transfer.__tablename__:
            _leave_out_balances(session, plain, whose)
        others = _others(session, plain, whose)
        yield [{name: _without(value, others) for name, value in row.items()} for row in plain]


def opened_row(sealer: Opener, copied: Copied, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Give a row's columns as plain values, sealed ones opened."""
    values = {}
    for column in copied.columns:
        value = row[column]
        if value is not None and column.info.get("sealed"):
            value = sealer.open(value, Cell(copied.table.name, column.name, row[copied.table.c.id]))
        values[column.name.removesuffix("_sealed")] = _plain(value)
    return values


def _leave_out_balances(session: Session, rows: Sequence[dict[str, Any]], whose: Whose) -> None:
    """Take away what the other household had where points went between two."""
    sides = ("debit_balance", "credit_balance")
    both = [row for row in rows if all(row.get(one) is not None for one in sides)]
    if not both:
        return
    query = select(Account.id).where(Account.household_id == whose.household_id)
    own = {str(one) for one in session.scalars(query)}
    for row in both:
        for side in ("debit", "credit"):
            if row[f"{side}_id"] not in own:
                row[f"{side}_balance"] = None


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def _others(session: Session, rows: Sequence[dict[str, Any]], whose: Whose) -> set[str]:
    """Give those ids in these rows that name other people or households."""
    named = {one.lower() for row in rows for value in row.values() for one in _ids(value)}
    his = (whose.user_id, whose.resident_id, whose.household_id, *whose.duplicates)
    own = {str(one) for one in his if one}
    asked = [UUID(one) for one in named - own]
    if not asked:
        return set()
    ids = array(asked, type_=Uuid())
    tables = (User, Resident, Household)
    people = union_all(*(select(table.id).where(table.id == any_(ids)) for table in tables))
    return {str(one) for one in session.scalars(people)}


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _ID.findall(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _ids(key)
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)


def _without(value: Any, others: set[str]) -> Any:
    """Give a value without other people's ids."""
    if not others:
        return value
    if isinstance(value, str):
        if value.lower() in others:
            return OTHERS
        return _ID.sub(lambda found: "" if found[0].lower() in others else found[0], value)
    if isinstance(value, Mapping):
        return {
            key: _without(inner, others) for key, inner in value.items() if str(key).lower() not in others
        }
    if isinstance(value, list):
        return [_without(inner, others) for inner in value]
    return value
