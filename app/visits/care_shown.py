"""How much of a care record its reader sees: of a minor's, without a ticket, what the roster tells of him.

One rule for the list, for one record and for what is answered to whoever opens or ends one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, case, or_, select, tuple_
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.models import CareCategory, CareRecord, PresenceState, Resident, Willingness
from app.people import is_minor
from app.visits.care_listings import admin_scope, care_record_of, with_home
from app.visits.due import DueKey, willing
from app.visits.leave import Leave, TicketNeededError, leave_for, may_read
from app.visits.standing_in import Hands, hands

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
    doer_id: UUID | None = None
    """Who is to call there today; None where only the admins can."""

    @property
    def key(self) -> DueKey:
        """Give its place in the list, which tells no day that is not shown."""
        return DueKey(self.record.next_due_on if self.tells_due else _LAST, self.record.id)


def shown(
    session: Session, actor: Actor, records: Sequence[CareRecord], there: Hands | None = None
) -> list[ShownCare]:
    """Say how much the actor sees of each of these, by what leave, and who does it today."""
    minors = [one.resident for one in records if is_minor(one.resident)]
    leave = leave_for(session, actor, minors)
    hidden = {one.id for one in minors} - leave.keys()
    areas = {one.area_code for one in records}
    if there is None or not there.rosters.keys() >= {community_of(one) for one in areas}:
        there = hands(session, areas)
    found = []
    for one in records:
        whole, doer_id = one.resident_id not in hidden, there.doer(one)
        due = whole or actor.user_id in {one.worker_id, doer_id}
        found.append(ShownCare(one, whole, due, leave.get(one.resident_id), doer_id))
    return found


def _day(actor: Actor, there: Hands) -> ColumnElement[date]:
    """Say in SQL which day is told as that of the next visit; as ``ShownCare.key`` does."""
    told = or_(may_read(actor), CareRecord.worker_id == actor.user_id, there.done_by(actor.user_id))
    return case((told, CareRecord.next_due_on), else_=_LAST)


def care_records(
    session: Session,
    actor: Actor,
    *,
    presence: PresenceState | None = None,
    category: CareCategory | None = None,
    willingness: Willingness | None = None,
    due_by: date | None = None,
    after: DueKey | None,
    limit: int,
) -> list[ShownCare]:
    """List open care records by the day their next visit is due, the longest overdue first.

    An admin's are all of his area; a worker's those that he does today: not his own while another does them,
    and also another's while he stands in. Residents who live elsewhere, and grown-ups who refuse visits,
    are not due and appear only if ``presence`` or ``willingness`` asks for them. Minors for whom
    the actor needs a ticket come last, and not at all where a filter would tell what is not shown of them.
    """
    there = hands(session, actor.scope.areas)
    day = _day(actor, there)
    mine = or_(admin_scope(actor).clause(CareRecord.area_code), there.done_by(actor.user_id))
    query = (
        with_home(select(CareRecord))
        .where(mine, CareRecord.ended_on.is_(None))
        .order_by(day, CareRecord.id)
        .limit(limit)
    )
    if presence is None:
        query = query.where(Resident.presence != PresenceState.AWAY)
    else:
        query = query.where(Resident.presence == presence)
    if willingness is None:
        query = query.where(willing())
    else:
        query = query.where(CareRecord.willingness == willingness, may_read(actor))
    if category is not None:
        query = query.where(CareRecord.category == category, may_read(actor))
    if due_by is not None:
        query = query.where(day <= due_by)
    if after is not None:
        query = query.where(tuple_(day, CareRecord.id) > tuple_(after.day, after.id))
    return shown(session, actor, session.scalars(query).all(), there)


def seen_care_record(session: Session, actor: Actor, record_id: UUID) -> ShownCare:
    """Give one care record with, if it is a minor's, the leave by which the actor reads it.

    Raises NotFoundError, NotResponsibleError, TicketNeededError.
    """
    (found,) = shown(session, actor, [care_record_of(session, actor, record_id)])
    if not found.whole:
        raise TicketNeededError
    return found
