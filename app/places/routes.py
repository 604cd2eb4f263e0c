"""Routes: in which order places are walked. What no route names comes after, by name as people count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, SQLColumnExpression, Uuid, case, cast, func, or_, select, update
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor, community_of
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.models import Area, Place, Route
from app.once import content_hash, insert_once, made_before
from app.places.register import AreaUnknownError

ROUTE_MOST = 1000
"""Places of one route; more than that nobody walks."""

_BEHIND = ROUTE_MOST + 1


class RoutePlacesError(DomainError):
    """Some places lie outside the area (data: ``count``)."""

    code = "route_places"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewRoute:
    """The places of a community or grid in the order in which they are walked; none ends its route."""

    area_code: str
    place_ids: Sequence[UUID]


@dataclass(frozen=True)
class StandingRoute:
    """The places of an area in the order that holds; ``more_places`` where there are more than are shown."""

    places: Sequence[Place]
    more_places: bool


class Stop(NamedTuple):
    """What a place's position on its route goes by."""

    id: UUID
    area_code: str
    name: str
    route_code: str | None
    route_position: int | None


def set_route(session: Session, actor: Actor, route_id: UUID, new: NewRoute) -> tuple[Route, bool]:
    """Give the places of an area their order, in one write; those that it does not name are on no route then.

    Raises NotFoundError outside the actor's areas, AreaUnknownError (no community or grid), RoutePlacesError,
    OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Route, route_id, sent, author=Route.set_by, by=actor.user_id)
    if first is not None:
        return first, False
    if not actor.scope.covers(new.area_code):
        raise NotFoundError(field="area_code")
    _lock_community(session, new.area_code)
    here = Place.area_code.startswith(new.area_code, autoescape=True)
    # Locked by id, as whoever gives many places their codes locks them.
    named = select(Place.id).where(here, Place.id.in_(new.place_ids)).order_by(Place.id)
    outside = set(new.place_ids) - set(session.scalars(named.with_for_update(key_share=True)))
    if outside:
        raise RoutePlacesError(field="place_ids", count=len(outside))
    row, made = insert_once(
        session,
        Route,
        route_id,
        sent,
        area_code=new.area_code,
        place_ids=[str(place_id) for place_id in new.place_ids],
        set_by=actor.user_id,
        set_at=now(),
    )
    if made:
        position = func.array_position(cast(list(new.place_ids), ARRAY(Uuid)), Place.id)
        session.execute(
            update(Place)
            .where(here, or_(Place.id.in_(new.place_ids), Place.route_code.is_not(None)))
            .values(route_code=case((position.is_not(None), new.area_code)), route_position=position)
            .execution_options(synchronize_session=False)
        )
    return row, made


def route(session: Session, actor: Actor, area_code: str) -> StandingRoute:
    """Give the places of an area in the order in which they are walked. Raises NotFoundError outside."""
    if not actor.scope.covers(area_code):
        raise NotFoundError(field="area_code")
    query = select(Place).where(Place.area_code.startswith(area_code, autoescape=True))
    query = query.order_by(*route_order()).limit(ROUTE_MOST + 1)
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    return StandingRoute(sorted(found[:ROUTE_MOST], key=route_key), more_places=len(found) > ROUTE_MOST)


def route_order() -> tuple[SQLColumnExpression[Any], ...]:
    """Give by what SQL puts places in the order of ``route_key``."""
    return (
        func.coalesce(Place.route_code, Place.area_code),
        func.coalesce(Place.route_position, _BEHIND),
        Place.area_code,
        func.as_counted(Place.name),
        Place.id,
    )


def route_key(place: Place | Stop) -> tuple[object, ...]:
    """Give by what places are put in the order of the route.

    By the area whose route it is and the position on it; behind them what no route names, by area and by name
    as people count (2号楼 before 10号楼).
    """
    parts = re.split(r"([0-9]+)", place.name)
    counted = tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)
    position = place.route_position or _BEHIND
    return place.route_code or place.area_code, position, place.area_code, counted, place.id


def _lock_community(session: Session, area_code: str) -> None:
    """Let routes of a community's areas be set one after the other. Raises AreaUnknownError."""
    if len(area_code) < COMMUNITY_DIGITS or session.get(Area, area_code) is None:
        raise AreaUnknownError(field="area_code")
    session.get_one(Area, community_of(area_code), with_for_update={"key_share": True})
