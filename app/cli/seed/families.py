"""Families as the generator builds them: who lives behind a door, how old, and who is whose parent.

The household is made around its middle generation (the core). Elders are the core's parents, grown ones and
minors its children; in some households one grown child is married and the minors are his.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from app.models import Relation, Sex

ADULT_FROM = 16
ELDER_FROM = 60
_MOST_ADULTS = 5
_MOST_ELDERS = 2
_MOST_MINORS = 4
_ELDER_DOORS = 0.07
"""Share of doors behind which only people of 60 and more live."""
_OLDEST_ADULT = ELDER_FROM - 1
_OLDEST_MINOR = ADULT_FROM - 1
_OLDEST_MOTHER_AT_BIRTH = 44
_MANY_GROWN = 4


class Shape(NamedTuple):
    """How many people of 60 and more, of 16 to 59, and under 16 live behind a door."""

    elders: int
    adults: int
    minors: int


@dataclass(eq=False, slots=True)
class Kin:
    """Somebody of a family under construction; ``age`` in completed years."""

    age: int
    sex: Sex
    relation: Relation = Relation.HEAD
    parents: "list[Kin]" = field(default_factory=list)
    spouse: "Kin | None" = None


def shapes(rng: Random, count: int, *, elders: int, adults: int, minors: int) -> list[Shape]:
    """Share people of three ages out to ``count`` doors; the totals come out exactly.

    Behind every door lives somebody grown up, and no minor lives with elders only.
    """
    elder_doors = min(round(count * _ELDER_DOORS), elders)
    doors = count - elder_doors
    assert doors <= adults <= doors * _MOST_ADULTS, "too few or too many people of 16 to 59"
    assert minors <= doors * _MOST_MINORS, "too many minors"
    assert elders <= elder_doors + doors * _MOST_ELDERS, "too many elders"
    grown = [1] * doors
    young = [0] * doors
    old = [0] * doors
    _share(rng, adults - doors, grown, lambda door: (0, 1, 0.45, 0.4, 0.15, 0)[grown[door]])
    _share(rng, minors, young, lambda door: (1, 0.7, 0.25, 0.05, 0)[young[door]] * _room(grown[door]))
    alone = [1] * elder_doors
    couples = min(round(elder_doors * 0.45), elders - elder_doors)
    _share(rng, couples, alone, lambda door: 2 - alone[door])
    _share(rng, elders - sum(alone), old, lambda door: (1, 0.45, 0)[old[door]])
    found = [Shape(*one) for one in zip(old, grown, young, strict=True)]
    found += [Shape(number, 0, 0) for number in alone]
    rng.shuffle(found)
    return found


def family(rng: Random, shape: Shape) -> list[Kin]:
    """Make the people behind a door; the head comes first."""
    if shape.adults == 0:
        return _couple(rng, rng.randint(62, 88), shape.elders, least=ELDER_FROM, most=95)
    married = _has_married_child(rng, shape)
    kin = _with_married_child(rng, shape) if married else _with_children(rng, shape)
    core = kin[0]
    if not shape.elders:
        return kin
    gap = rng.randint(19, 31)
    elders = _couple(
        rng, max(core.age + gap, ELDER_FROM), shape.elders, least=max(ELDER_FROM, core.age + 18), most=95
    )
    core.parents = elders
    if not married and shape.adults <= 2 and rng.random() < 0.3:  # noqa: PLR2004 - a couple at most
        _head_is_elder(elders, kin)
        return elders + kin
    for elder in elders:
        elder.relation = Relation.PARENT
    return kin + elders


def _share(rng: Random, number: int, doors: list[int], chance: Callable[[int], float]) -> None:
    while number:
        door = rng.randrange(len(doors))
        if rng.random() < chance(door):
            doors[door] += 1
            number -= 1


def _room(grown: int) -> float:
    return 0.25 if grown == 1 else 1


def _couple(rng: Random, age: int, number: int, *, least: int, most: int) -> list[Kin]:
    """Make somebody as old as told, and a wife within ``least`` to ``most`` years if ``number`` is two."""
    if number == 1:
        women = 0.6 if age >= ELDER_FROM else 0.3
        return [Kin(age, Sex.FEMALE if rng.random() < women else Sex.MALE)]
    other = min(max(age + rng.randint(-4, 2), least), most)
    husband, wife = Kin(age, Sex.MALE), Kin(other, Sex.FEMALE)
    husband.spouse, wife.spouse = wife, husband
    wife.relation = Relation.SPOUSE
    return [husband, wife]


def _has_married_child(rng: Random, shape: Shape) -> bool:
    if not shape.minors or shape.adults < 3:  # noqa: PLR2004 - a parent and the young couple
        return False
    return rng.random() < (0.2 if shape.adults < _MANY_GROWN else 0.5)


def _with_children(rng: Random, shape: Shape) -> list[Kin]:
    alone = shape.adults == 1 or (shape.adults < _MANY_GROWN and rng.random() < 0.08)  # noqa: PLR2004
    core_size = 1 if alone else 2
    ages = _ages_of_children(rng, shape.adults - core_size, shape.minors)
    if not ages:
        core = _couple(rng, rng.randint(26, 57), core_size, least=20, most=_OLDEST_ADULT)
    else:
        mother_age = min(ages[0] + rng.randint(20, 27), ages[-1] + _OLDEST_MOTHER_AT_BIRTH)
        core = _parents(rng, mother_age, core_size)
    return core + [_child(rng, age, core) for age in ages]


def _with_married_child(rng: Random, shape: Shape) -> list[Kin]:
    ages = _siblings(rng, rng.randint(2 * shape.minors - 2, 7), shape.minors)
    young = _parents(rng, ages[0] + rng.randint(20, 24), 2)
    husband, wife = young
    core_size = 1 if shape.adults < _MANY_GROWN else 2
    core = _parents(rng, husband.age + rng.randint(20, 24), core_size)
    husband.parents = core
    husband.relation, wife.relation = Relation.CHILD, Relation.OTHER
    single_ages = [husband.age - 2 * place for place in range(1, shape.adults - core_size - 1)]
    minors = [_child(rng, age, young) for age in ages]
    for minor in minors:
        minor.relation = Relation.GRANDCHILD
    return core + young + [_child(rng, age, core) for age in single_ages] + minors


def _parents(rng: Random, mother_age: int, number: int) -> list[Kin]:
    """Make parents: the mother as old as told, the father about as old; one of them if ``number`` is one."""
    mother = Kin(mother_age, Sex.FEMALE, Relation.SPOUSE)
    father = Kin(min(mother_age + rng.randint(-1, 4), _OLDEST_ADULT), Sex.MALE)
    if number == 1:
        mother.relation = Relation.HEAD
        return [mother if rng.random() < 0.5 else father]  # noqa: PLR2004 - either
    mother.spouse, father.spouse = father, mother
    return [father, mother]


def _child(rng: Random, age: int, parents: list[Kin]) -> Kin:
    sex = Sex.MALE if rng.random() < 0.52 else Sex.FEMALE  # noqa: PLR2004 - as at birth
    return Kin(age, sex, Relation.CHILD, parents=parents)


def _ages_of_children(rng: Random, grown: int, minors: int) -> list[int]:
    """Give the ages of brothers and sisters, the eldest first, two years apart at least."""
    young: list[int] = []
    if minors:
        least = max(2 * minors - 2, 8 if grown else 0)
        young = _siblings(rng, rng.randint(least, _OLDEST_MINOR), minors)
    if not grown:
        return young
    if young:
        age = rng.randint(max(ADULT_FROM, young[0] + 2), max(ADULT_FROM + 2, young[0] + 5))
    else:
        age = rng.randint(ADULT_FROM, 30 - 4 * (grown - 1))
    older = [age]
    for _ in range(grown - 1):
        older.append(older[-1] + rng.randint(2, 4))
    return older[::-1] + young


def _siblings(rng: Random, eldest: int, number: int) -> list[int]:
    ages = [eldest]
    for left in range(number - 1, 0, -1):
        ages.append(max(ages[-1] - rng.randint(2, 4), 2 * left - 2))
    return ages


def _head_is_elder(elders: list[Kin], kin: list[Kin]) -> None:
    """Turn the relations round: they are told from the old father or mother now."""
    core = kin[0]
    core.relation = Relation.CHILD
    for one in kin[1:]:
        one.relation = Relation.OTHER if one is core.spouse else Relation.GRANDCHILD
    elders[0].relation = Relation.HEAD
