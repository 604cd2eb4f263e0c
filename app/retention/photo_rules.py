"""Photos: kept while any record that names them runs, and for a time after; then rows and files go."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.clock import months_ago, now
from app.models import (
    CLAIM_NEXT,
    HAZARD_ENDED,
    Claim,
    ClaimEvent,
    FollowUp,
    Grant,
    Hazard,
    HazardEvent,
    InspectionAnswer,
    Photo,
    PhotoLink,
    PhotoOwner,
    SpotCheck,
    SpotCheckStatus,
)
from app.retention.harm_rules import belongs_to_a_case, kept_for_a_case
from app.retention.rules import Rule, table_of

UNNAMED_KEPT = timedelta(days=90)
"""A phone may be offline for long before it sends the record that names a photo."""
_CLAIM_ENDED = [status for status, steps in CLAIM_NEXT.items() if not steps]
_FILES = "the files go with the next sweep_photos"


def photo_rules(months: int) -> Iterator[Rule]:
    """Give the rules of photos; ``months`` is how long they stay after their records' end."""
    since = months_ago(months)
    named = exists().where(PhotoLink.photo_id == Photo.id)
    needed = exists().where(PhotoLink.photo_id == Photo.id, _needs(since))
    yield Rule(
        "photos of finished records",
        table_of(Photo),
        named & (Photo.received_at < since) & ~needed,
        kept=f"{months} months after the last record that names it ended (`GONGDI_PHOTO_MONTHS`)",
        basis="PIPL 19; as long as somebody may sue (Civil Code 188)",
        stays=f"in the record that there were photos; {_FILES}",
        beside=(table_of(PhotoLink).c.photo_id,),
    )
    yield Rule(
        "photos that no record names",
        table_of(Photo),
        ~named & (Photo.received_at < now() - UNNAMED_KEPT),
        kept=f"{UNNAMED_KEPT.days} days",
        basis="PIPL 19",
        stays=_FILES,
    )


def forget_given_photos(session: Session, user_id: UUID) -> int:
    """Let the photos go that somebody sent and no record needs, as when an account is closed; give how many.

    A claim that has ended needs none, unless it tells of harm to a minor. What staff record on duty does not
    rest on consent.
    """
    on_duty = exists().where(Grant.user_id == user_id, Grant.ended_at.is_(None))
    ended = exists().where(Claim.id == PhotoLink.record_id, Claim.status.in_(_CLAIM_ENDED))
    of_ended = (PhotoLink.record_kind == PhotoOwner.CLAIM) & ended & ~kept_for_a_case(PhotoLink.record_id)
    needed = exists().where(PhotoLink.photo_id == Photo.id, ~of_ended)
    free = select(Photo.id).where(Photo.uploaded_by == user_id, ~needed, ~on_duty)
    gone = session.scalars(free.with_for_update()).all()
    session.execute(delete(PhotoLink).where(PhotoLink.photo_id.in_(gone)))
    session.execute(delete(Photo).where(Photo.id.in_(gone)))
    return len(gone)


def _needs(since: datetime) -> ColumnElement[bool]:
    """Say in SQL that the record of a link runs, ended since, or is kept for good.

    An inspection runs as long as a hazard that it raised or joined, a visit as long as what is to follow from
    it, a spot check as long as its appeal. What tells of harm to a minor is never over.
    """
    record, step, runs = PhotoLink.record_id, aliased(HazardEvent), _hazard_runs(since)
    hazard = exists().where(Hazard.id == record, runs)
    of_step = exists().where(step.id == record, step.hazard_id == Hazard.id, runs)
    found = exists().where(
        InspectionAnswer.inspection_id == record,
        InspectionAnswer.hazard_id == Hazard.id,
        runs,
    )
    claim = exists().where(
        Claim.id == record,
        or_(Claim.status.not_in(_CLAIM_ENDED), _stepped(ClaimEvent.claim_id, Claim.id, ClaimEvent.at, since)),
    )
    follow_up = exists().where(
        FollowUp.visit_id == record, or_(FollowUp.done_at.is_(None), FollowUp.done_at >= since)
    )
    check = exists().where(
        SpotCheck.id == record,
        or_(
            SpotCheck.status == SpotCheckStatus.APPEALED,
            SpotCheck.checked_at >= since,
            SpotCheck.decided_at >= since,
        ),
    )
    return or_(
        belongs_to_a_case(record),
        (PhotoLink.record_kind == PhotoOwner.HAZARD) & hazard,
        (PhotoLink.record_kind == PhotoOwner.HAZARD_EVENT) & of_step,
        (PhotoLink.record_kind == PhotoOwner.INSPECTION) & found,
        (PhotoLink.record_kind == PhotoOwner.CLAIM) & claim,
        PhotoLink.record_kind.in_([PhotoOwner.VISIT, PhotoOwner.SIGNATURE]) & follow_up,
        (PhotoLink.record_kind == PhotoOwner.SPOT_CHECK) & check,
    )


def _hazard_runs(since: datetime) -> ColumnElement[bool]:
    """Say in SQL that a hazard, or what it was merged into by whatever way, runs or ended since."""
    below, kept = aliased(Hazard), aliased(Hazard)
    above = (
        select(below.id.label("merged_id"), below.duplicate_of_id.label("id"))
        .where(below.duplicate_of_id.is_not(None))
        .cte("above", recursive=True)
    )
    further = select(above.c.merged_id, kept.duplicate_of_id).join(above, kept.id == above.c.id)
    above = above.union(further.where(kept.duplicate_of_id.is_not(None)))
    into = aliased(Hazard)
    merged = select(above.c.merged_id).join(into, into.id == above.c.id).where(_runs(into, since))
    return or_(_runs(Hazard, since), Hazard.id.in_(merged))


def _runs(hazard: type[Hazard], since: datetime) -> ColumnElement[bool]:
    event = aliased(HazardEvent)
    return or_(hazard.status.not_in(HAZARD_ENDED), _stepped(event.hazard_id, hazard.id, event.at, since))


def _stepped(
    of: InstrumentedAttribute[object],
    record: InstrumentedAttribute[object],
    at: InstrumentedAttribute[datetime],
    since: datetime,
) -> ColumnElement[bool]:
    return select(1).where(of == record, at >= since).exists()
