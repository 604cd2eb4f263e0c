"""Reports that were merged into another hazard: what one stands for, and what stands for each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, case, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.actors import Actor
from app.harm import HarmRecord, reading_as, told_by_another
from app.hazards.filters import readable
from app.models import FROZEN_TOO, ClockFlag, Hazard, HazardEvent, HazardStatus, HazardStep, Place
from app.retention import kept_for_a_case

MERGED_MOST = 20
"""The first reports that were merged into a hazard; more say nothing new."""


@dataclass
class Merged:
    """What was merged into a hazard, also by way of another that was."""

    count: int = 0
    ids: list[UUID] = field(default_factory=list)
    """The first of those that the reader may read."""


@dataclass(frozen=True)
class KeptHazard:
    """What stands for a report that was merged into it, as whoever wrote the report may know it."""

    hazard: Hazard
    place_name: str
    reason: str
    """Why it was not accepted; empty otherwise."""


@dataclass(frozen=True)
class MergedRating:
    """What somebody said of the outcome whose report was merged into it; he is not named."""

    hazard_id: UUID
    """Of his report."""
    satisfaction: int
    note: str
    rated_at: datetime


def merged_below(hazard_ids: Collection[UUID]) -> CTE:
    """Give in SQL what was merged into these hazards, as ``kept_id`` and ``id``; each stands with itself."""
    merged = (
        select(Hazard.id.label("kept_id"), Hazard.id.label("id"))
        .where(Hazard.id.in_(hazard_ids))
        .cte("merged", recursive=True)
    )
    return merged.union(
        select(merged.c.kept_id, Hazard.id).join(merged, Hazard.duplicate_of_id == merged.c.id)
    )


def last_found(session: Session, hazard: Hazard, *, after: datetime, at_first: bool) -> datetime | None:
    """Say when a hazard was last found after a moment: once more, or by what was merged into it.

    ``at_first``: also by its own report. A finding stays one when its reporter closes his account.
    """
    merged = merged_below([hazard.id])
    sightings = select(_moment(HazardEvent, HazardEvent.at).label("at"))
    sightings = sightings.join_from(HazardEvent, merged, HazardEvent.hazard_id == merged.c.id)
    reports = select(_moment(Hazard, Hazard.received_at))
    reports = reports.join_from(Hazard, merged, Hazard.id == merged.c.id)
    if not at_first:
        reports = reports.where(Hazard.id != hazard.id)
    found = union_all(sightings.where(HazardEvent.step == HazardStep.RECUR), reports).subquery()
    query = select(func.max(found.c.at)).where(found.c.at > after)
    last: datetime | None = session.scalar(query, execution_options={FROZEN_TOO: True})
    return last


def _moment(
    of: type[HazardEvent | Hazard], arrived_at: InstrumentedAttribute[datetime]
) -> ColumnElement[datetime]:
    """Give in SQL what ``happened_at`` gives of a row, but of a clock that is ahead when it arrived."""
    return func.least(case((of.clock_flag == ClockFlag.OK, of.captured_at)), arrived_at)


def merged_into(session: Session, actor: Actor, hazard_ids: Collection[UUID]) -> dict[UUID, Merged]:
    """Say of each of these hazards what was merged into it, by one statement.

    Whoever reads it as a resident is told how many reports there are, but of none that tells of harm to a
    minor: that may be of his home (ADR 0013).
    """
    found = {hazard_id: Merged() for hazard_id in hazard_ids}
    if not found:
        return found
    merged = merged_below(hazard_ids)
    query = (
        select(merged.c.kept_id, Hazard.id, readable(actor))
        .join(merged, Hazard.id == merged.c.id)
        .where(merged.c.id != merged.c.kept_id, _counted(actor))
        .order_by(Hazard.id)
    )
    for kept_id, merged_id, is_readable in session.execute(query, reading_as(actor.user_id)):
        of = found[kept_id]
        of.count += 1
        if is_readable and len(of.ids) < MERGED_MOST:
            of.ids.append(merged_id)
    return found


def merged_ratings(session: Session, actor: Actor, hazard_id: UUID) -> list[MergedRating]:
    """Give what the first reporters said whose reports were merged into a hazard, each the last he said.

    Of reports that the actor does not read he is told nothing.
    """
    merged = merged_below([hazard_id])
    said = (
        select(HazardEvent.note)
        .where(HazardEvent.hazard_id == Hazard.id, HazardEvent.step == HazardStep.RATE)
        .order_by(HazardEvent.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Hazard.id, Hazard.satisfaction, func.coalesce(said, ""), Hazard.rated_at)
        .join(merged, Hazard.id == merged.c.id)
        .where(merged.c.id != hazard_id, Hazard.satisfaction.is_not(None), readable(actor))
        .order_by(Hazard.id)
        .limit(MERGED_MOST)
    )
    return [MergedRating(*row) for row in session.execute(query, reading_as(actor.user_id))]


def _counted(actor: Actor) -> ColumnElement[bool]:
    untold = ~kept_for_a_case(Hazard.id, HarmRecord.HAZARD)
    return or_(actor.scope.clause(Hazard.area_code), untold)


def kept_for(session: Session, rows: Iterable[Hazard], *, reader: UUID | None) -> dict[UUID, KeptHazard]:
    """Give of each of these that was merged what stands for it now, by one statement.

    One that is out of sight since its reporter closed his account is left out.
    """
    merged_ids = [row.id for row in rows if row.status is HazardStatus.DUPLICATE]
    if not merged_ids:
        return {}
    above = (
        select(Hazard.id.label("merged_id"), Hazard.duplicate_of_id.label("id"))
        .where(Hazard.id.in_(merged_ids))
        .cte("above", recursive=True)
    )
    above = above.union(
        select(above.c.merged_id, Hazard.duplicate_of_id)
        .join(above, Hazard.id == above.c.id)
        .where(Hazard.duplicate_of_id.is_not(None))
    )
    refusal = (HazardEvent.hazard_id == Hazard.id) & (HazardEvent.step == HazardStep.REJECT)
    query: Any = (
        select(above.c.merged_id, Hazard, Place.name, HazardEvent.note)
        .join(Hazard, Hazard.id == above.c.id)
        .join(Place, Place.id == Hazard.place_id)
        .outerjoin(HazardEvent, refusal & ~told_by_another(HazardEvent.id))
        .where(Hazard.status != HazardStatus.DUPLICATE)
    )
    found = session.execute(query, reading_as(reader))
    return {merged_id: KeptHazard(row, place, reason or "") for merged_id, row, place, reason in found}
