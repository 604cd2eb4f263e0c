"""What is there when rows are judged: places and people of the community, and what the file itself adds."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor, Scope
from app.imports.cells import nearest
from app.imports.reading import Row
from app.models import (
    Area,
    Household,
    ImportRowState,
    LeftWhy,
    Place,
    PlaceKind,
    PresenceState,
    Relation,
    Resident,
    Sex,
)
from app.people import folded_door
from app.sealing import Sealer


def folded(words: str) -> str:
    """Give words as they are compared: without blanks, wide signs and capitals."""
    return "".join(unicodedata.normalize("NFKC", words).split()).casefold()


class Spot(NamedTuple):
    """A place, or one that the file adds (without an id)."""

    id: UUID | None
    area_code: str
    kind: PlaceKind
    name: str


class Person(NamedTuple):
    """Somebody of the roster, as far as rows are compared with him."""

    id: UUID
    area_code: str
    household_id: UUID
    place_id: UUID
    door: str
    name: str
    sex: Sex
    birth_date: date
    relation: Relation
    presence: PresenceState
    phone_sealed: bytes | None
    phone_index: bytes | None
    id_number_sealed: bytes | None
    id_number_index: bytes | None
    left_on: date | None
    left_why: LeftWhy | None


class NewPerson(NamedTuple):
    """Somebody whom the file adds; names, buildings and doors are folded."""

    name: str
    place: str
    door: str
    sex: Sex
    birth_date: date
    id_number: str | None
    area_code: str


@dataclass(frozen=True)
class Change:
    """What a field of somebody who is there says, and what it would say."""

    field: str
    heading: str
    before: str
    after: str


@dataclass
class Judged:
    """A row, what it would do, and to whom."""

    row: Row
    state: ImportRowState
    changes: list[Change] = field(default_factory=list)
    target: UUID | None = None

    @classmethod
    def of(
        cls, row: Row, *, changes: Sequence[Change] = (), target: UUID | None = None, back: bool = False
    ) -> "Judged":
        """Say what a row would do by what was found in it; ``back``: its target would live there again."""
        doubts = [one for one in row.findings if one.is_doubt]
        if row.is_faulty:
            return cls(row, ImportRowState.FAULTY)
        if doubts:
            return cls(row, ImportRowState.DOUBTFUL)
        if target is None:
            return cls(row, ImportRowState.NEW)
        state = ImportRowState.CHANGED if changes else ImportRowState.SAME
        if back:
            state = ImportRowState.RETURNED
        return cls(row, state, list(changes), target)


@dataclass
class Scene:
    """The community as it is now, read once for all rows that are judged together."""

    session: Session
    actor: Actor
    sealer: Sealer
    area_code: str
    added: dict[str, Spot] = field(default_factory=dict)
    """Places that the file itself adds, by folded names."""
    added_grids: dict[str, str] = field(default_factory=dict)
    """Names of grids that it adds, by their codes."""
    added_people: list["NewPerson"] = field(default_factory=list)
    """People whom it adds."""
    offers: dict[tuple[str, PlaceKind | None], str] = field(default_factory=dict)
    """What was offered in place of names that no place has."""

    def index(self, kind: str, value: str) -> bytes:
        """Give the blind index of a number of the roster."""
        return self.sealer.index(kind, self.area_code, value)

    def spots(self, name: str) -> list[Spot]:
        """Give the places of this name: there is one, none, or several."""
        key = folded(name)
        there = self.places.get(key, [])
        return there or ([self.added[key]] if key in self.added else [])

    def offered(self, said: str, kind: PlaceKind | None) -> str:
        """Give the name that is nearest to what was said: once, for a thousand rows may say the same."""
        if (said, kind) not in self.offers:
            self.offers[said, kind] = nearest(said, self.names_of(kind))
        return self.offers[said, kind]

    def names_of(self, kind: PlaceKind | None) -> list[str]:
        """Give how places are called, of one kind or all, to offer the nearest."""
        spots = [spot for several in self.places.values() for spot in several]
        return [spot.name for spot in (*spots, *self.added.values()) if kind in {None, spot.kind}]

    @cached_property
    def places(self) -> dict[str, list[Spot]]:
        """Give the places of the community by their folded names."""
        found: dict[str, list[Spot]] = defaultdict(list)
        query = select(Place.id, Place.area_code, Place.kind, Place.name)
        query = query.where(Scope(areas=(self.area_code,)).clause(Place.area_code))
        for row in self.session.execute(query):
            found[folded(row.name)].append(Spot(*row))
        return found

    @cached_property
    def place_names(self) -> dict[UUID | None, str]:
        """Give how the community's places are called, by their ids."""
        return {spot.id: spot.name for several in self.places.values() for spot in several}

    @cached_property
    def grids(self) -> dict[str, str]:
        """Give the names of the community's grids by their codes."""
        query = select(Area.code, Area.name).where(Area.parent_code == self.area_code)
        return dict(self.session.execute(query).all())

    @cached_property
    def people(self) -> list[Person]:
        """Give everybody of the community, also who left it, but no duplicate."""
        query = (
            select(
                Resident.id,
                Resident.area_code,
                Resident.household_id,
                Household.place_id,
                Household.door,
                Resident.name,
                Resident.sex,
                Resident.birth_date,
                Resident.relation,
                Resident.presence,
                Resident.phone_sealed,
                Resident.phone_index,
                Resident.id_number_sealed,
                Resident.id_number_index,
                Resident.left_on,
                Resident.left_why,
            )
            .join(Household, Household.id == Resident.household_id)
            .where(
                Scope(areas=(self.area_code,)).clause(Resident.area_code),
                Resident.left_why.is_distinct_from(LeftWhy.DUPLICATE),
            )
        )
        return [Person(*tuple(row)) for row in self.session.execute(query)]

    @cached_property
    def by_id_number(self) -> dict[bytes, Person]:
        """Give everybody by the blind index of his ID number."""
        return {one.id_number_index: one for one in self.people if one.id_number_index is not None}

    @cached_property
    def by_name(self) -> dict[tuple[str, date], list[Person]]:
        """Give everybody by name and day of birth."""
        found: dict[tuple[str, date], list[Person]] = defaultdict(list)
        for one in self.people:
            found[folded(one.name), one.birth_date].append(one)
        return found

    @cached_property
    def at_home(self) -> dict[tuple[str, str, str], "Person | NewPerson"]:
        """Give everybody, also whom the file adds, by folded name, building and door.

        Who left goes before nobody who lives there.
        """
        buildings = {spot.id: key for key, several in self.places.items() for spot in several}
        there: dict[tuple[str, str, str], Person | NewPerson] = {
            (one.name, one.place, one.door): one for one in self.added_people
        }
        in_order = sorted(self.people, key=lambda one: one.left_on is None)
        return there | {
            (folded(one.name), buildings.get(one.place_id, ""), folded_door(one.door)): one
            for one in in_order
        }

    @cached_property
    def added_by_id(self) -> dict[str, NewPerson]:
        """Give those whom the file adds by their ID numbers."""
        return {one.id_number: one for one in self.added_people if one.id_number is not None}

    @cached_property
    def doors(self) -> dict[tuple[UUID, str], tuple[UUID, str]]:
        """Give each open household and its door as it is written, by its building and folded door."""
        query = select(Household.id, Household.place_id, Household.door)
        here = Scope(areas=(self.area_code,)).clause(Household.area_code)
        query = query.where(here, Household.closed_on.is_(None))
        rows = self.session.execute(query)
        return {(place_id, folded_door(door)): (household_id, door) for household_id, place_id, door in rows}

    @cached_property
    def heads(self) -> dict[UUID, UUID]:
        """Give the head of each household that has one."""
        query = select(Resident.household_id, Resident.id).where(
            Scope(areas=(self.area_code,)).clause(Resident.area_code),
            Resident.relation == Relation.HEAD,
            Resident.left_on.is_(None),
        )
        return dict(self.session.execute(query).all())
