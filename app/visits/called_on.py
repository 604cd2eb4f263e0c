"""Residents whom somebody reaches because their care is his for these days, and nobody else of their area."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day
from app.errors import NotFoundError
from app.identity import holders
from app.models import CareRecord, Resident
from app.people import resident_in_scope, resident_with_home
from app.visits.standing_in import CARERS, Hands, hands


def called_on(session: Session, actor: Actor, resident_id: UUID) -> Resident:
    """Give a resident of the actor's areas, or one whose care is his today, as he stands in for another.

    Raises NotFoundError.
    """
    try:
        return resident_in_scope(session, actor, resident_id)
    except NotFoundError:
        if actor.acting is not None or actor.user_id is None:
            raise
        days = _days_of_care(session, actor.user_id, resident_id, most=0)
        if not days:
            raise
    return resident_with_home(session, resident_id)


def last_day_of_care(session: Session, user_id: UUID, resident: Resident, *, most: int) -> date | None:
    """Give until when somebody reaches a resident, ``most`` days on at the latest; None if he does not.

    A post over the home lasts; who stands in does so until the absence is over.
    """
    if holders(session, resident.area_code, CARERS, among={user_id}):
        return business_day() + timedelta(days=most)
    return max(_days_of_care(session, user_id, resident.id, most=most), default=None)


def _days_of_care(session: Session, user_id: UUID, resident_id: UUID, *, most: int) -> list[date]:
    """Give on which days from today on the care of somebody is a user's, up to the first when it is not."""
    open_ones = (CareRecord.resident_id == resident_id, CareRecord.ended_on.is_(None))
    records = session.scalars(select(CareRecord).where(*open_ones)).all()
    there = hands(session, {one.area_code for one in records})
    days: list[date] = []
    while len(days) <= most:
        on_day = Hands(there.rosters, there.day + timedelta(days=len(days)))
        if not any(on_day.doer(one) == user_id for one in records):
            break
        days.append(on_day.day)
    return days
