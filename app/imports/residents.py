"""What rows of residents would do: whom they are about, and what they say otherwise than the roster."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.clock import business_day
from app.exports import PRESENCE_WORDS, RELATION_WORDS, SEX_WORDS
from app.imports.findings import Found
from app.imports.naming import place_of
from app.imports.reading import Row
from app.imports.resident_columns import (
    BIRTH,
    DOOR,
    ID,
    NAME,
    PHONE,
    PLACE,
    PRESENCE,
    RELATION,
    RESIDENTS,
    SEX,
)
from app.imports.scene import Change, Judged, NewPerson, Person, Scene, Spot, folded
from app.models import LeftWhy, PlaceKind, PresenceState, Relation, Resident, Sex
from app.people import (
    ADULT_YEARS,
    CHILD_YEARS,
    BirthDateError,
    Category,
    ConsentChangedError,
    NoBasisError,
    Numbers,
    age_on,
    check_about,
    check_birth_date,
    folded_door,
    mask_numbers,
    masked_numbers,
    told_by_id_number,
)

_HEADINGS = {column.name: column.heading for column in RESIDENTS.columns}

_HOME = PresenceState.HOME
Home = tuple[str, str]
"""Building and door, folded."""


@dataclass
class _Namesakes:
    """Where those live who have one name and one day of birth."""

    homes: set[Home] = field(default_factory=set)
    homes_without: set[Home] = field(default_factory=set)
    """Of those without an ID number."""


def judge(scene: Scene, rows: Sequence[Row]) -> Iterator[Judged]:
    """Say of each row what it would do; what two rows say of one person or household is found as well."""
    for row in rows:
        _check_alone(row)
    _check_together(rows)
    for row in rows:
        yield _judged(scene, row)


def _check_alone(row: Row) -> None:
    """Check what a row says of one person by itself; an ID number tells what is not filled in."""
    values = row.values
    id_number = values.get(ID)
    if id_number is not None:
        told = told_by_id_number(id_number)
        if told is None:
            row.find(Found.ID_CHECK_DIGIT, ID)
        else:
            _compare(row, told)
    for name in (BIRTH, SEX):
        if name not in values and not row.found(name):
            row.find(Found.MISSING, name)
    if BIRTH in values:
        try:
            check_birth_date(date.fromisoformat(values[BIRTH]))
        except BirthDateError:
            row.find(Found.BIRTH_DATE, BIRTH)


def _compare(row: Row, told: tuple[date, Sex]) -> None:
    for name, by_id, found in (
        (BIRTH, told[0].isoformat(), Found.ID_BIRTH_DATE),
        (SEX, told[1], Found.ID_SEX),
    ):
        if name not in row.values and not row.found(name):
            row.values[name] = by_id
            said = SEX_WORDS[told[1]] if name == SEX else by_id
            row.find(Found.FROM_ID, name, said)
        elif row.values.get(name, by_id) != by_id:
            row.find(found, ID)


def _check_together(rows: Sequence[Row]) -> None:
    """Name a second row of one ID number, of one person, and a second head of one household."""
    by_id: dict[str, int] = {}
    people: dict[tuple[str, ...], int] = {}
    heads: dict[tuple[str, ...], int] = {}
    names: dict[tuple[str, ...], _Namesakes] = {}
    for row in rows:
        values = row.values
        home = (folded(values.get(PLACE, "")), folded_door(values.get(DOOR, "")))
        if ID in values:
            first = by_id.setdefault(values[ID], row.number)
            if first != row.number:
                row.find(Found.ID_TWICE, ID, str(first))
        if NAME in values and BIRTH in values and all(home):
            who = (folded(values[NAME]), values[BIRTH], *home)
            first = people.setdefault(who, row.number)
            if first != row.number and not any(one.found is Found.ID_TWICE for one in row.findings):
                row.find(Found.ROW_TWICE, NAME, str(first))
            _check_namesakes(names.setdefault(who[:2], _Namesakes()), row, home)
        is_head = values.get(RELATION) == Relation.HEAD and all(home)
        if is_head and heads.setdefault(home, row.number) != row.number:
            row.find(Found.TWO_HEADS, RELATION)


def _check_namesakes(before: _Namesakes, row: Row, home: Home) -> None:
    """Name somebody of another household above who may be the same person: no ID numbers tell them apart."""
    like = before.homes_without if ID in row.values else before.homes
    if len(like) > (home in like):
        row.find(Found.SAME_PERSON, NAME)
    before.homes.add(home)
    if ID not in row.values:
        before.homes_without.add(home)


def _judged(scene: Scene, row: Row) -> Judged:
    spot = place_of(scene, row, PLACE, kind=PlaceKind.RESIDENTIAL, otherwise=Found.NOT_RESIDENTIAL)
    if row.is_faulty or spot is None:
        return Judged.of(row)
    values = row.values
    home = scene.doors.get((spot.id, folded_door(values[DOOR]))) if spot.id is not None else None
    household_id = home[0] if home else None
    born = date.fromisoformat(values[BIRTH])
    who = _who(scene, row, household_id, born)
    if who is None:
        if age_on(born, business_day()) < CHILD_YEARS:
            _leave_out_numbers(row, {ID, PHONE})
        if values[RELATION] == Relation.HEAD and household_id in scene.heads:
            row.find(Found.TWO_HEADS, RELATION)
        if not row.is_faulty:
            home_of = (folded(values[NAME]), folded(spot.name), folded_door(values[DOOR]))
            sex = Sex(values[SEX])
            scene.added_people.append(NewPerson(*home_of, sex, born, values.get(ID), spot.area_code))
        return Judged.of(row)
    if who.household_id == household_id:  # he is known there, whoever has his name elsewhere in the file
        row.findings = [one for one in row.findings if not one.is_doubt]
    if who.left_on is not None:
        return _back(scene, row, spot, household_id, who)
    changes = [] if row.is_faulty else _changes(scene, row, who, household_id)
    return Judged.of(row, changes=changes, target=who.id)


def _back(scene: Scene, row: Row, spot: Spot, household_id: UUID | None, who: Person) -> Judged:
    """Say what would be otherwise if somebody who left lived there again."""
    assert who.left_on is not None, "whoever is back had left"
    if who.left_why is LeftWhy.DIED:
        row.find(Found.PERSON_DEAD, NAME)
    if row.values[RELATION] == Relation.HEAD and household_id in scene.heads:
        row.find(Found.TWO_HEADS, RELATION)
    if not scene.actor.homes.isdisjoint({who.household_id, household_id}):
        row.find(Found.OWN_HOME, NAME)
    if row.is_faulty:
        return Judged.of(row)
    changes = [
        Change("left_on", "搬走日期", who.left_on.isoformat(), ""),
        *(
            _change(name, before, after)
            for name, fold, before, after in (
                (PLACE, folded, scene.place_names.get(who.place_id, ""), spot.name),
                (DOOR, folded_door, who.door, row.values[DOOR]),
            )
            if fold(before) != fold(after)
        ),
        *_changes(scene, row, who, household_id),
    ]
    return Judged.of(row, changes=changes, target=who.id, back=True)


def _who(scene: Scene, row: Row, household_id: UUID | None, born: date) -> Person | None:
    """Find whom a row is about, by his ID number or else by name, day of birth and household.

    Also who moved out, from there or, if he is the only one of that name and day, from elsewhere.
    """
    values = row.values
    index = scene.index(ID, values[ID]) if ID in values else None
    if index is not None and index in scene.by_id_number:
        who = scene.by_id_number[index]
        if who.household_id != household_id and who.left_on is None:
            row.find(Found.OTHER_HOUSEHOLD, ID)
        return who
    alike = [
        one
        for one in scene.by_name.get((folded(values[NAME]), born), [])
        if index is None or one.id_number_index is None or one.household_id == household_id
    ]
    for one in sorted(alike, key=lambda one: one.left_on is not None):
        if one.household_id == household_id:
            return one
    if len(alike) == 1 and alike[0].left_why is LeftWhy.MOVED_OUT:
        return alike[0]
    if alike:
        row.find(Found.SAME_PERSON, NAME)
    return None


def _changes(scene: Scene, row: Row, who: Person, household_id: UUID | None) -> list[Change]:
    """Give what a row says otherwise than the roster; what is empty changes nothing.

    Whoever is back is at home, unless it says otherwise.
    """
    values = row.values
    born, present = date.fromisoformat(values[BIRTH]), who.presence if who.left_on is None else _HOME
    given = {kind: values[kind] for kind in (PHONE, ID) if kind in values}
    had = {PHONE: who.phone_index, ID: who.id_number_index}
    other = {kind for kind, value in given.items() if scene.index(kind, value) != had[kind]}
    today = business_day()
    if other and age_on(who.birth_date, today) < CHILD_YEARS and not _may_have_numbers(scene, who):
        _leave_out_numbers(row, other)
        other = set()
    changes = [
        _change(name, _shown(words, before), _shown(words, after))
        for name, words, before, after in (
            (NAME, None, who.name, values[NAME]),
            (RELATION, RELATION_WORDS, who.relation, Relation(values[RELATION])),
            (PRESENCE, PRESENCE_WORDS, who.presence, PresenceState(values.get(PRESENCE, present))),
            (SEX, SEX_WORDS, who.sex, Sex(values[SEX])),
            (BIRTH, None, who.birth_date.isoformat(), values[BIRTH]),
        )
        if before != after
    ]
    changed = {change.field for change in changes}
    if BIRTH in changed and min(age_on(who.birth_date, today), age_on(born, today)) < ADULT_YEARS:
        row.find(Found.MINORS_AGE, BIRTH)
    if changed & {BIRTH, SEX} and who.id_number_index is not None and ID not in other:
        row.find(
            Found.ID_BIRTH_DATE if BIRTH in changed else Found.ID_SEX, BIRTH if BIRTH in changed else SEX
        )
    if RELATION in changed and values[RELATION] == Relation.HEAD and household_id in scene.heads:
        row.find(Found.TWO_HEADS, RELATION)
    if other and not row.is_faulty:
        before = masked_numbers(scene.sealer, who)
        shown = mask_numbers(Numbers(phone=values.get(PHONE), id_number=values.get(ID)))
        changes.extend(
            _change(kind, getattr(before, kind) or "", getattr(shown, kind) or "") for kind in sorted(other)
        )
    if (changes or other) and who.household_id in scene.actor.homes:
        row.find(Found.OWN_HOME, NAME)
    return changes


def _change(name: str, before: str, after: str) -> Change:
    return Change(name, _HEADINGS[name], before, after)


def _shown(words: Mapping[Any, str] | None, value: Any) -> str:
    return str(value) if words is None else words[value]


def _leave_out_numbers(row: Row, kinds: Collection[str]) -> None:
    """Take no number of a child whose guardian did not agree, and say so at its cell."""
    for kind in (ID, PHONE):
        if kind in kinds and row.values.pop(kind, None) is not None:
            row.find(Found.MINORS_NUMBERS, kind)


def _may_have_numbers(scene: Scene, who: Person) -> bool:
    try:
        check_about(scene.session, scene.session.get_one(Resident, who.id), Category.NUMBERS)
    except (NoBasisError, ConsentChangedError):
        return False
    return True
