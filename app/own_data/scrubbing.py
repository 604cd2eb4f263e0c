"""Taking a person's own numbers out of texts: a phone in a report stays there when its column is emptied."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, Text, false, select, update
from sqlalchemy.orm import Session

from app import identity, retention
from app.models import HarmRecord, Resident, User
from app.own_data.copied import COPIED
from app.own_data.kinds import Copied, Whose
from app.own_data.spelled import spellings, without
from app.own_data.whose import known_as
from app.people import numbers_of
from app.sealing import Cell, Sealer, Showing, UnreadableError, known

IN_ITS_PLACE = "［号码已删］"
_BATCH = 200
APPEND_ONLY = frozenset({"account_events", "audit_entries", "hazard_events", "stock_movements", "transfers"})
"""Nobody changes these, not even for this; they hold ids and what was done, and short notes of steps.

``claim_events`` keep what the claim said at each step, and the database lets numbers alone be taken out.
"""
_OF_RECORDS = {
    "visits": ("id", HarmRecord.VISIT),
    "follow_ups": ("visit_id", HarmRecord.VISIT),
    "hazards": ("id", HarmRecord.HAZARD),
    "inspections": ("id", HarmRecord.INSPECTION),
    "inspection_answers": ("inspection_id", HarmRecord.INSPECTION),
    "claims": ("id", HarmRecord.CLAIM),
    "claim_events": ("claim_id", HarmRecord.CLAIM),
    "corrections": ("id", HarmRecord.CORRECTION),
}
"""Tables with texts of records that may tell of harm to a minor, and which record it is."""
_GONE_ANYWAY = frozenset({"users", "residents", "wechat_identities"})


def numbers_known(sealer: Sealer, user: User, resident: Resident | None) -> frozenset[str]:
    """Give the phones and the ID number that are on record of somebody; not those that do not open."""
    showing = Showing(sealer)
    found = {identity.phone_of(showing, user)}
    if resident is not None:
        numbers = numbers_of(showing, resident)
        found |= {numbers.phone, numbers.id_number}
    return frozenset(one for one in map(known, found) if one)


def scrub(
    session: Session, sealer: Sealer, user: User, resident: Resident | None, numbers: frozenset[str]
) -> int:
    """Take these numbers out of every text of rows that are his, sealed or not; give out of how many rows.

    They are found however he spelled them, but not inside a longer number.
    Which rows are his is what his own copy goes by (``COPIED``). Rows that nobody may change stay,
    and so do records that tell of harm to a minor. A text that does not open is passed over: nobody reads a
    number in it, and the log says where it stands.
    """
    if not numbers:
        return 0
    his, wanted, done = known_as(session, user.id, resident), spellings(numbers), 0
    for copied in COPIED:
        columns = list(_texts(copied.table))
        if columns and copied.table.name not in APPEND_ONLY | _GONE_ANYWAY:
            done += _scrub(session, sealer, copied, columns, his, wanted)
    return done


def _texts(table: Table) -> Iterator[Column[Any]]:
    for column in table.columns:
        if column.info.get("sealed") or (isinstance(column.type, Text) and not column.foreign_keys):
            yield column


def _scrub(
    session: Session,
    sealer: Sealer,
    copied: Copied,
    columns: list[Column[Any]],
    his: Whose,
    wanted: re.Pattern[str],
) -> int:
    table, done = copied.table, 0
    keys = list(table.primary_key.columns)
    kept = _kept_for_a_case(table)
    query = select(*keys, *columns).where(copied.his(his), ~kept).execution_options(yield_per=_BATCH)
    for batch in session.execute(query).mappings().partitions():
        for row in batch:
            values = _without(sealer, table, columns, row, wanted)
            if values:
                this = (key == row[key] for key in keys)
                session.execute(update(table).where(*this).values(values))
                done += 1
    return done


def _kept_for_a_case(table: Table) -> ColumnElement[bool]:
    """Say which rows stay as they were written: a number in them may be how the child is found."""
    if table.name not in _OF_RECORDS:
        return false()
    column, kind = _OF_RECORDS[table.name]
    return retention.kept_for_a_case(table.c[column], kind)


def _without(
    sealer: Sealer, table: Table, columns: list[Column[Any]], row: Mapping[Any, Any], wanted: re.Pattern[str]
) -> dict[str, Any]:
    """Give the columns of a row that held a number, as they must be now."""
    values: dict[str, Any] = {}
    for column in columns:
        value, is_sealed = row[column], bool(column.info.get("sealed"))
        if value is None or (column.name == "key_sealed"):
            continue
        try:
            text = sealer.open(value, _cell(table, column, row)) if is_sealed else value
        except UnreadableError:
            continue
        clean = without(text, wanted, IN_ITS_PLACE)
        if clean != text:
            values[column.name] = sealer.seal(clean, _cell(table, column, row)) if is_sealed else clean
    return values


def _cell(table: Table, column: Column[Any], row: Mapping[Any, Any]) -> Cell:
    return Cell(table.name, column.name, row[table.c.id])
