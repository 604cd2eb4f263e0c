"""Who of the roster fits a request to be bound, for whoever decides on it.

What was typed is compared with the roster of the community, and of no other. Whoever decides may still choose
somebody who fits in nothing: he knows people whom the roster has under another name or door.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, exists, false, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, contains_eager

from app.actors import Actor, AreaColumn, Scope
from app.identity.binding_doubts import Known, doubts
from app.identity.naming import Named, named
from app.identity.phones import phone_of
from app.identity.same_texts import building_of, has_door, has_name, parts_of_door
from app.models import (
    NOT_HIM,
    Binding,
    BindingEnd,
    BindingRequest,
    BindingRequestState,
    Household,
    Place,
    Resident,
    User,
)
from app.people import has_phone
from app.sealing import Sealer, Showing, known

MOST_CANDIDATES = 10
"""Who looks for one person reads no longer list; whoever is not on it is found in the roster by his door."""

MOST_LOOKED_AT = 200
"""Of those who fit in one thing: more residents of one name, or buildings of one, no community has."""


class Fit(enum.StrEnum):
    """In what a resident fits a request, what proves most first."""

    PHONE = "phone"
    """WeChat vouches that the user has the phone that the roster has."""
    NAME = "name"
    DOOR = "door"


@dataclass(frozen=True)
class Doubted:
    """What one of the staff had, and who that is."""

    known: Known
    staff: Named


@dataclass(frozen=True)
class Candidate:
    """A resident, with household and place, who may be the one who asks."""

    resident: Resident
    fits: list[Fit]
    bound: bool
    """Somebody is this resident already."""
    ended: Binding | None
    """Staff said that he was not this user, or has died: their last such word, whatever was decided since."""
    doubts: list[Doubted]
    """Who of the staff had what proves who he is when the user asked: he does not decide."""


@dataclass(frozen=True)
class _Homes:
    """The households behind the door that was typed."""

    certain: list[UUID]
    """Those to whose residents it leads: not a door without its building that several buildings have."""
    fits: ColumnElement[bool]
    """Whether a household is one that fits, certain or not."""


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
        .where(Resident.id.in_(_looked_at(session, row, homes, terms)))
        .order_by(sum(marks[1:], marks[0]).desc(), *(mark.desc() for mark in marks), Resident.id)
        .limit(MOST_CANDIDATES)
    )
    rows = found.all()
    ended = _ended(session, row.user_id, [resident.id for resident, *_ in rows])
    doubted = _doubted(session, [resident for resident, *_ in rows], row)
    return [
        Candidate(resident, _fits(told), bound, ended.get(resident.id), doubted.get(resident.id, []))
        for resident, bound, *told in rows
    ]


def _doubted(session: Session, residents: list[Resident], row: BindingRequest) -> dict[UUID, list[Doubted]]:
    """Give by resident who had what proves who he is, with their posts there."""
    found = doubts(session, residents, before=row.asked_at)
    who = named(session, {one.user_id for had in found.values() for one in had}) if found else {}
    return {
        one.id: [Doubted(known, who[known.user_id].over(one.area_code)) for known in found[one.id]]
        for one in residents
        if one.id in found
    }


def _ended(session: Session, user_id: UUID, residents: list[UUID]) -> dict[UUID, Binding]:
    """Give of these residents the last binding of which staff said that he was not the user, or died."""
    not_him = (Binding.user_id == user_id) & Binding.end_reason.in_(NOT_HIM)
    last = (
        select(Binding)
        .where(Binding.resident_id.in_(residents), not_him | (Binding.end_reason == BindingEnd.DECEASED))
        .ext(distinct_on(Binding.resident_id))
        .order_by(Binding.resident_id, Binding.ended_at.desc())
    )
    return {one.resident_id: one for one in session.scalars(last)}


def fits_of(session: Session, sealer: Sealer, row: BindingRequest) -> list[Fit] | None:
    """Say in what the resident fits to whom a request was approved; nothing, if he fits in nothing.

    None where that cannot be told any more: the words are gone, or he left the community.
    """
    if not row.name:
        return None
    marks = _marks(_terms(session, sealer, row, _homes(session, row)))
    which = (Resident.id == row.resident_id, _of_community(row, Resident.area_code))
    told = session.execute(select(*marks).join(Resident.household).where(*which)).one_or_none()
    return None if told is None else _fits(told)


def _looked_at(
    session: Session, row: BindingRequest, homes: _Homes, terms: dict[Fit, ColumnElement[bool]]
) -> set[UUID]:
    """Find by an index for each thing who fits in it, but no duplicate; an uncertain door finds nobody."""
    which = [terms[Fit.PHONE], terms[Fit.NAME], Resident.household_id.in_(homes.certain)]
    here = (_of_community(row, Resident.area_code), Resident.same_as_id.is_(None))
    looks = [select(Resident.id).where(one, *here).limit(MOST_LOOKED_AT) for one in which]
    return set(session.scalars(union_all(*looks)))


def _homes(session: Session, row: BindingRequest) -> _Homes:
    """Find the households by building and door, or else by the door alone, as neighbours name it."""
    named = _named_homes(session, row)
    if named:
        return _Homes(named, Household.id.in_(named))
    by_door = has_door(Household.door, row.door)
    which = (by_door, _of_community(row, Household.area_code), Household.closed_on.is_(None))
    alone = session.scalars(select(Household.id).where(*which).limit(2)).all()
    return _Homes(list(alone) if len(alone) == 1 else [], by_door)


def _named_homes(session: Session, row: BindingRequest) -> list[UUID]:
    """Find the households behind a building and a door: the building by each beginning of what was typed."""
    parts = parts_of_door(row.door)
    building = building_of(Place.name)
    buildings = session.execute(
        select(Place.id, building)
        .where(building.in_(parts), _of_community(row, Place.area_code))
        .limit(MOST_LOOKED_AT)
    ).all()
    doors = [
        (Household.place_id == place_id) & has_door(Household.door, parts[name])
        for place_id, name in buildings
        if parts[name]
    ]
    which = (or_(false(), *doors), _of_community(row, Household.area_code), Household.closed_on.is_(None))
    return list(session.scalars(select(Household.id).where(*which).limit(MOST_LOOKED_AT)))


def _terms(
    session: Session, sealer: Sealer, row: BindingRequest, homes: _Homes
) -> dict[Fit, ColumnElement[bool]]:
    """Say in SQL when a resident, or his household, fits; nobody does by a phone that does not open."""
    user = session.get_one(User, row.user_id)
    phone = known(phone_of(Showing(sealer), user)) if user.phone_vouched_at is not None else None
    return {
        Fit.PHONE: has_phone(sealer, row.area_code, phone) if phone is not None else false(),
        Fit.NAME: has_name(Resident.name, row.name),
        Fit.DOOR: homes.fits,
    }


def _marks(terms: dict[Fit, ColumnElement[bool]]) -> list[ColumnElement[int]]:
    """Give a column for each term, 1 where it holds, in the order of ``Fit``."""
    return [cast(func.coalesce(terms[fit], false()), Integer) for fit in Fit]


def _fits(told: Iterable[int]) -> list[Fit]:
    return [fit for fit, mark in zip(Fit, told, strict=True) if mark]


def _of_community(row: BindingRequest, column: AreaColumn) -> ColumnElement[bool]:
    """Keep to the community that was named, by the index; whoever reaches the request reaches all of it."""
    return Scope(areas=(row.area_code,)).clause(column)
