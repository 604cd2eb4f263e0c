"""Reading the trail; only an auditor gets this far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.audit.findings import Finding
from app.audit.verifying import Verifier
from app.clock import now
from app.errors import DomainError, Kind
from app.ids import new_id
from app.models import DIGITS, AreaLevel, AuditCheckpoint, AuditEntry, AuditResult, AuditVerification

_KEPT = 100
"""Findings that a stored verification names; the log has all of them."""


@dataclass(frozen=True)
class Filters:
    """Which entries; None is any."""

    since: datetime | None = None
    until: datetime | None = None
    """Not itself."""
    actor_id: UUID | None = None
    object_id: UUID | None = None
    result: AuditResult | None = None


def entries(
    session: Session, actor: Actor, filters: Filters, *, limit: int, after: UUID | None = None
) -> Sequence[AuditEntry]:
    """Give entries within reach, the newest first.

    An entry without an area (a try to sign in, a job) is for the auditors of a whole city.
    """
    reach = actor.scope.clause(AuditEntry.area_code)  # None is in nobody's reach
    if any(len(area) <= DIGITS[AreaLevel.CITY] for area in actor.scope.areas):
        reach = or_(reach, AuditEntry.area_code.is_(None))
    query = select(AuditEntry).where(reach).order_by(AuditEntry.id.desc()).limit(limit)
    if filters.since is not None:
        query = query.where(AuditEntry.at >= filters.since)
    if filters.until is not None:
        query = query.where(AuditEntry.at < filters.until)
    for column in (AuditEntry.actor_id, AuditEntry.object_id, AuditEntry.result):
        wanted = getattr(filters, column.key)
        if wanted is not None:
            query = query.where(column == wanted)
    if after is not None:
        query = query.where(AuditEntry.id < after)
    return session.scalars(query).all()


def keep_verification(
    session: Session, verifier: Verifier, hear: Callable[[Finding], None]
) -> AuditVerification:
    """Verify the whole trail and store the outcome; ``hear`` is told of every finding as it is found."""
    count, first = 0, []
    for finding in verifier.findings():
        hear(finding)
        count += 1
        if count <= _KEPT:
            first.append(finding.plain())
    made = AuditVerification(
        id=new_id(),
        at=now(),
        entries=verifier.entries,
        head=verifier.head,
        findings_count=count,
        findings=first,
    )
    session.add(made)
    session.flush()
    return made


class NotVerifiedYetError(DomainError):
    """No verification of the trail has run yet."""

    code = "not_verified_yet"
    kind = Kind.NOT_FOUND


def last_verification(session: Session) -> AuditVerification | None:
    """Give the newest verification."""
    return session.scalar(select(AuditVerification).order_by(AuditVerification.id.desc()).limit(1))


def last_checkpoint(session: Session) -> AuditCheckpoint | None:
    """Give the newest checkpoint."""
    return session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.number.desc()).limit(1))
