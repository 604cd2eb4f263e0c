"""Where hazards are, for a map: points in WGS-84 and nothing personal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from app.actors import Actor
from app.clock import now
from app.evidence import ACCURACY_KNOWN_M, Point
from app.harm import reading_as
from app.hazards.filters import HazardFilter, matching, readable
from app.hazards.whereabouts import ON_DUTY, point_of
from app.models import (
    HAZARD_ENDED,
    HAZARD_PUT_RIGHT,
    Hazard,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    Place,
)

POINTS_MOST = 2_000
"""What a phone still draws; beyond that one asks for a smaller area or a narrower filter."""
_OWN_POINT = and_(
    Hazard.source.in_(ON_DUTY),
    Hazard.lng.is_not(None),
    Hazard.accuracy_m > 0,
    Hazard.accuracy_m <= ACCURACY_KNOWN_M,
)
"""Where whoever found it on duty stood. Of a neighbour or visitor the place's point is shown: his own
position is his, and it may be his door."""
_HAS_POINT = or_(_OWN_POINT, Place.lng.is_not(None))
_DIGITS = 6
"""Of a degree: a decimetre, more than any phone knows (RFC 7946, 11.2)."""


@dataclass(frozen=True)
class MappedHazard:
    """A hazard on a map."""

    id: UUID
    point: Point
    area_code: str
    place_id: UUID
    place_name: str
    status: HazardStatus
    level: HazardLevel
    category: HazardCategory
    source: HazardSource
    reported_at: datetime
    due_at: datetime | None
    overdue: bool
    recurrences: int


@dataclass(frozen=True)
class HazardMap:
    """The newest hazards that fit and have a point."""

    points: list[MappedHazard]
    truncated: bool
    """There are more than fit on one map."""
    without_position: int
    """How many fit and neither report nor place says where; counted no further than a map holds."""


def hazard_map(session: Session, actor: Actor, wanted: HazardFilter) -> HazardMap:
    """Give the points of what the actor would find in the list, the newest first."""
    within = select(Hazard).join(Hazard.place).where(readable(actor), *matching(wanted))
    shown = within.where(_HAS_POINT).options(contains_eager(Hazard.place))
    asker = reading_as(actor.user_id)
    rows = list(session.scalars(shown.order_by(Hazard.id.desc()).limit(POINTS_MOST + 1), asker))
    nowhere = within.where(~func.coalesce(_HAS_POINT, False)).limit(POINTS_MOST)
    without = session.scalar(
        select(func.count()).select_from(nowhere.with_only_columns(Hazard.id).subquery()), asker
    )
    return HazardMap(
        points=[_mapped(row) for row in rows[:POINTS_MOST]],
        truncated=len(rows) > POINTS_MOST,
        without_position=without or 0,
    )


def _mapped(row: Hazard) -> MappedHazard:
    return MappedHazard(
        id=row.id,
        point=_point(row),
        area_code=row.area_code,
        place_id=row.place_id,
        place_name=row.place.name,
        status=row.status,
        level=row.level,
        category=row.category,
        source=row.source,
        reported_at=row.received_at,
        due_at=row.due_at,
        overdue=row.due_at is not None
        and row.due_at < now()
        and row.status not in HAZARD_ENDED | HAZARD_PUT_RIGHT,
        recurrences=row.recurrences,
    )


def _point(row: Hazard) -> Point:
    point = point_of(row, own=row.source in ON_DUTY)
    assert point is not None, "the statement gives only what has a point"
    lng, lat = point
    return round(lng, _DIGITS), round(lat, _DIGITS)
