"""Reading areas and places."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.actors import Actor, Role, community_of
from app.errors import NotFoundError
from app.models import Area, AreaLevel, Grant, Place, PlaceKind


class Community(NamedTuple):
    """A community and where it lies."""

    code: str
    name: str
    township: str
    county_code: str
    county: str


def areas(session: Session, *, parent: str | None, after: str | None, limit: int) -> list[Area]:
    """List the areas right below a parent (None: the cities), by code. Division names are public facts."""
    query = select(Area).where(Area.parent_code == parent).order_by(Area.code).limit(limit)
    if after is not None:
        query = query.where(Area.code > after)
    return list(session.scalars(query))


def communities(
    session: Session, *, county_code: str | None, after: str | None, limit: int
) -> list[Community]:
    """List the communities that have an admin, of one county or all, by code; public facts."""
    township, county = aliased(Area), aliased(Area)
    has_admin = (
        Grant.area_code == Area.code,
        Grant.role == Role.COMMUNITY_ADMIN,
        Grant.ended_at.is_(None),
    )
    query = (
        select(Area.code, Area.name, township.name, county.code, county.name)
        .join(township, township.code == Area.parent_code)
        .join(county, county.code == township.parent_code)
        .where(Area.level == AreaLevel.COMMUNITY, exists().where(*has_admin))
        .order_by(Area.code)
        .limit(limit)
    )
    if county_code is not None:
        query = query.where(county.code == county_code)
    if after is not None:
        query = query.where(Area.code > after)
    return [Community(*row) for row in session.execute(query)]


def area_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Give the names of areas by their codes; those that are unknown are missing."""
    query = select(Area.code, Area.name).where(Area.code.in_(codes))
    return {code: name for code, name in session.execute(query)}  # noqa: C416 - rows are no pairs to a type checker


def community_name(session: Session, area_code: str) -> str:
    """Give the name of the community in which an area lies."""
    return session.get_one(Area, community_of(area_code)).name


def places(
    session: Session,
    actor: Actor,
    *,
    area_code: str | None = None,
    kind: PlaceKind | None = None,
    after: UUID | None,
    limit: int,
) -> list[Place]:
    """List places of the actor's areas with the codes that hang there, the newest first."""
    query = select(Place).where(actor.scope.clause(Place.area_code)).order_by(Place.id.desc()).limit(limit)
    query = query.options(joinedload(Place.code_in_use))
    if area_code is not None:
        query = query.where(Place.area_code.startswith(area_code, autoescape=True))
    if kind is not None:
        query = query.where(Place.kind == kind)
    if after is not None:
        query = query.where(Place.id < after)
    return list(session.scalars(query))


def place_with_code(session: Session, actor: Actor, place_id: UUID) -> Place:
    """Give one place with the code that hangs there. Raises NotFoundError outside the actor's areas."""
    place = place_in_scope(session, actor, place_id)
    session.refresh(place, ["code_in_use"])
    return place


def place_in_scope(session: Session, actor: Actor, place_id: UUID, *, lock: bool = False) -> Place:
    """Give one place; ``lock`` keeps others from changing its codes meanwhile.

    Raises NotFoundError outside the actor's areas.
    """
    query = select(Place).where(Place.id == place_id, actor.scope.clause(Place.area_code))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    place = session.scalars(query).one_or_none()
    if place is None:
        raise NotFoundError
    return place
