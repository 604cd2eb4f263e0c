"""In which order care is listed: by the day, by risk, or as places are walked; each a key of the page."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, or_, select, tuple_

from app.actors import Actor
from app.clock import business_day
from app.models import CareLevel, CareRecord, Household, Place
from app.places import ROUTE_MOST, route_order
from app.visits.leave import may_read
from app.visits.standing_in import Hands

LAST = date.max
"""The place in the list of what must not be told by its place."""
_OF_LEVEL = {CareLevel.GENERAL: 0, CareLevel.LOW: 1, CareLevel.MEDIUM: 2, CareLevel.HIGH: 3}
_OF_MISHAP = 2
"""What it adds that a visit is late, or that the last one reached nobody."""
_BEHIND = ROUTE_MOST + 1
_WIDE_BLANK = "\u3000"
"""Stands in a cursor for a blank, and counts as one (``as_counted``)."""
NO_RISK = -1
"""The place in the list of what must not be told."""


class CareSort(StrEnum):
    """What a list of care goes by."""

    DUE = "due"
    RISK = "risk"
    ROUTE = "route"


@dataclass(frozen=True)
class CareKey:
    """The place of a record in a list; as text, it is the list's cursor."""

    sort: CareSort
    values: tuple[Any, ...]

    @classmethod
    def parse(cls, text: str, *, sort: CareSort) -> "CareKey":
        """Read it back, of a list that goes by ``sort``. Raises ValueError."""
        kind, *values = text.split(" ")
        readers = _READERS[sort]
        if kind != sort or len(values) != len(readers):
            raise ValueError(text)
        return cls(sort, tuple(read(one) for read, one in zip(readers, values, strict=True)))

    def __str__(self) -> str:
        return " ".join([self.sort, *map(str, self.values)])


def _number(text: str) -> int:
    if not text.removeprefix("-").isdecimal() or len(text) > 5:  # noqa: PLR2004 - no number here is longer
        raise ValueError(text)
    return int(text)


def _code(text: str) -> str:
    if not text.isdecimal():
        raise ValueError(text)
    return text


_READERS: dict[CareSort, tuple[Any, ...]] = {
    CareSort.DUE: (date.fromisoformat, UUID),
    CareSort.RISK: (_number, date.fromisoformat, UUID),
    CareSort.ROUTE: (_code, _number, _code, UUID, str, date.fromisoformat, UUID),
}


@dataclass(frozen=True)
class Order:
    """The terms by which an actor's list goes, which tell nothing that is not shown to him."""

    actor: Actor
    there: Hands

    @property
    def day(self) -> ColumnElement[date]:
        """Say in SQL which day is told as that of the next visit."""
        told = or_(
            may_read(self.actor),
            CareRecord.worker_id == self.actor.user_id,
            self.there.done_by(self.actor.user_id),
        )
        return case((told, CareRecord.next_due_on), else_=LAST)

    def terms(self, sort: CareSort) -> tuple[SQLColumnExpression[Any], ...]:
        """Give by what SQL orders the list, the first first."""
        if sort is CareSort.RISK:
            return -self._risk(), self.day, CareRecord.id
        if sort is CareSort.ROUTE:
            return *route_order(), func.as_counted(Household.door), self.day, CareRecord.id
        return self.day, CareRecord.id

    def passed(self, key: CareKey) -> ColumnElement[bool]:
        """Say in SQL that the list comes to a record behind this place."""
        values = key.values
        if key.sort is CareSort.ROUTE:
            *route, place_id, door, day, record_id = values
            named = select(func.as_counted(Place.name)).where(Place.id == place_id).scalar_subquery()
            values = *route, named, place_id, func.as_counted(door), day, record_id
        return tuple_(*self.terms(key.sort)) > tuple_(*values)

    def _risk(self) -> ColumnElement[int]:
        level = case(*((CareRecord.level == one, risk) for one, risk in _OF_LEVEL.items()), else_=0)
        late = case((CareRecord.next_due_on < business_day(), _OF_MISHAP), else_=0)
        missed = case((CareRecord.not_reached > 0, _OF_MISHAP), else_=0)
        return case((may_read(self.actor), level + late + missed), else_=NO_RISK)


def risk_of(record: CareRecord) -> int:
    """Give how much a visit presses: by the level 0 to 3, and 2 each if it is late or the last in vain."""
    late = record.next_due_on < business_day()
    return _OF_LEVEL[record.level] + _OF_MISHAP * late + _OF_MISHAP * (record.not_reached > 0)


def key_of(record: CareRecord, sort: CareSort, *, whole: bool, tells_due: bool) -> CareKey:
    """Give the place of a record in a list, as ``Order.terms`` says it in SQL."""
    day = record.next_due_on if tells_due else LAST
    if sort is CareSort.RISK:
        return CareKey(sort, (-risk_of(record) if whole else -NO_RISK, day, record.id))
    if sort is CareSort.ROUTE:
        place = record.resident.household.place
        code, position = place.route_code or place.area_code, place.route_position or _BEHIND
        door = record.resident.household.door.replace(" ", _WIDE_BLANK)
        return CareKey(sort, (code, position, place.area_code, place.id, door, day, record.id))
    return CareKey(sort, (day, record.id))
