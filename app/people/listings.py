"""Reading the roster: staff their areas, a resident his own household."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.actors import Actor
from app.errors import NotFoundError
from app.models import Household, Relation, Resident
from app.people.by_door import Door, ids_by_door
from app.people.leaving import check_lives_here

Reached = Callable[[Session, Actor, UUID], Resident]
"""Gives somebody whom the actor reaches. Raises NotFoundError for anybody else."""


def households(
    session: Session,
    actor: Actor,
    *,
    area_code: str | None = None,
    place_id: UUID | None = None,
    after: Door | None,
    limit: int,
) -> list[Household]:
    """List open households within reach by area, building and door, with place and residents."""
    which = select(Household.id).where(actor.scope.clause(Household.area_code, Household.id))
    if place_id is not None:
        which = which.where(Household.place_id == place_id)
    ids = ids_by_door(session, actor, which, Household.id, area_code=area_code, after=after, limit=limit)
    found = {one.id: one for one in session.scalars(_whole(select(Household).where(Household.id.in_(ids))))}
    return [found[one] for one in ids]


def _whole(query: Select[Household]) -> Select[Household]:
    return query.options(joinedload(Household.place), selectinload(Household.residents))


def household_in_scope(
    session: Session, actor: Actor, household_id: UUID, *, residents: bool = False
) -> Household:
    """Give one household with its place, and with its residents if they are asked for.

    Raises NotFoundError outside the actor's reach.
    """
    query = select(Household).options(joinedload(Household.place))
    if residents:
        query = _whole(query)
    found = session.scalars(
        query.where(Household.id == household_id, actor.scope.clause(Household.area_code, Household.id))
    ).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def head_of(household: Household) -> Resident | None:
    """Give the head of a household that was read with its residents, if one is registered."""
    return next((one for one in household.residents if one.relation is Relation.HEAD), None)


def residents_of(
    session: Session, actor: Actor, household_id: UUID, *, after: UUID | None, limit: int
) -> list[Resident]:
    """List who lives in a household in the order they were entered. Raises NotFoundError."""
    household_in_scope(session, actor, household_id)
    here = (Resident.household_id == household_id, Resident.left_on.is_(None))
    query = select(Resident).where(*here).order_by(Resident.id).limit(limit)
    if after is not None:
        query = query.where(Resident.id > after)
    return list(session.scalars(query))


def _with_home() -> Select[Resident]:
    home = contains_eager(Resident.household).joinedload(Household.place)
    return select(Resident).join(Resident.household).options(home)


def residents_reached(session: Session, actor: Actor, resident_ids: Collection[UUID]) -> Sequence[Resident]:
    """Give those of some residents who live in the actor's areas, with household and place."""
    which = (Resident.id.in_(resident_ids), actor.scope.clause(Resident.area_code))
    return session.scalars(_with_home().where(*which)).all()


def resident_in_scope(session: Session, actor: Actor, resident_id: UUID) -> Resident:
    """Give one resident with household and place. Raises NotFoundError outside the actor's reach."""
    found = session.scalars(_known(actor, resident_id)).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def resident_held(session: Session, actor: Actor, resident_id: UUID) -> Resident:
    """Give the same, who lives there until the end: who lets him leave or move waits, or is seen.

    Raises NotFoundError, ResidentLeftError.
    """
    session.execute(select(Resident.id).where(Resident.id == resident_id).with_for_update(read=True))
    query = _known(actor, resident_id).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError
    check_lives_here(found)
    return found


def _known(actor: Actor, resident_id: UUID) -> Select[Resident]:
    within = actor.scope.clause(Resident.area_code, Resident.household_id)
    return _with_home().where(Resident.id == resident_id, within)


def resident_with_home(session: Session, resident_id: UUID) -> Resident:
    """Give one who is there with household and place, to whoever reaches him by other rights."""
    return session.scalars(_with_home().where(Resident.id == resident_id)).one()
