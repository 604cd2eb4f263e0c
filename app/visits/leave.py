"""Leave to read a minor's care record and visits: a ticket that is still good, or an open case of harm.

A case is leave for the admins whose it is, but not in their own home, and not for whoever may have opened it:
else who wants to read about a child would only have to write a word of harm.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app import harm
from app.actors import Actor
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError
from app.models import HarmCase, Resident, ViewingTicket, Visit
from app.people import is_minor, last_birth_of_adults
from app.visits.care_listings import admin_scope


class TicketNeededError(DomainError):
    """The record is a minor's, and the actor has no approved ticket that is still good."""

    code = "ticket_needed"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class Leave:
    """By what a minor's record is read; the trail names it."""

    ticket_id: UUID | None = None
    case_id: UUID | None = None


def leave_to_read(session: Session, actor: Actor, resident: Resident) -> Leave | None:
    """Give by what the actor reads this resident's record, None if he needs no leave.

    Raises TicketNeededError.
    """
    if not is_minor(resident):
        return None
    leave = leave_for(session, actor, [resident]).get(resident.id)
    if leave is None:
        raise TicketNeededError
    return leave


def check_shown(session: Session, actor: Actor, visit: Visit) -> None:
    """Refuse with NotFoundError a visit that a case of harm keeps from staff who live there (ADR 0013)."""
    if session.scalar(select(Visit.id).where(Visit.id == visit.id, harm.visit_kept_from(actor))) is not None:
        raise NotFoundError


@dataclass(frozen=True)
class Seen:
    """A resident with as much as the actor may see of him."""

    resident: Resident
    whole: bool
    """With the day of birth: of age, of the actor's own household, or by leave."""
    leave: Leave | None = None


def seen(session: Session, actor: Actor, residents: Sequence[Resident]) -> list[Seen]:
    """Say how much the actor sees of each of these, and by what."""
    minors = [one for one in residents if is_minor(one) and one.household_id != actor.household_id]
    leave = leave_for(session, actor, minors)
    return [Seen(one, one not in minors or one.id in leave, leave.get(one.id)) for one in residents]


def leave_for(session: Session, actor: Actor, minors: Collection[Resident]) -> dict[UUID, Leave]:
    """Give of these minors whose records the actor may read, and by what: a ticket, before a case of harm.

    ``may_read`` says the same in SQL.
    """
    homes = actor.homes
    elsewhere = [one for one in minors if one.household_id not in homes]
    if not elsewhere:
        return {}
    mine = [one.id for one in elsewhere if admin_scope(actor).covers(one.area_code)]
    case = select(HarmCase.resident_id, HarmCase.id).where(HarmCase.resident_id.in_(mine), _open_to(actor))
    ticket = select(ViewingTicket.resident_id, ViewingTicket.id).where(
        ViewingTicket.resident_id.in_([one.id for one in elsewhere]), _good_for(actor)
    )
    by_case = {whose: Leave(case_id=by) for whose, by in session.execute(case) if whose is not None}
    return by_case | {whose: Leave(ticket_id=by) for whose, by in session.execute(ticket)}


def _good_for(actor: Actor) -> ColumnElement[bool]:
    return (
        (ViewingTicket.user_id == actor.user_id)
        & ViewingTicket.approved.is_(True)
        & (ViewingTicket.expires_at > now())
    )


def _open_to(actor: Actor) -> ColumnElement[bool]:
    return HarmCase.closed_at.is_(None) & harm.opened_by_others(actor)


def may_read(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL, beside ``Resident``, that a record is no minor's, or the actor has leave to read it."""
    last_birth = last_birth_of_adults(business_day())
    ticket = exists().where(ViewingTicket.resident_id == Resident.id, _good_for(actor))
    case = exists().where(HarmCase.resident_id == Resident.id, _open_to(actor))
    elsewhere = Resident.household_id.not_in(sorted(actor.homes))
    mine = admin_scope(actor).clause(Resident.area_code)
    return or_(Resident.birth_date <= last_birth, and_(elsewhere, or_(ticket, and_(mine, case))))
