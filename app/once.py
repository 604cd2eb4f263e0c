"""Writes that are safe to repeat: the id is the key, the content's hash says whether it is the same."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, Field, field, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.dml import ReturningInsert

from app.actors import COMMUNITY_DIGITS
from app.errors import DomainError, OtherContentError
from app.ids import new_id
from app.models import FROZEN_TOO, Base

Row = TypeVar("Row", bound=Base)
Value = TypeVar("Value")
_ADDED_LATER = "added later"
_ONE_ROW = {"dml_strategy": "orm"}
"""Execution option of an INSERT that gets one row: without it the ORM prepares for many."""


def added_later(default: Value) -> Value:
    """Give a field that a form got after phones had sent it without: at its default it has no share.

    So what was sent before an upgrade and is sent again after it is the same content (ADR 0004).
    """
    made: Value = field(default=default, metadata={_ADDED_LATER: True})
    return made


def content_hash(*parts: Any) -> bytes:
    """Give the SHA-256 of what a client sent, independent of the order of fields and of a time's offset."""
    plain = [as_sent(part) if is_dataclass(part) else part for part in parts]
    text = json.dumps(plain, sort_keys=True, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def as_sent(part: Any) -> Any:
    """Turn dataclasses into mappings, at any depth, without what was added later and is not used."""
    if is_dataclass(part) and not isinstance(part, type):
        kept = [one for one in fields(part) if not _is_left_out(part, one)]
        return {one.name: as_sent(getattr(part, one.name)) for one in kept}
    if isinstance(part, Mapping):
        return {name: as_sent(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [as_sent(one) for one in part]
    return part


def _is_left_out(part: Any, one: Field[Any]) -> bool:
    assert not (one.metadata and one.default is MISSING), "what was added later has a default"
    return _ADDED_LATER in one.metadata and getattr(part, one.name) == one.default


def _plain(value: Any) -> str:
    """Write what JSON cannot: a moment in UTC, however it was sent, anything else as it shows itself."""
    return str(value.astimezone(UTC) if isinstance(value, datetime) else value)


def made_before(
    session: Session,
    table: type[Row],
    row_id: UUID,
    sent: bytes,
    *,
    author: InstrumentedAttribute[Any] | None = None,
    by: UUID | None = None,
) -> Row | None:
    """Give the row that the same person made of the same content, or None if there is something to judge.

    Ask before anything else is judged: what is sent again was judged when it arrived, however the world
    changed since. ``sent`` must hold its author, whom the row keeps in the column ``author``. Another
    person's id gives None, so that it meets the checks of a new row and shows nothing before them. No visitor
    can be told from another: what one of them sent is known by its content alone, whoever sends it again.

    A table that keeps no author is asked without one: the author in ``sent`` makes an equal hash his proof,
    and anything else gives None, as another person's id does.

    Raises OtherContentError if the same person used the id for something else.
    """
    with session.no_autoflush:
        first: Row | None = session.scalars(_look_up(table), {"row_id": row_id}).one_or_none()
    if first is None:
        return None
    if first.content_hash == sent:  # type: ignore[attr-defined]
        return first
    if author is not None and by is not None and getattr(first, author.key) == by:
        raise OtherContentError(id=row_id)
    return None


def insert_once(
    session: Session,
    table: type[Row],
    row_id: UUID,
    sent: bytes,
    *,
    taken: DomainError | None = None,
    **values: Any,
) -> tuple[Row, bool]:
    """Insert a row unless its id is there already; give the row, and whether it is new.

    ``sent`` is the hash of the content. Whatever was looked up before, the table's unique keys decide: a
    parallel copy waits for the first one and then reads it. A value may be a term of SQL; what it leaves open
    is given beside the columns.

    Raises OtherContentError if the id was used for something else, and ``taken`` if another unique key
    of the table (which the caller must then expect) belongs to another row.
    """
    terms = {name: value for name, value in values.items() if isinstance(value, ColumnElement)}
    statement = _insertion(table).values(terms) if terms else _insertion(table)
    row = {name: value for name, value in values.items() if name not in terms}
    row |= {"id": row_id, "content_hash": sent}
    made = session.scalars(statement, row, execution_options=_ONE_ROW).one_or_none()
    if made is not None:
        return made, True
    first = session.get(table, row_id, populate_existing=True, execution_options={FROZEN_TOO: True})
    if first is None:
        assert taken is not None, f"{table.__tablename__} has a unique key nobody thought of"
        raise taken
    if first.content_hash != sent:  # type: ignore[attr-defined]
        raise OtherContentError(id=row_id)
    return first, False


@cache
def _look_up(table: type[Row]) -> Select[Row]:
    """Put the question together once for each table: that costs as much as asking it."""
    query = select(table).where(table.id == bindparam("row_id"))  # type: ignore[attr-defined]
    return query.execution_options(populate_existing=True)


@cache
def _insertion(table: type[Row]) -> ReturningInsert[Row]:
    """Put the statement together once for each table, too."""
    return insert(table).on_conflict_do_nothing().returning(table)


@contextmanager
def unique(refusals: Mapping[str, DomainError]) -> Iterator[None]:
    """Turn a broken unique key, by its constraint's name, into a refusal; any other fault stays what it is.

    For changes of rows, which must be flushed in the block. Raises the refusals.
    """
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.orig, "diag", None)
        refusal = refusals.get(getattr(diagnosis, "constraint_name", None) or "")
        if refusal is None:
            raise
        raise refusal from error


def append_event(
    session: Session, table: type[Row], event_id: UUID | None, sent: bytes, **values: Any
) -> Row:
    """Append an event to a locked record: a step's under the name it has, any other under one made here.

    The record is in its table already; its own changes wait, so that they are written once.

    Raises OtherContentError if the name belongs to another event.
    """
    with session.no_autoflush:
        return insert_once(session, table, event_id or new_id(), sent, **values)[0]


def claim_next(
    session: Session,
    work: str,
    area_code: SQLColumnExpression[str],
    due: ColumnElement[bool],
    *,
    after: str | None,
) -> tuple[str | None, bool]:
    """Give the next community by its code in which something is due, and whether this transaction has it.

    It has it until its end, from every other that asks for the same work: so whoever is told what was done in
    a community is told once, however many schedulers run. None once there is no further one.
    """
    community = func.left(area_code, COMMUNITY_DIGITS)
    query = select(func.min(community)).where(due)
    code: str | None = session.scalar(query if after is None else query.where(area_code >= _next(after)))
    if code is None:
        return None, False
    key = int.from_bytes(hashlib.sha256(f"{work} {code}".encode()).digest()[:8], "big", signed=True)
    return code, bool(session.scalar(select(func.pg_try_advisory_xact_lock(key))))


def of_community(area_code: SQLColumnExpression[str], code: str) -> ColumnElement[bool]:
    """Say in SQL that an area is a community or lies in it, as ``claim_next`` gives them."""
    return and_(area_code >= code, area_code < _next(code))


def _next(code: str) -> str:
    """Give the smallest code behind a community's and those of all its parts: a range that an index finds."""
    return str(int(code) + 1).zfill(COMMUNITY_DIGITS)
