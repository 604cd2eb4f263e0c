"""The chain over the entries, made by a job: writers never wait for it (docs/adr)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Row, insert, select, text
from sqlalchemy.orm import Session

from app.audit.entries import content_of
from app.audit.keys import BEGINNING, AuditKeys
from app.clock import now
from app.models import AuditCheckpoint, AuditEntry, AuditLink

log = structlog.get_logger()
_LOCK = int.from_bytes(b"audit ch", "big", signed=True)
_BATCH = 1000
_LOOK_BACK = timedelta(hours=1)
"""How much older than the newest linked entry one may be that was committed later: no statement may run
longer than seconds. What is older still is looked for once a day, at the checkpoint."""
_LONG_LOOK_BACK = timedelta(days=2)
_NO_ID = uuid.UUID(int=0)
_TIME_SHIFT = 80
"""A UUIDv7 begins with 48 bits of milliseconds (RFC 9562)."""


@dataclass(frozen=True)
class Head:
    """The newest link; number 0 before the first one."""

    number: int
    hash: bytes

    def signed_content(self, at: str) -> bytes:
        """Give what a checkpoint signs."""
        return f"{self.number}|{self.hash.hex()}|{at}".encode()


def link(session: Session, keys: AuditKeys, *, look_back: timedelta = _LOOK_BACK) -> int:
    """Link what has no link yet, the oldest first; give how many.

    An entry whose MAC is not ours is left out and cried out: nobody wrote it through this program. Only one
    process links at a time; another one finds nothing to do. The new head is written to the log, where
    its copy outlives a shortened table.
    """
    if not session.scalar(select(text("pg_try_advisory_xact_lock(:key)")).params(key=_LOCK)):
        return 0
    first = head = _head(session)
    last = _since(session, head.number, look_back)
    while batch := _unlinked(session, last):
        head = _link(session, keys, head, batch)
        last = batch[-1].id
    if head.number > first.number:
        log.info("audit_linked", number=head.number, hash=head.hash.hex())
    return head.number - first.number


def checkpoint(session: Session, keys: AuditKeys) -> AuditCheckpoint | None:
    """Link everything and sign the head; give the checkpoint, or None if nothing was linked since the last.

    The caller keeps a copy of it outside the database.
    """
    link(session, keys, look_back=_LONG_LOOK_BACK)
    head, at = _head(session), now()
    if head.number == 0 or session.get(AuditCheckpoint, head.number) is not None:
        return None
    made = AuditCheckpoint(
        number=head.number,
        hash=head.hash,
        at=at,
        signature=keys.signature(head.signed_content(at.isoformat())),
    )
    session.add(made)
    session.flush()
    log.info("audit_checkpoint", number=made.number, hash=made.hash.hex(), signature=made.signature.hex())
    return made


def _head(session: Session) -> Head:
    row = session.execute(
        select(AuditLink.number, AuditLink.hash).order_by(AuditLink.number.desc()).limit(1)
    ).one_or_none()
    return Head(*row) if row else Head(0, BEGINNING)


def _since(session: Session, number: int, look_back: timedelta) -> uuid.UUID:
    """Give an id before which everything that is committed is linked: ids begin with the time."""
    newest = session.scalar(select(AuditLink.entry_id).where(AuditLink.number == number))
    if newest is None:
        return _NO_ID
    milliseconds = (newest.int >> _TIME_SHIFT) - int(look_back.total_seconds() * 1000)
    return uuid.UUID(int=max(0, milliseconds) << _TIME_SHIFT)


def _unlinked(session: Session, after: uuid.UUID) -> Sequence[Row[Any]]:
    linked = select(AuditLink.number).where(AuditLink.entry_id == AuditEntry.id).exists()
    return session.execute(
        select(*AuditEntry.__table__.columns)
        .where(AuditEntry.id > after, ~linked)
        .order_by(AuditEntry.id)
        .limit(_BATCH)
    ).all()


def _link(session: Session, keys: AuditKeys, head: Head, batch: Sequence[Row[Any]]) -> Head:
    links: list[dict[str, Any]] = []
    for row in batch:
        content = content_of(row)
        if not keys.is_mac(content, row.mac):
            log.error("audit_entry_not_ours", entry_id=str(row.id))
            continue
        head = Head(head.number + 1, keys.linked(head.hash, content, row.mac))
        links.append({"number": head.number, "entry_id": row.id, "hash": head.hash})
    if links:
        session.execute(insert(AuditLink), links)
    return head
