"""In which order the workers walk their grids: up one side of the street, and down the other."""

from collections import defaultdict
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from app import places
from app.actors import Actor
from app.cli.seed.ids import id_at
from app.cli.seed.stage import Stage
from app.identity import Permission

_SET = 40, 9.0


def set_routes(stage: Stage) -> None:
    """Let the admins of both sites give each grid with several places its route."""
    world, rng, at = stage.history.world, stage.history.rng("routes"), stage.moment(_SET)
    of_area = defaultdict[str, list[UUID]](list)
    for place in world.places:
        of_area[place.area_code].append(place.id)
    for area_code, ids in of_area.items():
        if len(ids) > 1:
            admin = stage.staff(world.admin(area_code), Permission.PLAN_WRITE)
            new = places.NewRoute(area_code, [*ids[::2], *ids[1::2][::-1]])
            stage.do(at, partial(_set, admin=admin, route_id=id_at(rng, at), new=new))


def _set(session: Session, *, admin: Actor, route_id: UUID, new: places.NewRoute) -> None:
    places.set_route(session, admin, route_id, new)
