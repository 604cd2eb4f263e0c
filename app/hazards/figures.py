"""How many hazards there are of what kind, for what somebody asks of the ledger."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.harm import reading_as
from app.hazards.filters import HazardFilter, is_overdue, matching, readable
from app.models import Hazard, HazardCategory, HazardLevel, HazardStatus

COUNTED_MOST = 50_000
"""Beyond that the figures say that there are more: a count reads what it counts."""


@dataclass(frozen=True)
class HazardCounts:
    """Hazards by status, level and category; words of which there are none are left out."""

    total: int
    truncated: bool
    """There are more than were counted."""
    overdue: int
    by_status: dict[HazardStatus, int]
    by_level: dict[HazardLevel, int]
    by_category: dict[HazardCategory, int]


def hazard_counts(session: Session, actor: Actor, wanted: HazardFilter) -> HazardCounts:
    """Count the hazards that the actor would find in the list, by one statement."""
    found = (
        select(Hazard.status, Hazard.level, Hazard.category, is_overdue(now()).label("overdue"))
        .where(readable(actor), *matching(wanted))
        .limit(COUNTED_MOST + 1)
        .subquery()
    )
    query = select(found.c.status, found.c.level, found.c.category, found.c.overdue, func.count())
    rows = session.execute(
        query.group_by(found.c.status, found.c.level, found.c.category, found.c.overdue),
        reading_as(actor.user_id),
    ).all()
    by_status, by_level = Counter[HazardStatus](), Counter[HazardLevel]()
    by_category = Counter[HazardCategory]()
    overdue = 0
    for status, level, category, late, count in rows:
        by_status[status] += count
        by_level[level] += count
        by_category[category] += count
        overdue += count if late else 0
    total = by_status.total()
    return HazardCounts(
        total=min(total, COUNTED_MOST),
        truncated=total > COUNTED_MOST,
        overdue=overdue,
        by_status=dict(by_status),
        by_level=dict(by_level),
        by_category=dict(by_category),
    )
