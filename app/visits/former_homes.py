"""Where somebody lived when a visit was made that arrives after he moved."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from app.clock import start_of
from app.models import Household, Resident, RosterChange, RosterChangeKind

_MOVED = (RosterChangeKind.MOVED_WITHIN, RosterChangeKind.SPLIT, RosterChangeKind.MERGED)


def moved_since(session: Session, resident_id: UUID, day: date) -> bool:
    """Say whether somebody went to another home, or with it, on a day or later."""
    changes = (RosterChange.resident_id == resident_id, RosterChange.kind.in_(_MOVED))
    return bool(session.scalar(select(exists().where(*changes, RosterChange.at >= start_of(day)))))


def home_at(session: Session, resident: Resident, at: datetime) -> Household:
    """Give the household that somebody was of, with its place as that is today.

    A household that moved as a whole is where it is now: the dwelling before stands sealed in its history.
    """
    query = (
        select(Household)
        .join(RosterChange, RosterChange.former_id == Household.id)
        .where(RosterChange.resident_id == resident.id, RosterChange.kind.in_(_MOVED), RosterChange.at > at)
        .options(joinedload(Household.place))
        .order_by(RosterChange.id)
        .limit(1)
    )
    return session.scalars(query).one_or_none() or resident.household
