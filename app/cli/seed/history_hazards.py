"""Hazards of the year, from inspections and from reports, each with its own way."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import hazards
from app.cli.seed import facts
from app.cli.seed.hazard_beside import Beside
from app.cli.seed.hazard_walk import WORKING_DAYS, Walk
from app.cli.seed.history import History
from app.cli.seed.ids import id_at, named
from app.cli.seed.phrases import Problem
from app.cli.seed.site import CITY, SITES
from app.cli.seed.world import SeedPlace
from app.evidence import Gathered
from app.models import (
    CategoryDeadline,
    Hazard,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    PhotoOwner,
)
from app.once import content_hash

_S = HazardStatus
_FRESH_DAYS, _RECENT_DAYS, _OLD_DAYS = 3, 14, 45
_FRESH = (_S.REPORTED, _S.ACCEPTED, None)
_RECENT = (_S.ASSIGNED, _S.RECTIFIED, _S.ACCEPTED, _S.RECTIFYING, None)
_OLDER = (None, _S.RECTIFYING, _S.RECTIFIED, None, _S.ASSIGNED, None)
_MAJOR = (_S.VERIFIED, _S.VERIFIED, _S.RECTIFYING)
"""Where hazards of the last weeks stop in turn, by their age; None goes on as long as there is time."""
_NOT_YET = (
    "assignee_id",
    "unit_id",
    "due_at",
    "due_from",
    "alarm_at",
    "asked_due_at",
    "supervised_at",
    "answered_at",
    "rectified_by",
    "duplicate_of_id",
    "controls",
    "controls_due_at",
    "controls_reported_at",
    "controls_checked_at",
    "five_fixed",
    "department",
    "ended_at",
    "satisfaction",
    "rated_at",
    "receipt_hash",
)
"""What nobody knows of a hazard when it is reported."""
_FIRE_DAYS = 3
"""How many working days the first site gives what may burn, from the last evening of the year on."""
_STUCK = 0.02
"""Share of older ones that wait for money or parts."""


def add_category_deadlines(history: History) -> None:
    """Let the first site say how soon what may burn is put right."""
    site, set_at = SITES[0].code, history.until - timedelta(hours=6)
    deadline_id = named("category deadline", site)
    history.rows.add(
        CategoryDeadline,
        id=deadline_id,
        area_code=site,
        category=HazardCategory.FIRE,
        working_days=_FIRE_DAYS,
        set_by=history.world.admin(site),
        set_at=set_at,
        content_hash=deadline_id.bytes,
    )


class Hazards:
    """All hazards of the history, and which items are open where."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._rng = history.rng("hazards")
        self._rng_beside = history.rng("beside the hazards")
        self._walks: list[Walk] = []
        self._by_item: dict[tuple[UUID, str], Walk] = {}
        self._turns: dict[tuple[HazardStatus | None, ...], int] = {}

    def is_open(self, place: SeedPlace, item: str, at: datetime) -> bool:
        """Say whether an item at a place had an open hazard at a moment."""
        walk = self._by_item.get((place.id, item))
        return walk is not None and walk.is_open(at)

    def found(
        self,
        place: SeedPlace,
        item: facts.Item,
        problem: Problem,
        note: str,
        inspection_id: UUID,
        worker: UUID,
        gathered: Gathered,
        photo_ids: list[UUID],
    ) -> Walk:
        """Give the hazard that a problem answer raises, or the open one that it joins."""
        at = gathered.received_at
        if self.is_open(place, problem.item, at):
            walk = self._by_item[place.id, problem.item]
            walk.recur(at, worker, note, inspection_id)
            return walk
        before = self._by_item.get((place.id, problem.item))
        item_id = named("checklist item", problem.item)
        walk = self.begin(
            place,
            gathered,
            id_at(self._rng, at),
            source=HazardSource.INSPECTION,
            category=item.category,
            level=item.level,
            text=f"「{item.text}」有问题：{note}",
            done=self._rng.choice(problem.done),
            days=item.deadline_days or WORKING_DAYS,
            reported_by=worker,
            item_id=item_id,
            item_key="/".join((CITY, *problem.item.split())),
            inspection_id=inspection_id,
            came_back=before is not None and before.closed_since(at - hazards.CAME_BACK_WITHIN),
            content_hash=content_hash(inspection_id, item_id),
        )
        self._history.name_photos(PhotoOwner.HAZARD, walk.id, place.area_code, photo_ids)
        self._by_item[place.id, problem.item] = walk
        walk.go(self._stop(walk))
        return walk

    def begin(
        self,
        place: SeedPlace,
        gathered: Gathered,
        hazard_id: UUID,
        *,
        source: HazardSource,
        category: HazardCategory,
        text: str,
        done: str,
        level: HazardLevel = HazardLevel.GENERAL,
        days: int = WORKING_DAYS,
        **values: Any,
    ) -> Walk:
        """Begin the story of a hazard with its report."""
        row = self._history.rows.add(
            Hazard,
            id=hazard_id,
            area_code=place.area_code,
            place_id=place.id,
            source=source,
            category=category,
            level=level,
            text=text,
            status=HazardStatus.REPORTED,
            recurrences=0,
            recheck_failures=0,
            extensions=0,
            **dict.fromkeys(_NOT_YET),
            **({"item_id": None, "item_key": None, "inspection_id": None, "came_back": False} | values),
            **gathered.columns(),
        )
        beside = Beside(self._history, self._rng_beside, row)
        walk = Walk(self._history, self._rng, row, place.kind, done, beside, days)
        walk.report()
        self._walks.append(walk)
        return walk

    def go(self, walk: Walk) -> None:
        """Let a reported hazard go as far as one of its age usually is."""
        walk.go(self._stop(walk))

    def settle(self) -> None:
        """Write down the steps of all hazards."""
        for walk in self._walks:
            walk.settle()

    def _stop(self, walk: Walk) -> HazardStatus | None:
        days = self._history.days_ago(walk.row["received_at"])
        if days > _OLD_DAYS:
            return HazardStatus.RECTIFYING if self._rng.random() < _STUCK else None
        if walk.row["level"] is HazardLevel.MAJOR:
            return self._next(_MAJOR)
        if days <= _FRESH_DAYS:
            return self._next(_FRESH)
        return self._next(_RECENT if days <= _RECENT_DAYS else _OLDER)

    def _next(self, turns: tuple[HazardStatus | None, ...]) -> HazardStatus | None:
        turn = self._turns.get(turns, 0)
        self._turns[turns] = turn + 1
        return turns[turn % len(turns)]
