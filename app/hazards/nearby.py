"""What may be the same thing as a report: hazards of its category near it, to be set beside it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor, Scope, community_of
from app.clock import now
from app.errors import NotFoundError
from app.evidence import NamedPhoto, Point, distance_m, photos_of
from app.hazards.whereabouts import point_of
from app.models import HAZARD_OPEN, Hazard, HazardStatus

RADIUS_M = 100
"""Where nobody asks for another."""
_ENDED_WITHIN = timedelta(days=30)
_LOOKED_AT = 500
"""The newest of its category in the community that are open or were lately; more no community has."""
_SHOWN = 20


@dataclass(frozen=True)
class NearbyHazard:
    """A hazard to be set beside another, with its place loaded."""

    hazard: Hazard
    photos: list[NamedPhoto]
    distance_m: int | None
    """None where nobody knows where one of both is, and they are at the same place."""


def nearby(
    session: Session, actor: Actor, hazard_id: UUID, *, radius_m: int = RADIUS_M
) -> tuple[list[NearbyHazard], bool]:
    """Give what a report may be merged into, the nearest first: at its place, or within a radius.

    Says beside it whether there is more than is given.
    A report's own position counts if its phone knew it, else its place's; both are compared in WGS-84.

    Raises NotFoundError out of reach.
    """
    row = session.get(Hazard, hazard_id, options=[joinedload(Hazard.place)], populate_existing=True)
    if row is None or not actor.scope.covers(row.area_code):
        raise NotFoundError
    query = (
        select(Hazard)
        .where(
            Scope(areas=(community_of(row.area_code),)).clause(Hazard.area_code),
            actor.scope.clause(Hazard.area_code),
            Hazard.id != row.id,
            Hazard.category == row.category,
            or_(
                HAZARD_OPEN,
                (Hazard.status == HazardStatus.CLOSED) & (Hazard.ended_at >= now() - _ENDED_WITHIN),
            ),
        )
        .order_by(Hazard.id.desc())
        .limit(_LOOKED_AT)
        .options(joinedload(Hazard.place))
    )
    here = point_of(row)
    found = [(other, _distance(here, point_of(other))) for other in session.scalars(query)]
    near = [
        (other, far)
        for other, far in found
        if other.place_id == row.place_id or (far is not None and far <= radius_m)
    ]
    near.sort(key=lambda one: (one[1] or 0, one[0].id))
    photos = photos_of(session, [other.id for other, _ in near[:_SHOWN]])
    given = [NearbyHazard(other, photos[other.id], far) for other, far in near[:_SHOWN]]
    return given, len(near) > _SHOWN or len(found) == _LOOKED_AT


def _distance(here: Point | None, there: Point | None) -> int | None:
    return None if here is None or there is None else round(distance_m(here, there))
