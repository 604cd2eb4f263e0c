"""Taking the oldest part of the trail away, so that what is left still proves itself.

A cut is an entry of the trail: it names the checkpoint that the chain goes on from, and the two persons. Only
what lies before it may then be deleted; triggers look at it for each row (docs/audit.md, how long).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, literal, select
from sqlalchemy.orm import Session

from app.audit.chain import Head
from app.audit.entries import Entry, content_of, record
from app.audit.keys import AuditKeys
from app.clock import months_ago, now
from app.models import AuditCheckpoint, AuditEntry, AuditLink, AuditVerification

CUT = "audit:cut"
CUTS = select(AuditEntry).where(AuditEntry.action == literal(CUT, literal_execute=True))
"""All of them; the word stands in the statement, so that the index over cuts fits however it is planned."""
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
    """The auditor who showed his code."""
    agreed_by: UUID
    """The officer who showed his."""
    entries: int | None
    """How many entries go with it; None of a cut that was made before this was written down."""

    def __str__(self) -> str:
        """Say it in a sentence."""
        gone = "what was before was" if self.entries is None else f"{self.entries} entries before were"
        return (
            f"The trail begins after number {self.number}: {gone} purged at "
            f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC by {self.by}, and {self.agreed_by} agreed."
        )


@dataclass(frozen=True)
class Beginning:
    """The oldest entry that is kept now."""

    number: int
    at: datetime | None
    """None if the link is there and its entry is not."""


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
    first = session.scalar(select(func.min(AuditLink.number)))
    assert first is not None, "the checkpoint's own link is there"
    entries = point.number - first + 1
    facts = {
        "number": point.number,
        "hash": point.hash.hex(),
        "agreed_by": str(agreed_by),
        "entries": entries,
    }
    entry_id = record(session, keys, Entry(action=CUT, actor_id=by, facts=facts))
    return Cut(entry_id, now(), point.number, point.hash, by, agreed_by, entries)


def last_cut(session: Session, keys: AuditKeys) -> Cut | None:
    """Give the latest cut, or None; an entry that is not ours cuts nothing. Cheap: cuts have an index."""
    made = session.scalars(CUTS)
    cuts = [_read(row) for row in made if keys.is_mac(content_of(row), row.mac)]
    return max(cuts, key=lambda one: one.number, default=None)


def beginning(session: Session) -> Beginning | None:
    """Give where the trail begins now, None if nothing is linked yet; two rows are read."""
    query = select(AuditLink.number, AuditEntry.at).outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
    row = session.execute(query.order_by(AuditLink.number).limit(1)).one_or_none()
    return Beginning(*row) if row else None


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
        row.id,
        row.at,
        facts["number"],
        bytes.fromhex(facts["hash"]),
        row.actor_id,
        UUID(facts["agreed_by"]),
        facts.get("entries"),
    )
