"""How much of a care record its reader sees: of a minor's, without a ticket, what the roster tells of him.

One rule for the list, for one record and for what is answered to whoever opens or ends one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, case, or_, select, tuple_
from sqlalchemy.orm import Session

from app.actors import Actor
from app.models import CareCategory, CareRecord, PresenceState, Resident
from app.people import is_minor
from app.visits.care_listings import care_record_of, responsible, with_home
from app.visits.due import DueKey
from app.visits.leave import Leave, TicketNeededError, leave_for, may_read

_LAST = date.max
"""The place in the list of what must not be told by its place."""


@dataclass(frozen=True)
class ShownCare:
    """A care record with as much as the actor may see of it."""

    record: CareRecord
    whole: bool
    """Without it nothing is told of the care: not why, how often, by whom, nor when the last visit was."""
    tells_due: bool
    """With the day of the next visit: also to the worker who is to make it, whatever he may read."""
    leave: Leave | None = None

    @property
    def key(self) -> DueKey:
        """Give its place in the list, which tells no day that is not shown."""
        return DueKey(self.record.next_due_on if self.tells_due else _LAST, self.record.id)


def shown(session: Session, actor: Actor, records: Sequence[CareRecord]) -> list[ShownCare]:
    """Say how much the actor sees of each of these, and by what leave."""
    minors = [one.resident for one in records if is_minor(one.resident)]
    leave = leave_for(session, actor, minors)
    hidden = {one.id for one in minors} - leave.keys()
    found = []
    for one in records:
        whole = one.resident_id not in hidden
        due = whole or one.worker_id == actor.user_id
        found.append(ShownCare(one, whole, due, leave.get(one.resident_id)))
    return found


def _day(actor: Actor) -> ColumnElement[date]:
    """Say in SQL which day is told as that of the next visit; as ``ShownCare.key`` does."""
    told = or_(may_read(actor), CareRecord.worker_id == actor.user_id)
    return case((told, CareRecord.next_due_on), else_=_LAST)


def care_records(
    session: Session,
    actor: Actor,
    *,
    presence: PresenceState | None = None,
    category: CareCategory | None = None,
    due_by: date | None = None,
    after: DueKey | None,
    limit: int,
) -> list[ShownCare]:
    """List open care records by the day their next visit is due, the longest overdue first.

    Residents who live elsewhere are not due and appear only if ``presence`` asks for them. Minors for whom
    the actor needs a ticket come last, and not at all where a filter would tell what is not shown of them.
    """
    day = _day(actor)
    query = (
        with_home(select(CareRecord))
        .where(responsible(actor, CareRecord.area_code, CareRecord.worker_id), CareRecord.ended_on.is_(None))
        .order_by(day, CareRecord.id)
        .limit(limit)
    )
    if presence is None:
        query = query.where(Resident.presence != PresenceState.AWAY)
    else:
        query = query.where(Resident.presence == presence)
    if category is not None:
        query = query.where(CareRecord.category == category, may_read(actor))
    if due_by is not None:
        query = query.where(day <= due_by)
    if after is not None:
        query = query.where(tuple_(day, CareRecord.id) > tuple_(after.day, after.id))
    return shown(session, actor, session.scalars(query).all())


def seen_care_record(session: Session, actor: Actor, record_id: UUID) -> ShownCare:
    """Give one care record with, if it is a minor's, the leave by which the actor reads it.

    Raises NotFoundError, NotResponsibleError, TicketNeededError.
    """
    (found,) = shown(session, actor, [care_record_of(session, actor, record_id)])
    if not found.whole:
        raise TicketNeededError
    return found
