"""What a step with whole households would do, and all that stands in its way, before anything is done."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day
from app.errors import DomainError, Kind, NotFoundError
from app.models import Household, Relation, Resident, RosterChangeKind, User
from app.moves.leaving import LeftDayError
from app.moves.steps import Step
from app.people import (
    HeadTakenError,
    check_door_free,
    check_home_open,
    check_other_household,
    history,
    household_in_scope,
    lock_accounts,
    moving,
)
from app.points import Standing, carrying


class StillOpenError(DomainError):
    """Claims of the household are being decided, or orders wait for it (data: ``claims``, ``orders``)."""

    code = "household_busy"
    kind = Kind.CONFLICT


class NotOfHomeError(DomainError):
    """Those who are named are not, each once, who lives in the household now."""

    code = "not_of_home"
    kind = Kind.CONFLICT


class SameHouseholdError(DomainError):
    """A household, and not another one, is named as that into which people or points go."""

    code = "same_household"
    kind = Kind.CONFLICT


class HeadNeededError(DomainError):
    """Each household with people in it has one head: nobody is named, or more than one."""

    code = "head_needed"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Placed:
    """Somebody, and what he is to the head of the household that he is put into."""

    resident_id: UUID
    relation: Relation


@dataclass(frozen=True)
class Goes:
    """Who goes from where to where, and what he was and is then to the head; who stays becomes another."""

    resident_id: UUID
    from_id: UUID
    to_id: UUID
    before: Relation
    relation: Relation


@dataclass(frozen=True)
class PointsGo:
    """How many points go from a household to another one, or to the community, which is none."""

    from_id: UUID
    to_id: UUID | None
    points: int


@dataclass
class Outlook:
    """All that a step does, or what keeps it from being done: each obstacle with its field and remedy."""

    people: list[Goes] = field(default_factory=list)
    points: list[PointsGo] = field(default_factory=list)
    makes: list[UUID] = field(default_factory=list)
    """Households that come to be."""
    closes: list[UUID] = field(default_factory=list)
    """Households that are closed: their binding codes work no more."""
    opens: list[UUID] = field(default_factory=list)
    """Households that are open again, without a binding code."""
    obstacles: list[DomainError] = field(default_factory=list)

    def check(self) -> None:
        """Raise the first obstacle."""
        for one in self.obstacles:
            raise one


@dataclass(frozen=True)
class Homes:
    """Households with who lives there, all of them locked where the step is to be done."""

    session: Session
    households: dict[UUID, Household]
    residents: list[Resident]
    locked: bool

    def of(self, household_id: UUID) -> list[Resident]:
        """Give who lives in one of them."""
        return [one for one in self.residents if one.household_id == household_id]

    def person(self, resident_id: UUID) -> Resident:
        """Give one of those who live in them."""
        return next(one for one in self.residents if one.id == resident_id)

    def points_of(self, *household_ids: UUID) -> dict[UUID, Standing]:
        """Give what they have; the accounts of all are locked together, before what is open is counted."""
        return carrying.standings(self.session, household_ids, locked=self.locked)

    def put(self, step: Step, goes: Goes, home: Household, kind: RosterChangeKind, *, day: date) -> None:
        """Let somebody live in a household, with what is open of him, and write it as a part of the step."""
        resident = self.person(goes.resident_id)
        moving.settle(step.session, step.sealer, resident, home, goes.relation)
        told = {"before": {"relation": goes.before}, "after": {"relation": goes.relation}, "day": day}
        former_id = goes.from_id if goes.from_id != home.id else None
        step.keep_part(history.change_of(kind, resident, former_id=former_id, **told))


def reached(session: Session, actor: Actor, household_id: UUID, *, field: str | None = None) -> Household:
    """Give a household within reach. Raises NotFoundError, which names the field."""
    try:
        return household_in_scope(session, actor, household_id)
    except NotFoundError:
        raise NotFoundError(**{"field": field} if field else {}) from None


def homes(session: Session, *household_ids: UUID, locked: bool) -> Homes:
    """Give households with who lives there: accounts, people and households are locked in this order.

    Nobody goes while his row is locked, and nobody comes while the household is; who came while this waited
    is among those given, though his own row is not locked. An account of points names a household by a key:
    these locks let it be named, so that an order for it does not wait in a circle.
    """
    there = Resident.household_id.in_(household_ids) & Resident.left_on.is_(None)
    if locked:
        lock_accounts(session, User.resident_id.in_(select(Resident.id).where(there)))
        session.scalars(_people(there).with_for_update(key_share=True)).all()
    query = select(Household).where(Household.id.in_(household_ids)).order_by(Household.id)
    if locked:
        query = query.with_for_update(key_share=True)
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    people = session.scalars(_people(there).execution_options(populate_existing=True)).all()
    return Homes(session, {one.id: one for one in found}, list(people), locked)


def _people(which: ColumnElement[bool]) -> Select[Resident]:
    return select(Resident).where(which).order_by(Resident.id)


def refusals(check: Callable[[], Any]) -> Iterator[DomainError]:
    """Give what a check refuses."""
    try:
        check()
    except DomainError as error:
        yield error


def about_homes(
    actor: Actor, found: Homes, household_ids: Collection[UUID], *, field: str | None = None
) -> list[DomainError]:
    """Give why a step may not be taken with households: one is the actor's own, or is closed."""
    obstacles = [*refusals(lambda: check_other_household(actor, *household_ids))]
    for one in household_ids:
        home = found.households[one]
        obstacles += refusals(partial(check_home_open, home, field=field))
    return obstacles


def about_open(session: Session, household_id: UUID) -> list[DomainError]:
    """Give what is open of a household that is to be closed."""
    left = carrying.still_open(session, [household_id])[household_id]
    return [StillOpenError(claims=left.claims, orders=left.orders)] if left.claims or left.orders else []


def about_day(day: date, people: Collection[Resident], *, field: str) -> list[DomainError]:
    """Give whether a day lies in the future, or before one of those whom it is about was born."""
    is_fine = day <= business_day() and all(one.birth_date <= day for one in people)
    return [] if is_fine else [LeftDayError(field=field)]


def about_door(
    session: Session, actor: Actor, place_id: UUID, door: str, *, field: str | None = "door"
) -> list[DomainError]:
    """Give whether another household lives behind a door."""
    return [*refusals(lambda: check_door_free(session, actor, place_id, door, field=field))]


def about_heads(people: Collection[Placed], *, there: Collection[Resident], field: str) -> list[DomainError]:
    """Give whether people who come bring a second head, where those who live there may have one."""
    heads = sum(one.relation is Relation.HEAD for one in people)
    if heads > 1 or (heads and any(one.relation is Relation.HEAD for one in there)):
        return [HeadTakenError(field=field)]
    return []
