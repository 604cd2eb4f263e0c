"""Tickets: an approved, time-boxed leave of staff to read a minor's care record and visits (``leave.py``).

The worker who is given a minor's care gets one with it, from the admin who gives it. Everybody else asks, and
another admin of the community decides, who does not live there; where there is none, an officer of the county
or city does.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor, Scope
from app.clock import end_of, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.identity import officers, seeing_to
from app.ids import new_id
from app.models import CareRecord, NoticeKind, Resident, User, ViewingTicket
from app.once import content_hash, insert_once, made_before
from app.people import (
    accounts_of_home,
    check_other_household,
    is_minor,
    lock_accounts,
)
from app.visits.called_on import called_on, last_day_of_care
from app.visits.care_listings import admin_scope

STANDING_DAYS = 90
"""How long the leave that comes with the care of a minor lasts at most; then he asks for another.

Some three visits, as a minor is visited once a month at least; it ends with the care.
"""
MOST_DAYS = 30
_DUTY = "负责这个孩子的探访"
_SENT_BY_NOBODY = b""
"""In place of a request's hash: the ticket came with the care, whatever purpose others write on theirs."""


class OwnTicketError(DomainError):
    """Nobody decides on his own ticket."""

    code = "own_ticket"
    kind = Kind.FORBIDDEN


class TicketOverError(DomainError):
    """Nobody decided within seven days, or who asked stands in no longer; who needs it still asks anew."""

    code = "ticket_over"
    kind = Kind.CONFLICT


class NotAMinorError(DomainError):
    """The resident is of age: no ticket is needed to read his record."""

    code = "not_a_minor"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewTicket:
    """Whose record, what for, and for how many days from the approval."""

    resident_id: UUID
    purpose: str
    days: int


def ask(session: Session, actor: Actor, ticket_id: UUID, new: NewTicket) -> tuple[ViewingTicket, bool]:
    """Ask to read a minor's record, also while standing in for who looks after it; who decides is told.

    The same wish again is the first one, though the minor came of age or one of the two moved since.

    Of a minor of his own home nobody asks: it would open nothing.

    Raises NotFoundError, NotAMinorError, OwnHouseholdError, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(
        session, ViewingTicket, ticket_id, sent, author=ViewingTicket.user_id, by=actor.user_id
    )
    if first is not None:
        return first, False
    try:
        resident = called_on(session, actor, new.resident_id)
    except NotFoundError:
        raise NotFoundError(field="resident_id") from None
    if not is_minor(resident):
        raise NotAMinorError(field="resident_id")
    check_other_household(actor, resident.household_id)
    home = accounts_of_home(session, resident.household_id)
    what, deciders = seeing_to.who_sees_to_it(session, resident.area_code, but=home | {actor.user_id})
    row, made = insert_once(
        session,
        ViewingTicket,
        ticket_id,
        sent,
        area_code=resident.area_code,
        user_id=actor.user_id,
        asked_at=now(),
        office_decides=what != "asked",
        **asdict(new),
    )
    if made:
        for user_id in sorted(deciders):
            _tell(session, row, user_id, "ticket_asked")
    return row, made


def decide_ticket(session: Session, actor: Actor, ticket_id: UUID, *, approved: bool) -> ViewingTicket:
    """Approve or refuse a ticket, and tell who asked; the same decision again changes nothing.

    A purpose is judged while it is one: what waited for seven days is over. Who asked as he stands in reads
    until he does no longer.

    Raises NotFoundError, OwnTicketError, TicketOverError, IllegalStepError if it was decided otherwise.
    """
    which = (ViewingTicket.id == ticket_id, _decided_by(actor))
    asker = select(ViewingTicket.user_id).where(*which).scalar_subquery()
    lock_accounts(session, (User.id == actor.user_id) | (User.id == asker))
    row = session.scalars(
        select(ViewingTicket).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    if row.user_id == actor.user_id:
        raise OwnTicketError
    if row.approved is None:
        if row.decide_by <= now():
            raise TicketOverError
        row.expires_at = _good_until(session, row) if approved else None
        row.approved, row.decided_at, row.decided_by = approved, now(), actor.user_id
        _tell(session, row, row.user_id, "ticket_approved" if approved else "ticket_refused")
    elif row.approved != approved:
        raise IllegalStepError(now="approved" if row.approved else "refused", asked="decide")
    return row


def _good_until(session: Session, row: ViewingTicket) -> datetime:
    resident = session.get_one(Resident, row.resident_id)
    last = last_day_of_care(session, row.user_id, resident, most=row.days)
    if last is None:
        raise TicketOverError
    return min(now() + timedelta(days=row.days), end_of(last))


def tickets(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[ViewingTicket]:
    """List the actor's own tickets and those he may decide on, the newest first."""
    query = (
        select(ViewingTicket)
        .where(or_(ViewingTicket.user_id == actor.user_id, _decided_by(actor)))
        .order_by(ViewingTicket.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(ViewingTicket.id < after)
    return list(session.scalars(query))


def _decided_by(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL that a ticket lies before the actor: as the community's admin, or as the office above.

    None of his own home does: what somebody wants to look at there may be what he did (ADR 0013).
    """
    home = exists().where(
        Resident.id == ViewingTicket.resident_id, Resident.household_id.in_(sorted(actor.homes))
    )
    office = Scope(areas=tuple(held.area_code for held in actor.held if held.role in officers.OFFICERS))
    before_him = or_(
        admin_scope(actor).clause(ViewingTicket.area_code),
        and_(ViewingTicket.office_decides, office.clause(ViewingTicket.area_code)),
    )
    return before_him & ~home


def give_with_care(session: Session, actor: Actor, record: CareRecord, resident: Resident) -> None:
    """Give whoever is to look after a minor his ticket, approved by whoever assigns him.

    Who assigns himself gets none: another admin must approve his.
    """
    if not is_minor(resident) or record.worker_id == actor.user_id:
        return
    at = now()
    ticket = ViewingTicket(
        id=new_id(),
        area_code=record.area_code,
        resident_id=resident.id,
        user_id=record.worker_id,
        purpose=_DUTY,
        days=STANDING_DAYS,
        asked_at=at,
        approved=True,
        decided_at=at,
        decided_by=actor.user_id,
        expires_at=at + timedelta(days=STANDING_DAYS),
        content_hash=_SENT_BY_NOBODY,
    )
    session.add(ticket)
    session.flush()


def end_with_care(session: Session, record: CareRecord) -> None:
    """End the leave that came with the care of a minor, unless the worker looks after him in another way."""
    others = exists().where(
        CareRecord.resident_id == record.resident_id,
        CareRecord.worker_id == record.worker_id,
        CareRecord.ended_on.is_(None),
        CareRecord.id != record.id,
    )
    at = now()
    session.execute(
        update(ViewingTicket)
        .where(
            ViewingTicket.resident_id == record.resident_id,
            ViewingTicket.user_id == record.worker_id,
            ViewingTicket.content_hash == _SENT_BY_NOBODY,
            ViewingTicket.expires_at > at,
            ~others,
        )
        .values(expires_at=at)
    )


def _tell(session: Session, row: ViewingTicket, to: UUID, what: str) -> None:
    """Write that a ticket waits for somebody, or was decided on; not whose record it is."""
    notices.post(session, NoticeKind.APPROVAL, to=to, area_code=row.area_code, what=what, ticket_id=row.id)
