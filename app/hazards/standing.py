"""What stands for the items of a place: their own hazards, and what these were merged into."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from app.models import (
    FROZEN_TOO,
    HAZARD_ENDED,
    HAZARD_OPEN,
    ChecklistItem,
    Hazard,
    HazardEvent,
    HazardLevel,
    HazardStatus,
    HazardStep,
)

CAME_BACK_WITHIN = timedelta(days=30)
"""What is found again so soon after it was closed was not put right for good."""


@dataclass(frozen=True)
class Standing:
    """The locked hazards that stand for items of a place: open ones, and those closed lately or since."""

    place_id: UUID
    found_at: datetime
    rows: dict[str, list[Hazard]]
    """By the key of the item, its own or what these were merged into."""
    lowered: set[UUID]
    """General ones that were major: the county looked, and said so."""

    def open_for(self, key: str) -> Hazard | None:
        """Give the open one of an item: its own, or else the first of those that its own was merged into."""
        found = [row for row in self.rows.get(key, []) if row.status not in HAZARD_ENDED]
        return min(found, key=lambda row: (not self._is_own(row, key), row.received_at, row.id), default=None)

    def closed_since(self, key: str, level: HazardLevel) -> Hazard | None:
        """Give the one of an item that was closed first after it was found; of a major one no general one."""
        found = [row for row in self._closed(key) if row[0] > self.found_at]
        fit = [row for _, _, row in sorted(found) if not self.is_below(row, level)]
        return fit[0] if fit else None

    def came_back(self, key: str) -> bool:
        """Say whether an item was closed within a month before it was found."""
        return any(
            self.found_at - CAME_BACK_WITHIN <= ended_at <= self.found_at
            for ended_at, *_ in self._closed(key)
        )

    def is_below(self, row: Hazard, level: HazardLevel) -> bool:
        """Say whether a hazard is general where its item is major now, and nobody of the county said so."""
        is_major = level is HazardLevel.MAJOR
        return is_major and row.level is HazardLevel.GENERAL and row.id not in self.lowered

    def _closed(self, key: str) -> list[tuple[datetime, UUID, Hazard]]:
        closed = [row for row in self.rows.get(key, []) if row.status is HazardStatus.CLOSED]
        return [(row.ended_at, row.id, row) for row in closed if row.ended_at is not None]

    def _is_own(self, row: Hazard, key: str) -> bool:
        return row.place_id == self.place_id and row.item_key == key


def lock_standing(session: Session, place_id: UUID, keys: Collection[str], *, found_at: datetime) -> Standing:
    """Lock what stands for items of a place that were found broken, by a constant number of statements.

    They are locked by their ids, as by a merge, so that none of both waits for the other; what was merged
    into another until it was locked is looked for once more.
    """
    while True:
        of = _ids(session, place_id, keys, since=found_at - CAME_BACK_WITHIN)
        rows = _locked(session, {row_id for ids in of.values() for row_id in ids})
        if all(row.status is not HazardStatus.DUPLICATE for row in rows.values()):
            break
    by_key = {key: [rows[one] for one in ids if one in rows] for key, ids in of.items()}
    return Standing(place_id, found_at, by_key, _lowered(session, rows))


def _ids(
    session: Session, place_id: UUID, keys: Collection[str], *, since: datetime
) -> dict[str, list[UUID]]:
    """Name what stands for each item, also by way of what somebody reported who closed his account."""
    stands = (
        select(Hazard.item_key.label("item_key"), Hazard.id.label("id"))
        .where(Hazard.place_id == place_id, Hazard.item_key.in_(keys))
        .cte("stands", recursive=True)
    )
    stands = stands.union(
        select(stands.c.item_key, Hazard.duplicate_of_id)
        .join(stands, Hazard.id == stands.c.id)
        .where(Hazard.duplicate_of_id.is_not(None))
    )
    closed = and_(Hazard.status == HazardStatus.CLOSED, Hazard.ended_at >= since)
    query = (
        select(stands.c.item_key, Hazard.id)
        .join(Hazard, Hazard.id == stands.c.id)
        .where(or_(HAZARD_OPEN, closed))
    )
    found: dict[str, list[UUID]] = defaultdict(list)
    for key, row_id in session.execute(query, execution_options={FROZEN_TOO: True}):
        found[key].append(row_id)
    return found


def _locked(session: Session, ids: Collection[UUID]) -> dict[UUID, Hazard]:
    """Lock hazards by their ids; one that is out of sight is left out."""
    query = (
        select(Hazard)
        .where(Hazard.id.in_(ids))
        .order_by(Hazard.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in session.scalars(query)} if ids else {}


def _lowered(session: Session, rows: Collection[UUID]) -> set[UUID]:
    """Give the general ones that came in as major, or were made so: from there only the county leads back."""
    major = exists().where(ChecklistItem.id == Hazard.item_id, ChecklistItem.level == HazardLevel.MAJOR)
    raised = exists().where(HazardEvent.hazard_id == Hazard.id, HazardEvent.step == HazardStep.RAISE_LEVEL)
    query = select(Hazard.id).where(Hazard.id.in_(rows), Hazard.level == HazardLevel.GENERAL)
    return set(session.scalars(query.where(or_(major, raised)))) if rows else set()
