"""Who of the roster fits a request to be bound, for whoever decides on it.

What was typed is compared with the roster of the community, and of no other. Whoever decides may still choose
somebody who fits in nothing: he knows people whom the roster has under another name or door.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, exists, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from app.actors import Actor, AreaColumn, Scope
from app.identity.phones import phone_of
from app.identity.same_texts import has_door, has_name
from app.models import Binding, BindingRequest, BindingRequestState, Household, Place, Resident, User
from app.people import has_phone
from app.sealing import Sealer, Showing, known

MOST_CANDIDATES = 10
"""Who looks for one person reads no longer list; whoever is not on it is found in the roster by his door."""


class Fit(enum.StrEnum):
    """In what a resident fits a request, what proves most first."""

    PHONE = "phone"
    """WeChat vouches that the user has the phone that the roster has."""
    NAME = "name"
    DOOR = "door"


@dataclass(frozen=True)
class Candidate:
    """A resident, with household and place, who may be the one who asks."""

    resident: Resident
    fits: list[Fit]
    bound: bool
    """Somebody is this resident already."""


@dataclass(frozen=True)
class _Homes:
    """The households behind the door that was typed."""

    fitting: list[UUID]
    certain: bool
    """Whether it leads to their residents: not a door without its building that several buildings have."""


def candidates(session: Session, actor: Actor, sealer: Sealer, row: BindingRequest) -> list[Candidate] | None:
    """List who fits a request that the actor reaches: those who fit in most, of these in what proves most.

    None where he has nothing to decide: the request is over, or his own.
    """
    if row.state is not BindingRequestState.OPEN or row.user_id == actor.user_id:
        return None
    homes = _homes(session, row)
    terms = _terms(session, sealer, row, homes)
    marks = _marks(terms)
    is_bound = exists().where(Binding.resident_id == Resident.id, Binding.ended_at.is_(None))
    found = session.execute(
        select(Resident, is_bound, *marks)
        .join(Resident.household)
        .options(contains_eager(Resident.household).joinedload(Household.place))
        .where(
            _of_community(row, Resident.area_code),
            or_(*(term for fit, term in terms.items() if homes.certain or fit is not Fit.DOOR)),
        )
        .order_by(sum(marks[1:], marks[0]).desc(), *(mark.desc() for mark in marks), Resident.id)
        .limit(MOST_CANDIDATES)
    )
    return [Candidate(resident, _fits(told), bound) for resident, bound, *told in found]


def fits_of(session: Session, sealer: Sealer, row: BindingRequest) -> list[Fit] | None:
    """Say in what the resident fits to whom a request was approved; nothing, if he fits in nothing.

    None where that cannot be told any more: the words are gone, or he left the community.
    """
    if not row.name:
        return None
    marks = _marks(_terms(session, sealer, row, _homes(session, row)))
    which = (Resident.id == row.resident_id, _of_community(row, Resident.area_code))
    told = session.execute(select(*marks).where(*which)).one_or_none()
    return None if told is None else _fits(told)


def _homes(session: Session, row: BindingRequest) -> _Homes:
    """Find the households by building and door, or else by the door alone, as neighbours name it."""
    whole = has_door(Place.name + Household.door, row.door)
    found = session.execute(
        select(Household.id, whole)
        .join(Household.place)
        .where(
            _of_community(row, Household.area_code),
            or_(whole, has_door(Household.door, row.door)),
        )
    ).all()
    named = [household_id for household_id, is_whole in found if is_whole]
    fitting = named or [household_id for household_id, _ in found]
    return _Homes(fitting, certain=bool(named) or len(fitting) == 1)


def _terms(
    session: Session, sealer: Sealer, row: BindingRequest, homes: _Homes
) -> dict[Fit, ColumnElement[bool]]:
    """Say in SQL when a resident of the community fits; nobody does by a phone that does not open."""
    user = session.get_one(User, row.user_id)
    phone = known(phone_of(Showing(sealer), user)) if user.phone_vouched_at is not None else None
    return {
        Fit.PHONE: has_phone(sealer, row.area_code, phone) if phone is not None else false(),
        Fit.NAME: has_name(Resident.name, row.name),
        Fit.DOOR: Resident.household_id.in_(homes.fitting),
    }


def _marks(terms: dict[Fit, ColumnElement[bool]]) -> list[ColumnElement[int]]:
    """Give a column for each term, 1 where it holds, in the order of ``Fit``."""
    return [cast(func.coalesce(terms[fit], false()), Integer) for fit in Fit]


def _fits(told: Iterable[int]) -> list[Fit]:
    return [fit for fit, mark in zip(Fit, told, strict=True) if mark]


def _of_community(row: BindingRequest, column: AreaColumn) -> ColumnElement[bool]:
    """Keep to the community that was named, by the index; whoever reaches the request reaches all of it."""
    return Scope(areas=(row.area_code,)).clause(column)
