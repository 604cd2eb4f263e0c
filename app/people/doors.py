"""Doors as they are kept and compared: however somebody writes one, one household lives behind it."""

import unicodedata
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.models import Household

_DASHES = str.maketrans(
    dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-")
)
_FLAT = "室"


class DoorTakenError(DomainError):
    """Another household of this building has the door number (``there_id``, within the actor's reach)."""

    code = "door_taken"
    kind = Kind.CONFLICT


def kept_door(written: str) -> str:
    """Give a door as it is kept: plain signs, large letters, one kind of dash and no blanks."""
    return "".join(unicodedata.normalize("NFKC", written).upper().split()).translate(_DASHES)


def folded_door(written: str) -> str:
    """Give a door as it is compared, by hand and in a workbook: 1单元101室 is 1单元101."""
    kept = kept_door(written).casefold()
    return kept.removesuffix(_FLAT) if kept[-2:-1].isdecimal() else kept


def home_behind(session: Session, place_id: UUID, door: str) -> Household | None:
    """Give the open household behind a door of a building, however either is written."""
    # The index knows doors without any dash, so 1-101 and 1101 come together, and are told apart here.
    query = select(Household).where(
        Household.place_id == place_id,
        func.plain_door(Household.door) == func.plain_door(door),
        Household.closed_on.is_(None),
    )
    wanted = folded_door(door)
    found = [one for one in session.scalars(query) if folded_door(one.door) == wanted]
    return min(found, key=lambda one: (one.door != kept_door(door), one.id), default=None)


def check_door_free(
    session: Session,
    actor: Actor,
    place_id: UUID,
    door: str,
    *,
    field: str | None = None,
    but: UUID | None = None,
) -> None:
    """Refuse a door behind which another household than ``but`` lives. Raises DoorTakenError."""
    there = home_behind(session, place_id, door)
    if there is None or there.id == but:
        return
    told: dict[str, object] = {"field": field} if field else {}
    if actor.scope.covers(there.area_code, there.id):
        told["there_id"] = there.id
    raise DoorTakenError(**told)
