"""A year of inspections: every place by its kind's rhythm, and the hazards they raise or find again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any
from uuid import UUID

from app.cli.seed import facts
from app.cli.seed.hazard_walk import PHOTOGRAPHED_DAYS, Walk
from app.cli.seed.history import History
from app.cli.seed.history_hazards import Hazards
from app.cli.seed.ids import id_at, named
from app.cli.seed.phone import clocks, scanned_at
from app.cli.seed.phrases import Problem, phrases, problems
from app.cli.seed.world import SeedPlace
from app.evidence import Gathered
from app.models import AnswerResult, Inspection, InspectionAnswer, ItemKind, PhotoOwner, PlaceKind

_RHYTHM_DAYS = {
    "residential_block": 14,
    "house_quality": 91,
    "workshop": 7,
    "factory": 14,
    "handicraft": 14,
    "canteen": 7,
    "shop": 30,
    "small_places": 91,
    "public_facility": 14,
    "slope": 14,
    "road": 30,
}
_IN_FLOOD_SEASON_DAYS = {"slope": 7}
_FLOOD_SEASON = range(5, 10)
"""May to September."""
_FAULTY, _FAULTY_TWICE = 0.13, 0.15
"""Share of inspections with a problem, and of those the share with a second one."""
_CORRECTED, _FOUND_AGAIN, _NOT_APPLICABLE = 0.35, 0.5, 0.015
_USUAL_FIGURE = 6
"""The most of a figure that has no upper bound."""
_WITH_PHOTO, _LATELY_FAULTLESS_PHOTO = 0.6, 0.03
_SURELY = {
    "slope": (30, "slope retaining_wall"),
    "canteen": (16, "canteen gas"),
    "workshop": (9, "workshop exits"),
}
"""Major hazards of the last weeks: how many days ago at the earliest, and which item."""


@dataclass(frozen=True)
class Round:
    """One inspection to be made."""

    place: SeedPlace
    checklist: facts.ChecklistTemplate
    captured_at: datetime
    received_at: datetime


def add_inspections(history: History, hazards: Hazards) -> None:
    """Add all inspections in the order they arrived."""
    rng = history.rng("inspections")
    surely = dict(_SURELY)
    for one in sorted(_rounds(history, rng), key=lambda one: one.received_at):
        days, item = surely.get(one.checklist.code, (0, ""))
        if item and history.days_ago(one.received_at) < days:
            del surely[one.checklist.code]
            found = [next(problem for problem in problems() if problem.item == item)]
        else:
            found = _problems(rng, one, hazards)
        _add(history, rng, one, hazards, found, kept=bool(item and one.checklist.code not in surely))


def _rounds(history: History, rng: Random) -> Iterator[Round]:
    lists: dict[PlaceKind, list[facts.ChecklistTemplate]] = {
        kind: list(group) for kind, group in groupby(sorted(facts.checklists(), key=_kind), key=_kind)
    }
    for place in history.world.places:
        for checklist in lists.get(place.kind, []):
            for day in _days(history, rng, checklist.code):
                captured_at, received_at = clocks(rng, history.hours.during(rng, day), history.until)
                if received_at <= history.until:
                    yield Round(place, checklist, captured_at, received_at)


def _kind(checklist: facts.ChecklistTemplate) -> PlaceKind:
    return checklist.kind


def _days(history: History, rng: Random, code: str) -> Iterator[date]:
    usual = _RHYTHM_DAYS[code]
    day = history.first + timedelta(days=rng.randrange(usual))
    while day <= history.last:
        worked = history.hours.workday(day)
        if worked <= history.last:
            yield worked
        every = _IN_FLOOD_SEASON_DAYS.get(code, usual) if day.month in _FLOOD_SEASON else usual
        day += timedelta(days=max(every + rng.randint(-every // 7, every // 7), 1))


def _problems(rng: Random, one: Round, hazards: Hazards) -> list[Problem]:
    """Draw what is wrong: something new, or an open hazard that is still there."""
    known = [problem for problem in problems() if problem.item.split()[0] == one.checklist.code]
    found = [
        problem
        for problem in known
        if hazards.is_open(one.place, problem.item, one.received_at) and rng.random() < _FOUND_AGAIN
    ]
    if known and rng.random() < _FAULTY:
        number = 2 if rng.random() < _FAULTY_TWICE else 1
        found += rng.choices(known, [problem.weight for problem in known], k=number)
    return list(dict.fromkeys(found))


def _add(
    history: History, rng: Random, one: Round, hazards: Hazards, found: list[Problem], *, kept: bool
) -> None:
    inspection_id = id_at(rng, one.captured_at)
    worker = history.world.worker(one.place.area_code)
    shown = {problem.item: _photos(history, rng, one, problem, worker) for problem in found}
    photo_ids = [photo_id for taken in shown.values() for photo_id in taken]
    gathered = scanned_at(
        rng, one.place, captured_at=one.captured_at, received_at=one.received_at, photos=len(photo_ids)
    )
    history.rows.add(
        Inspection,
        id=inspection_id,
        area_code=one.place.area_code,
        place_id=one.place.id,
        checklist_id=named("checklist", one.checklist.code),
        worker_id=worker,
        note=rng.choice(phrases("inspected")),
        content_hash=inspection_id.bytes,
        **gathered.columns(),
    )
    history.name_photos(PhotoOwner.INSPECTION, inspection_id, one.place.area_code, photo_ids)
    wrong = {problem.item: problem for problem in found}
    filing = _Filing(history, rng, one, hazards, inspection_id, worker, gathered)
    for position, item in enumerate(one.checklist.items, start=1):
        key = f"{one.checklist.code} {item.code}"
        filing.answer(position, item, wrong.get(key), shown.get(key, []), kept=kept)


def _photos(history: History, rng: Random, one: Round, problem: Problem, worker: UUID) -> list[UUID]:
    if history.days_ago(one.received_at) > PHOTOGRAPHED_DAYS or rng.random() > _WITH_PHOTO:
        return []
    return history.take_photos(
        rng, rng.randint(1, 3), caption=f"{one.place.name} {problem.found[0]}", by=worker, at=one.received_at
    )


@dataclass(frozen=True)
class _Filing:
    """An inspection while its answers are written."""

    history: History
    rng: Random
    round: Round
    hazards: Hazards
    inspection_id: UUID
    worker: UUID
    gathered: Gathered

    def answer(
        self,
        position: int,
        item: facts.Item,
        problem: Problem | None,
        photo_ids: list[UUID],
        *,
        kept: bool,
    ) -> None:
        """Add one answer, if there is one; ``kept`` problems are never corrected on the spot."""
        if problem is None and not item.required and item.kind is not ItemKind.CHECK:
            return
        row = {
            "inspection_id": self.inspection_id,
            "item_id": named("checklist item", f"{self.round.checklist.code} {item.code}"),
            "position": position,
            "result": self._result(item, problem),
            **_filled(self.rng, item),
            "note": "",
            "corrected": False,
            "photo_ids": [str(photo_id) for photo_id in photo_ids],
            "hazard_id": None,
            "recurrence": False,
        }
        if problem is not None:
            row["note"] = self.rng.choice(problem.found)
            joined = self.hazards.is_open(self.round.place, problem.item, self.round.received_at)
            if not kept and not joined and self.rng.random() < _CORRECTED:
                row |= {"corrected": True, "note": f"{row['note']}{self.rng.choice(phrases('corrected'))}"}
            else:
                walk = self._found(item, problem, str(row["note"]), photo_ids)
                row |= {"hazard_id": walk.id, "recurrence": joined}
        self.history.rows.add(InspectionAnswer, **row)

    def _result(self, item: facts.Item, problem: Problem | None) -> AnswerResult:
        if problem is not None:
            return AnswerResult.PROBLEM
        if item.kind is not ItemKind.CHECK:
            return AnswerResult.OK
        return AnswerResult.NOT_APPLICABLE if self.rng.random() < _NOT_APPLICABLE else AnswerResult.OK

    def _found(self, item: facts.Item, problem: Problem, note: str, photo_ids: list[UUID]) -> Walk:
        return self.hazards.found(
            self.round.place, item, problem, note, self.inspection_id, self.worker, self.gathered, photo_ids
        )


def _filled(rng: Random, item: facts.Item) -> dict[str, Any]:
    """Fill in what is fine: nobody finds a problem in a choice or a figure, or fills in what he need not."""
    value: Any = None
    words = ""
    if item.required and item.options:
        option = rng.choice([one for one in item.options if not one.problem])
        value, words = option.code, option.text
        if item.kind is ItemKind.MULTIPLE:
            value = [value]
    elif item.required and item.kind is ItemKind.NUMBER:
        value = rng.randint(item.least or 0, item.most or _USUAL_FIGURE)
        words = f"{value}{item.unit}"
    return {"value": value, "value_text": words}
