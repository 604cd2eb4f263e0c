"""How much of a care record its reader sees: of a minor's, without a ticket, what the roster tells of him.

One rule for the list, for one record and for what is answered to whoever opens or ends one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.models import (
    CareCategory,
    CareLevel,
    CareRecord,
    Household,
    PresenceState,
    Resident,
    Willingness,
)
from app.people import is_minor, whereabouts
from app.visits.care_listings import admin_scope, care_record_of, with_home
from app.visits.care_order import CareKey, CareSort, Order, key_of
from app.visits.due import Due, days_of, willing
from app.visits.leave import Leave, TicketNeededError, leave_for, may_read
from app.visits.standing_in import Hands, hands


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

    def key(self, sort: CareSort) -> CareKey:
        """Give its place in the list, which tells nothing that is not shown."""
        return key_of(self.record, sort, whole=self.whole, tells_due=self.tells_due)


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


@dataclass(frozen=True)
class CareFilter:
    """Which open care records.

    Who lives elsewhere, and grown-ups who refuse visits, appear only where that is asked for.
    """

    presence: PresenceState | None = None
    category: CareCategory | None = None
    level: CareLevel | None = None
    willingness: Willingness | None = None
    due: Due | None = None
    due_by: date | None = None
    worker_id: UUID | None = None
    place_id: UUID | None = None

    def narrowed(self, query: Select[CareRecord], order: Order) -> Select[CareRecord]:
        """Take away what is not meant, and of minors what would tell what is not shown of them."""
        of_the_care = {
            CareRecord.category: self.category,
            CareRecord.level: self.level,
            CareRecord.willingness: self.willingness,
            CareRecord.worker_id: self.worker_id,
        }
        for column, value in of_the_care.items():
            if value is not None:
                query = query.where(column == value, may_read(order.actor))
        if self.presence is None:
            query = query.where(whereabouts.here())
        else:
            query = query.where(Resident.presence == self.presence)
        if self.willingness is None:
            query = query.where(willing())
        if self.due is not None:
            query = query.where(order.day.between(*days_of(self.due)))
        if self.due_by is not None:
            query = query.where(order.day <= self.due_by)
        if self.place_id is not None:
            query = query.where(Household.place_id == self.place_id)
        return query


EVERY = CareFilter()


def care_records(
    session: Session,
    actor: Actor,
    wanted: CareFilter = EVERY,
    *,
    sort: CareSort = CareSort.DUE,
    after: CareKey | None,
    limit: int,
) -> list[ShownCare]:
    """List open care records: the longest overdue first, or what presses most, or as places are walked.

    An admin's are all of his area; a worker's those that he does today: not his own while another does them,
    and also another's while he stands in. Minors for whom the actor needs a ticket come last, on a route last
    behind their door, and not at all where a filter would tell what is not shown of them.
    """
    there = hands(session, actor.scope.areas)
    order = Order(actor, there)
    mine = or_(admin_scope(actor).clause(CareRecord.area_code), there.done_by(actor.user_id))
    query = (
        with_home(select(CareRecord))
        .join(Resident.household)
        .join(Household.place)
        .where(mine, CareRecord.ended_on.is_(None))
        .order_by(*order.terms(sort))
        .limit(limit)
    )
    if after is not None:
        query = query.where(order.passed(after))
    return shown(session, actor, session.scalars(wanted.narrowed(query, order)).all(), there)


def seen_care_record(session: Session, actor: Actor, record_id: UUID) -> ShownCare:
    """Give one care record with, if it is a minor's, the leave by which the actor reads it.

    Raises NotFoundError, NotResponsibleError, TicketNeededError.
    """
    (found,) = shown(session, actor, [care_record_of(session, actor, record_id)])
    if not found.whole:
        raise TicketNeededError
    return found
