"""The order of the roster: by area, building and door, each as people count (2号楼 before 10号楼)."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.actors import Actor
from app.models import Household, Place

COUNTED_DOOR = func.as_counted(Household.door)
"""A door by which doors come in their order; an index of each building's open households has it."""


class Door(NamedTuple):
    """A household's place in the list, and of whoever of it is listed; as text, it is the list's cursor."""

    area_code: str
    place_id: UUID
    id: UUID
    row_id: UUID
    door: str

    @classmethod
    def of(cls, household: Household, row_id: UUID | None = None) -> "Door":
        """Give the place of a household, or of one of its people."""
        return cls(
            household.area_code, household.place_id, household.id, row_id or household.id, household.door
        )

    @classmethod
    def parse(cls, text: str) -> "Door":
        """Read it back. Raises ValueError."""
        area_code, place_id, household_id, row_id, door = text.split(" ", 4)
        return cls(area_code, UUID(place_id), UUID(household_id), UUID(row_id), door)

    def __str__(self) -> str:
        return f"{self.area_code} {self.place_id} {self.id} {self.row_id} {self.door}"

    @property
    def of_place(self) -> tuple[Any, ...]:
        """Give the building's place in the list, in SQL."""
        name = select(func.as_counted(Place.name)).where(Place.id == self.place_id).scalar_subquery()
        return self.area_code, name, self.place_id

    @property
    def of_home(self) -> tuple[Any, ...]:
        """Give the place within the building."""
        return func.as_counted(self.door), self.id, self.row_id


def by_door() -> tuple[SQLColumnExpression[Any], ...]:
    """Give by what SQL puts households, read with their places, in this order."""
    return Place.area_code, func.as_counted(Place.name), Place.id, COUNTED_DOOR, Household.id


def passed(after: Door) -> ColumnElement[bool]:
    """Say in SQL that the list comes to a household behind this place."""
    door, household_id, _ = after.of_home
    return tuple_(*by_door()) > tuple_(*after.of_place, door, household_id)


def ids_by_door(
    session: Session,
    actor: Actor,
    which: Select[UUID],
    row_id: InstrumentedAttribute[UUID],
    *,
    area_code: str | None = None,
    after: Door | None,
    limit: int,
) -> Sequence[UUID]:
    """Give the ids of a page of rows, each of which belongs to a household of ``which``, in this order.

    First the rest of the building in which the last page ended, then others, which are few: of each at most
    a page is read, by the index of its doors.
    """
    which = which.where(Household.closed_on.is_(None))
    if area_code is not None:
        which = which.where(Household.area_code.startswith(area_code, autoescape=True))
    order = COUNTED_DOOR, Household.id, row_id
    found: list[UUID] = []
    if after is not None:
        rest = which.where(Household.place_id == after.place_id, tuple_(*order) > tuple_(*after.of_home))
        found.extend(session.scalars(rest.order_by(*order).limit(limit)))
        limit -= len(found)
    if limit > 0:
        name = func.as_counted(Place.name)
        own = select(Household.place_id).where(Household.id == actor.scope.household_id).scalar_subquery()
        here = select(Place.id, Place.area_code, name.label("name")).where(
            or_(actor.scope.clause(Place.area_code), Place.id == own)
        )
        if after is not None:
            here = here.where(tuple_(Place.area_code, name, Place.id) > tuple_(*after.of_place))
        spots = here.subquery()
        inside = which.add_columns(Household.id.label("home"), COUNTED_DOOR.label("door"))
        inside = inside.where(Household.place_id == spots.c.id).order_by(*order).limit(limit)
        homes = inside.correlate(spots).lateral()
        row, home, door = homes.c
        query = select(row).select_from(spots.join(homes, true()))
        query = query.order_by(spots.c.area_code, spots.c.name, spots.c.id, door, home, row)
        found.extend(session.scalars(query.limit(limit)))
    return found
