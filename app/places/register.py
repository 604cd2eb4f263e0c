"""Registering places."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.models import DIGITS, Area, AreaLevel, Place, PlaceKind
from app.once import content_hash, insert_once, made_before


class AreaUnknownError(DomainError):
    """There is no such area, or it is larger than a community."""

    code = "area_unknown"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewPlace:
    """What it takes to register a place; the position is WGS-84."""

    area_code: str
    kind: PlaceKind
    name: str
    address: str = ""
    lng: float | None = None
    lat: float | None = None
    radius_m: int = 80


def register(session: Session, actor: Actor, place_id: UUID, new: NewPlace) -> tuple[Place, bool]:
    """Register a place in a community or grid.

    The same place again is the first one, though the actor's areas are others since.

    Raises NotFoundError outside the actor's areas, AreaUnknownError, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Place, place_id, sent)
    if first is not None:
        return _with_code(session, first), False
    if not actor.scope.covers(new.area_code):
        raise NotFoundError(field="area_code")
    if len(new.area_code) < COMMUNITY_DIGITS or session.get(Area, new.area_code) is None:
        raise AreaUnknownError(field="area_code")
    place, made = insert_once(session, Place, place_id, sent, created_at=now(), **asdict(new))
    return _with_code(session, place), made


def register_grid(session: Session, actor: Actor, code: str, name: str) -> tuple[Area, bool]:
    """Make a grid of a community, or let one that is there be called so.

    Raises NotFoundError outside the actor's areas, AreaUnknownError where there is no such community.
    """
    if not actor.scope.covers(code):
        raise NotFoundError(field="area_code")
    parent = session.get(Area, code[:COMMUNITY_DIGITS])
    if len(code) != DIGITS[AreaLevel.GRID] or parent is None:
        raise AreaUnknownError(field="area_code")
    values = {"code": code, "name": name, "level": AreaLevel.GRID, "parent_code": parent.code}
    made = session.scalar(insert(Area).values(values).on_conflict_do_nothing().returning(Area.code))
    grid = session.get_one(Area, code, with_for_update={"key_share": True}, populate_existing=True)
    grid.name = name
    return grid, made is not None


def _with_code(session: Session, place: Place) -> Place:
    """Load what is shown of a place beside its own columns."""
    session.refresh(place, ["code_in_use"])
    return place
