"""Taking the oldest part of the trail away, so that what is left still proves itself.

A cut is an entry of the trail: it names the checkpoint that the chain goes on from, and the two persons. Only
what lies before it may then be deleted; triggers look at it for each row (docs/audit.md, how long).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.audit.chain import Head
from app.audit.entries import Entry, content_of, record
from app.audit.keys import AuditKeys
from app.clock import months_ago, now
from app.models import AuditCheckpoint, AuditEntry, AuditLink, AuditVerification

CUT = "audit:cut"
LEAST_MONTHS = 6
"""Whatever is set, nothing younger goes (网络安全法 21); the triggers hold to it too."""
_VERIFIED_WITHIN = timedelta(days=2)


class CutRefusedError(Exception):
    """The trail cannot be cut there now; the text says why."""


@dataclass(frozen=True)
class Cut:
    """Where the trail begins since it was cut."""

    entry_id: UUID
    at: datetime
    number: int
    """Of the last link that goes."""
    hash: bytes
    """Of that link: the one that remains follows from it."""
    by: UUID
    agreed_by: UUID

    def __str__(self) -> str:
        """Say it in a sentence."""
        return (
            f"The trail begins after number {self.number}: what was before was purged on {self.at:%Y-%m-%d} "
            f"by {self.by}, and {self.agreed_by} agreed."
        )


def place_to_cut(session: Session, keys: AuditKeys, *, until: datetime, months: int) -> AuditCheckpoint:
    """Give the newest checkpoint up to ``until``, where the trail may be cut now; changes nothing.

    ``months`` is how long entries are kept. Raises CutRefusedError for what is too young, while the trail
    does not verify, and where there is nothing to cut.
    """
    kept = max(months, LEAST_MONTHS)
    if until > months_ago(kept):
        raise CutRefusedError(f"Entries are kept for {kept} months: choose an earlier day.")
    verified = session.scalar(select(AuditVerification).order_by(AuditVerification.id.desc()).limit(1))
    if verified is None or verified.findings_count or verified.at < now() - _VERIFIED_WITHIN:
        raise CutRefusedError("First run verify-audit: the trail must be whole before a part of it goes.")
    points = select(AuditCheckpoint).where(AuditCheckpoint.at <= until)
    point = session.scalar(points.order_by(AuditCheckpoint.number.desc()).limit(1))
    before = last_cut(session, keys)
    if point is None or (before is not None and point.number <= before.number):
        raise CutRefusedError("There is no checkpoint up to that day, or the trail begins after it already.")
    signed = Head(point.number, point.hash).signed_content(point.at.astimezone(UTC).isoformat())
    link = session.get(AuditLink, point.number)
    if link is None or link.hash != point.hash or not keys.is_signature(signed, point.signature):
        raise CutRefusedError(f"The checkpoint at {point.number} does not agree with the trail.")
    return point


def cut(session: Session, keys: AuditKeys, *, until: datetime, months: int, by: UUID, agreed_by: UUID) -> Cut:
    """Cut the trail at the newest checkpoint up to ``until``; nothing is deleted yet (``drop``).

    The caller has proof of both persons. Raises CutRefusedError as ``place_to_cut`` does.
    """
    point = place_to_cut(session, keys, until=until, months=months)
    facts = {"number": point.number, "hash": point.hash.hex(), "agreed_by": str(agreed_by)}
    entry_id = record(session, keys, Entry(action=CUT, actor_id=by, facts=facts))
    return Cut(entry_id, now(), point.number, point.hash, by, agreed_by)


def last_cut(session: Session, keys: AuditKeys) -> Cut | None:
    """Give the latest cut, or None; an entry that is not ours cuts nothing."""
    made = session.scalars(select(AuditEntry).where(AuditEntry.action == CUT))
    cuts = [_read(row) for row in made if keys.is_mac(content_of(row), row.mac)]
    return max(cuts, key=lambda one: one.number, default=None)


def drop(session: Session, made: Cut, *, limit: int) -> int:
    """Delete up to ``limit`` of the oldest entries before a cut, with their links; give how many."""
    query = select(AuditLink.number, AuditLink.entry_id).where(AuditLink.number <= made.number)
    rows = session.execute(query.order_by(AuditLink.number).limit(limit)).all()
    if not rows:
        return 0
    session.execute(select(func.set_config("gongdi.audit_cut", str(made.entry_id), True)))  # noqa: FBT003 - SQL
    session.execute(delete(AuditEntry).where(AuditEntry.id.in_([row.entry_id for row in rows])))
    session.execute(delete(AuditLink).where(AuditLink.number <= rows[-1].number))
    session.execute(select(func.set_config("gongdi.audit_cut", "", True)))  # noqa: FBT003 - SQL
    return len(rows)


def _read(row: AuditEntry) -> Cut:
    assert row.actor_id is not None, "a cut is somebody's"
    facts = row.facts
    return Cut(
        row.id, row.at, facts["number"], bytes.fromhex(facts["hash"]), row.actor_id, UUID(facts["agreed_by"])
    )
