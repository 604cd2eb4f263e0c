"""Finding whom a row names: by his ID number, or by name, building and door."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.imports.findings import Found
from app.imports.reading import Row
from app.imports.scene import NewPerson, Person, Scene, folded
from app.models import LeftWhy, Sex
from app.people import folded_door


class Fields(NamedTuple):
    """The fields by which a row names somebody."""

    name: str
    place: str
    door: str
    id: str


class Somebody(NamedTuple):
    """Somebody of the roster, or whom the file adds (without an id)."""

    id: UUID | None
    area_code: str
    sex: Sex
    birth_date: date


def somebody(scene: Scene, row: Row, by: Fields) -> Somebody | None:
    """Give whom these fields name; nobody, or somebody who left, is a fault."""
    values = row.values
    if by.name not in values:
        return None
    found = _by_id_number(scene, row, by)
    if found is None and by.place in values and by.door in values:
        home = (folded(values[by.name]), folded(values[by.place]), folded_door(values[by.door]))
        found = scene.at_home.get(home)
        if found is None:
            row.find(Found.PERSON_UNKNOWN, by.name)
    elif found is None and by.id in values:
        row.find(Found.PERSON_UNKNOWN, by.id)
    elif found is None and not row.is_faulty:
        row.find(Found.PERSON_WHERE, by.name)
    if isinstance(found, Person) and found.left_on is not None:
        row.find(Found.PERSON_DEAD if found.left_why is LeftWhy.DIED else Found.PERSON_LEFT, by.name)
        return None
    return found and Somebody(getattr(found, "id", None), found.area_code, found.sex, found.birth_date)


def _by_id_number(scene: Scene, row: Row, by: Fields) -> Person | NewPerson | None:
    """Give whom an ID number is of, if the name is his, too."""
    said = row.values.get(by.id)
    if said is None:
        return None
    name = folded(row.values[by.name])
    there = scene.by_id_number.get(scene.index("id_number", said))
    if there is not None and folded(there.name) == name:
        return there
    added = scene.added_by_id.get(said)
    return added if added is not None and added.name == name else None
