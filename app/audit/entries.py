"""Entries of the trail: what one says, and writing it into the transaction of what it tells of."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.keys import AuditKeys
from app.clock import now
from app.errors import DomainError, Kind
from app.ids import new_id
from app.models import DIGITS, AuditResult

INSERT = """
INSERT INTO audit_entries (id, at, actor_id, roles, session_id, area_code, permission, action, object_kind,
    object_id, result, code, ip, device, request_id, facts, mac)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
"""Sent as it stands, past the compiler: it goes with every write of the product."""


class AuditAwayError(DomainError):
    """The audit trail cannot be written, so what it would tell of was not done."""

    code = "audit_away"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True)
class Entry:
    """What is to be remembered; ids only, nothing personal in any part of it."""

    action: str
    """Method and route, or ``job:`` or ``command:`` and its name."""
    result: AuditResult = AuditResult.DONE
    code: str | None = None
    permission: str | None = None
    object_kind: str | None = None
    object_id: UUID | None = None
    area_code: str | None = None
    actor_id: UUID | None = None
    roles: tuple[str, ...] = ()
    session_id: UUID | None = None
    ip: str | None = None
    device: str | None = None
    request_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Ids, figures, words of a fixed list, a purpose, a ticket's id."""


class Recorded(Protocol):
    """An entry as it stands in the table."""

    id: Any
    at: Any
    actor_id: Any
    roles: Any
    session_id: Any
    area_code: Any
    permission: Any
    action: Any
    object_kind: Any
    object_id: Any
    result: Any
    code: Any
    ip: Any
    device: Any
    request_id: Any
    facts: Any


def record(session: Session, keys: AuditKeys, entry: Entry) -> UUID:
    """Write an entry in the session's transaction, so that both stay or neither; give its id.

    One small INSERT and no lock: writers never wait for each other here. A job links the entry later.

    Raises AuditAwayError if the trail cannot be written.
    """
    entry_id, at = new_id(), now()
    roles, facts = _json(list(entry.roles)), _json(entry.facts)
    mac = keys.mac(_content(entry_id, at, entry, roles, facts))
    values = (
        entry_id,
        at,
        entry.actor_id,
        roles,
        entry.session_id,
        entry.area_code,
        entry.permission,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.result.value,
        entry.code,
        entry.ip,
        entry.device,
        entry.request_id,
        facts,
        mac,
    )
    try:
        session.connection().exec_driver_sql(INSERT, values)
    except DBAPIError as error:
        raise AuditAwayError from error
    return entry_id


def content_of(row: Recorded) -> bytes:
    """Give what the MAC of a stored entry must be over."""
    return _content(row.id, row.at, row, _json(row.roles), _json(row.facts))


def area_of(codes: Collection[str]) -> str | None:
    """Give the smallest area that holds all of these, or None if there is none."""
    for digits in sorted(DIGITS.values(), reverse=True):
        starts = {code[:digits] for code in codes}
        if len(starts) == 1 and all(len(code) >= digits for code in codes):
            return starts.pop()
    return None


def _content(entry_id: UUID, at: datetime, row: Entry | Recorded, roles: str, facts: str) -> bytes:
    """Say an entry in one way only: a list of texts and nulls in the order of the columns."""
    return _json(
        [
            str(entry_id),
            at.astimezone(UTC).isoformat(),
            _text(row.actor_id),
            roles,
            _text(row.session_id),
            row.area_code,
            row.permission,
            row.action,
            row.object_kind,
            _text(row.object_id),
            str(row.result),
            row.code,
            row.ip,
            row.device,
            _text(row.request_id),
            facts,
        ]
    ).encode()


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
