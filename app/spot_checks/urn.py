"""What lies in the urn of a week: inspections and visits, how much each weighs, and who is due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.actors import Scope
from app.clock import start_of
from app.models import (
    CareRecord,
    Challenge,
    HarmRecord,
    Household,
    Inspection,
    Photo,
    PhotoLink,
    Presence,
    Resident,
    SpotCheck,
    SpotCheckRecord,
    SpotCheckWeek,
    User,
    Visit,
)
from app.retention import kept_for_a_case

COVERED_WEEKS = 4
"""Whoever works for so many weeks is drawn once at least."""
WEEK = timedelta(days=7)
WEIGHTS = {Presence.CONFIRMED: 1, Presence.PROBABLE: 2, Presence.UNVERIFIED: 4}
_CALLED = "not_in_person"
"""The reason of a visit by telephone: nobody had to be there, so that lack of presence says nothing."""
_MOST_RECORDS = 10_000
"""Of each kind."""


@dataclass(frozen=True)
class Lying:
    """A record that may be drawn."""

    kind: SpotCheckRecord
    id: UUID
    area_code: str
    place_id: UUID
    worker_id: UUID
    presence: Presence
    reasons: list[str]

    def weight(self, *, late: bool) -> int:
        """Give how much it weighs; ``late`` says that its photo came when the challenge was over."""
        if late:
            return max(WEIGHTS.values())
        return WEIGHTS[Presence.PROBABLE if _CALLED in self.reasons else self.presence]


def lying(session: Session, week: SpotCheckWeek) -> list[Lying]:
    """Give the records that arrived in the week: what a phone held back is in the week of its arrival.

    A visit that told of harm to a minor is not drawn: to ask at that door again might warn somebody.
    """
    inspections = _made_in(week, Inspection, Inspection.place_id)
    visits = (
        _made_in(week, Visit, Household.place_id)
        .join(CareRecord, CareRecord.id == Visit.care_record_id)
        .join(Resident, Resident.id == CareRecord.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .where(~kept_for_a_case(Visit.id, HarmRecord.VISIT))
    )
    queries = {SpotCheckRecord.INSPECTION: inspections, SpotCheckRecord.VISIT: visits}
    return [Lying(kind, *row) for kind, query in queries.items() for row in session.execute(query)]


def _made_in(
    week: SpotCheckWeek, made: type[Inspection | Visit], place: InstrumentedAttribute[UUID]
) -> Select[UUID, str, UUID, UUID, Presence, list[str]]:
    return (
        select(made.id, made.area_code, place, made.worker_id, made.presence, made.presence_reasons)
        .where(
            Scope(areas=(week.area_code,)).clause(made.area_code),
            made.received_at >= start_of(week.week_on),
            made.received_at < start_of(week.week_on + WEEK),
        )
        .order_by(made.id)
        .limit(_MOST_RECORDS)
    )


def with_late_photos(session: Session, record_ids: Collection[UUID]) -> set[UUID]:
    """Give the records whose photo came when the challenge was over: it may be from another time (S-176)."""
    if not record_ids:
        return set()
    late = exists().where(
        PhotoLink.record_id == Challenge.record_id,
        Photo.id == PhotoLink.photo_id,
        Photo.received_at > Challenge.expires_at,
    )
    query = select(Challenge.record_id).where(Challenge.record_id.in_(record_ids), late)
    return {record_id for record_id in session.scalars(query) if record_id is not None}


def due(session: Session, week: SpotCheckWeek, workers: set[UUID]) -> set[UUID]:
    """Give who has worked for a while and was not drawn in the weeks before: one of his is drawn now."""
    if not workers:
        return set()
    since = week.week_on - (COVERED_WEEKS - 1) * WEEK
    lately = (
        select(SpotCheck.worker_id)
        .join(SpotCheckWeek, SpotCheckWeek.id == SpotCheck.week_id)
        .where(
            SpotCheck.worker_id.in_(workers),
            SpotCheckWeek.area_code == week.area_code,
            SpotCheckWeek.week_on >= since,
            SpotCheckWeek.week_on < week.week_on,
        )
    )
    in_area = Scope(areas=(week.area_code,))
    began: set[UUID] = set()
    for made in (Inspection, Visit):
        before = exists().where(
            made.worker_id == User.id,
            in_area.clause(made.area_code),
            made.received_at < start_of(since + WEEK),
        )
        began |= set(session.scalars(select(User.id).where(User.id.in_(workers), before)))
    return began - set(session.scalars(lately))
