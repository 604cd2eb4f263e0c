"""How many people are looked after, as offices read it: by area and category, on the first of each month.

Figures are worked out once for everybody, so that two answers never differ by a filter or by a day
(ADR 0024).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import business_day
from app.errors import NotFoundError
from app.models import Area, AreaLevel, CareCategory, CareCount, CareRecord
from app.reports.least_loss import LEVELS
from app.reports.suppression import counts_of_tree, kept_back


@dataclass(frozen=True)
class AreaCounts:
    """The figures of an area: None where one is not told, or was not counted in that month."""

    area: Area
    people: dict[CareCategory, int | None]


def count_care(session: Session) -> int:
    """Write the figures of this month, if nobody did yet; give how many there are.

    Each is of those whose care had begun by its first day and went on then. The caller lets one at a time do
    it.
    """
    month = business_day().replace(day=1)
    if session.scalar(select(exists().where(CareCount.month == month))):
        return 0
    community = func.left(CareRecord.area_code, COMMUNITY_DIGITS)
    query = (
        select(CareRecord.category, community, func.count())
        .where(CareRecord.started_on <= month)
        .where(CareRecord.ended_on.is_(None) | (CareRecord.ended_on >= month))
        .group_by(CareRecord.category, community)
    )
    found: dict[CareCategory, dict[str, int]] = {category: {} for category in CareCategory}
    for category, code, people in session.execute(query):
        found[category][code] = people
    areas = session.scalars(select(Area.code).where(Area.level.in_(LEVELS))).all()
    rows: list[dict[str, Any]] = []
    for category, by_community in found.items():
        counts = counts_of_tree(by_community, areas)
        hidden = kept_back(counts)
        rows += [
            {
                "month": month,
                "area_code": code,
                "category": category,
                "people": people,
                "is_shown": code not in hidden,
            }
            for code, people in counts.items()
        ]
    if rows:
        session.execute(insert(CareCount), rows)
    return len(rows)


def care_counts(
    session: Session, actor: Actor, area_code: str, month: date, *, after: str | None, limit: int
) -> list[AreaCounts]:
    """Give the figures of an area, and of those right below it down to communities, by code.

    Raises NotFoundError outside the actor's areas, and for a grid.
    """
    top = session.get(Area, area_code)
    if top is None or top.level not in LEVELS or not actor.scope.covers(area_code):
        raise NotFoundError(field="area_code")
    which = (Area.code == area_code) | (Area.parent_code == area_code) & (Area.level != AreaLevel.GRID)
    query = select(Area).where(which).order_by(Area.code).limit(limit)
    if after is not None:
        query = query.where(Area.code > after)
    areas = session.scalars(query).all()
    told = _told(session, areas, month)
    return [AreaCounts(area, told[area.code]) for area in areas]


def _told(session: Session, areas: Sequence[Area], month: date) -> dict[str, dict[CareCategory, int | None]]:
    told: dict[str, dict[CareCategory, int | None]] = {
        area.code: dict.fromkeys(CareCategory) for area in areas
    }
    query = select(CareCount).where(CareCount.month == month, CareCount.area_code.in_(told))
    for row in session.scalars(query):
        told[row.area_code][row.category] = row.people if row.is_shown else None
    return told
