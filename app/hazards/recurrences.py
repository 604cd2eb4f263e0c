"""What comes back: places and items with hazards again and again, and the earlier ones of a hazard."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.actors import Actor, Scope
from app.clock import now
from app.harm import reading_as
from app.hazards.filters import readable
from app.models import HAZARD_OPEN, ChecklistItem, Hazard, HazardEvent, HazardStatus, HazardStep, Place

_SHOWN = 100
_EARLIER = 10
_NO_HAZARD = (HazardStatus.REJECTED, HazardStatus.DUPLICATE)


class RecurrenceBy(enum.StrEnum):
    """What comes back: one item of a checklist at a place, or anything there."""

    ITEM = "item"
    PLACE = "place"


@dataclass(frozen=True)
class Recurrence:
    """How often something was found at a place within some days."""

    place_id: UUID
    place_name: str
    area_code: str
    item_key: str | None
    item_text: str | None
    hazards: int
    sightings: int
    """Findings: also those that joined a hazard which was open."""
    came_back: int
    """How many were found within a month after the one before was closed."""
    open_now: int
    last_found_at: datetime
    last_closed_at: datetime | None


@dataclass(frozen=True)
class EarlierHazard:
    """A hazard of the same item at the same place, found before."""

    id: UUID
    status: HazardStatus
    received_at: datetime
    ended_at: datetime | None


def recurrences(
    session: Session, actor: Actor, *, by: RecurrenceBy, days: int, area_code: str | None = None
) -> tuple[list[Recurrence], bool]:
    """Give what was found more than once in his areas within so many days, the most frequent first.

    It is one statement. Says beside it whether there is more than is given.
    """
    of_item = by is RecurrenceBy.ITEM
    keys: list[Any] = [Hazard.place_id, *([Hazard.item_key] if of_item else [])]
    closed = case((Hazard.status == HazardStatus.CLOSED, Hazard.ended_at))
    sightings = func.count() + func.sum(Hazard.recurrences)
    joined = select(func.max(HazardEvent.at)).where(
        HazardEvent.hazard_id == Hazard.id, HazardEvent.step == HazardStep.RECUR
    )
    again = case((Hazard.recurrences > 0, joined.scalar_subquery()))
    terms = [
        actor.scope.clause(Hazard.area_code),
        Hazard.received_at >= now() - timedelta(days=days),
        Hazard.status.not_in(_NO_HAZARD),
        *([Hazard.item_key.is_not(None)] if of_item else []),
        *([Scope(areas=(area_code,)).clause(Hazard.area_code)] if area_code is not None else []),
    ]
    found = (
        select(
            *keys,
            func.max(Hazard.area_code).label("area_code"),
            func.count().label("hazards"),
            sightings.label("sightings"),
            func.count().filter(Hazard.came_back).label("came_back"),
            func.count().filter(HAZARD_OPEN).label("open_now"),
            func.max(func.greatest(Hazard.received_at, again)).label("last_found_at"),
            func.max(closed).label("last_closed_at"),
            func.max(ChecklistItem.text).label("item_text"),
        )
        .outerjoin(ChecklistItem, ChecklistItem.id == Hazard.item_id)
        .where(and_(*terms))
        .group_by(*keys)
        .having(sightings > 1)
        .order_by(sightings.desc(), *keys)
        .limit(_SHOWN + 1)
        .subquery()
    )
    query = select(found, Place.name.label("place_name")).join(Place, Place.id == found.c.place_id)
    rows = session.execute(query.order_by(found.c.sightings.desc(), found.c.place_id)).mappings()
    given = [
        Recurrence(**{"item_key": None, **row, **({} if of_item else {"item_text": None})}) for row in rows
    ]
    return given[:_SHOWN], len(given) > _SHOWN


def earlier(session: Session, actor: Actor, row: Hazard) -> list[EarlierHazard]:
    """Give the hazards of the same item at that place that were found before, the latest first.

    Only those that the actor reads.
    """
    if row.item_key is None:
        return []
    query = (
        select(Hazard.id, Hazard.status, Hazard.received_at, Hazard.ended_at)
        .where(
            Hazard.place_id == row.place_id,
            Hazard.item_key == row.item_key,
            Hazard.id != row.id,
            Hazard.received_at <= row.received_at,
            readable(actor),
        )
        .order_by(Hazard.received_at.desc(), Hazard.id.desc())
        .limit(_EARLIER)
    )
    return [EarlierHazard(*one) for one in session.execute(query, reading_as(actor.user_id))]
