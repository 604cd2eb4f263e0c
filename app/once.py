"""Writes that are safe to repeat: the id is the key, the content's hash says whether it is the same."""

import hashlib
import json
from dataclasses import asdict, is_dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.errors import DomainError, OtherContentError
from app.models import Base

Row = TypeVar("Row", bound=Base)


def content_hash(*parts: Any) -> bytes:
    """Give the SHA-256 of what a client sent, independent of the order of fields."""
    plain = [asdict(part) if is_dataclass(part) and not isinstance(part, type) else part for part in parts]
    text = json.dumps(plain, sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


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

    ``sent`` is the hash of the content. There is no look before the leap: the table's unique keys decide,
    a parallel copy waits for the first one and then reads it.

    Raises OtherContentError if the id was used for something else, and ``taken`` if another unique key
    of the table (which the caller must then expect) belongs to another row.
    """
    statement = (
        insert(table).values(id=row_id, content_hash=sent, **values).on_conflict_do_nothing().returning(table)
    )
    made = session.scalars(statement).one_or_none()
    if made is not None:
        return made, True
    first = session.get(table, row_id, populate_existing=True)
    if first is None:
        assert taken is not None, f"{table.__tablename__} has a unique key nobody thought of"
        raise taken
    if first.content_hash != sent:  # type: ignore[attr-defined]
        raise OtherContentError(id=row_id)
    return first, False
