"""Synthetic people: households with the age structure of a real big settlement, the same for the same seed.

Nobody here is real, and the phone numbers cannot exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.cli.seed.families import ADULT_FROM, ELDER_FROM, Kin, family, shapes
from app.cli.seed.naming import NamePool, names, phone
from app.models import CareCategory, PresenceState, Relation, Sex

_SITE_PEOPLE, _SITE_MINORS, _SITE_ELDERS, _SITE_LABOUR = 6476, 1229, 740, 3505
"""凤翔社区 as published: 1,505 households, people in all, under 16, of 60 and more, able to work."""
_LEAST_SIZE, _MOST_SIZE = 2, 6
_SENIOR_SCHOOL_UNTIL, _STUDENT_UNTIL = 18, 22
_CARER_FROM = 18
_OLD_WORKER_FROM, _VERY_OLD_FROM = 55, 80
_ON_HOLIDAY = 0.03
_MONITORED = 0.03
_REGISTERED = timedelta(days=20)
"""A child comes on the roster about so long after birth."""
_DESTITUTE_IF_ALONE = 0.25


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic resident; ``able_to_work`` marks the labour force of 16 to 59."""

    name: str
    sex: Sex
    birth_date: date
    relation: Relation
    presence: PresenceState
    able_to_work: bool
    care: tuple[CareCategory, ...]

    def age_on(self, day: date) -> int:
        """Give the completed years on a day."""
        birth = self.birth_date
        return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))

    @property
    def registered_on(self) -> date:
        """Give the day from which somebody born here can be on the roster."""
        return self.birth_date + _REGISTERED


@dataclass(frozen=True, slots=True)
class Household:
    """People behind one door, the head first; ``phone`` is the head's, None where there is none."""

    members: tuple[Person, ...]
    phone: str | None

    @property
    def head(self) -> Person:
        """The head of the household."""
        return self.members[0]


def households(rng: Random, *, count: int, people: int, on: date, phone_from: int = 0) -> list[Household]:
    """Make ``count`` households of ``people`` members in all, as they are on a day.

    Under 16, 60 and more, and able to work are the same shares as in 凤翔社区, exact to one person. Phones
    have the serials from ``phone_from`` to ``phone_from + count - 1``. Raises ValueError if the households
    would have fewer than 2 or more than 6 members on average.
    """
    if not 1 <= count * _LEAST_SIZE <= people <= count * _MOST_SIZE:
        raise ValueError(f"{people} people do not make {count} households")
    minors = round(people * _SITE_MINORS / _SITE_PEOPLE)
    elders = round(people * _SITE_ELDERS / _SITE_PEOPLE)
    adults = people - minors - elders
    labour = min(round(people * _SITE_LABOUR / _SITE_PEOPLE), adults)
    found = [family(rng, one) for one in shapes(rng, count, elders=elders, adults=adults, minors=minors)]
    everybody = [one for kin in found for one in kin]
    disabled = {one for one in everybody if rng.random() < _chance_of_disability(one.age)}
    able = _able(rng, [one for one in everybody if ADULT_FROM <= one.age < ELDER_FROM], disabled, labour)
    pool = names()
    return [
        _household(rng, pool, kin, disabled, able, on, phone(phone_from + place))
        for place, kin in enumerate(found)
    ]


def _household(
    rng: Random, pool: NamePool, kin: list[Kin], disabled: set[Kin], able: set[Kin], on: date, number: str
) -> Household:
    gone = _gone(rng, kin, disabled, able)
    births = [_birth_date(rng, one.age, on) for one in kin]
    members = tuple(
        Person(
            name=name,
            sex=one.sex,
            birth_date=birth,
            relation=one.relation,
            presence=_presence(rng, one, gone),
            able_to_work=one in able,
            care=tuple(_care(rng, one, kin, gone, disabled)),
        )
        for one, birth, name in zip(kin, births, _names(rng, pool, kin, births), strict=True)
    )
    has_phone = rng.random() < (0.6 if kin[0].age >= ELDER_FROM else 0.97)
    return Household(members, number if has_phone else None)


def _chance_of_disability(age: int) -> float:
    if age >= ELDER_FROM:
        return 0.08
    return 0.03 if age >= ADULT_FROM else 0.012


def _able(rng: Random, adults: list[Kin], disabled: set[Kin], number: int) -> set[Kin]:
    """Choose the labour force: not the disabled, pupils, students and, before others, those near 60."""

    def turn(one: Kin) -> int:
        if one in disabled:
            return 4
        if one.age <= _SENIOR_SCHOOL_UNTIL:
            return 3
        if one.age <= _STUDENT_UNTIL and rng.random() < 0.6:  # noqa: PLR2004 - a guess
            return 2
        return 1 if one.age >= _OLD_WORKER_FROM and rng.random() < 0.6 else 0  # noqa: PLR2004 - a guess

    return set(sorted(adults, key=lambda one: (turn(one), rng.random()))[:number])


def _gone(rng: Random, kin: list[Kin], disabled: set[Kin], able: set[Kin]) -> set[Kin]:
    """Choose who is away for work or study; a minor stays with somebody of 18 or more who can care."""
    gone: set[Kin] = set()
    for one in kin:
        if rng.random() < _chance_to_go(one, gone, disabled, able):
            gone.add(one)
    minors = [one for one in kin if one.age < ADULT_FROM]
    carers = [one for one in kin if one.age >= _CARER_FROM and one not in disabled]
    if minors and carers and gone.issuperset(carers):
        parents_away = [one for one in minors[0].parents if one in gone]
        gone.remove((parents_away or carers)[-1])
    return gone


def _chance_to_go(one: Kin, gone: set[Kin], disabled: set[Kin], able: set[Kin]) -> float:
    if one in able:
        if one.sex is Sex.FEMALE and one.spouse:
            return 0.6 if one.spouse in gone else 0.2
        return 0.74
    is_student = _SENIOR_SCHOOL_UNTIL < one.age <= _STUDENT_UNTIL and one not in disabled
    return 0.7 if is_student else 0


def _presence(rng: Random, one: Kin, gone: set[Kin]) -> PresenceState:
    if one not in gone:
        return PresenceState.HOME
    return PresenceState.HOLIDAY if rng.random() < _ON_HOLIDAY else PresenceState.AWAY


def _care(
    rng: Random, one: Kin, kin: list[Kin], gone: set[Kin], disabled: set[Kin]
) -> Iterable[CareCategory]:
    """Give the reasons to look after somebody.

    A left-behind child is under 16 with both parents away, or one away and the other unable (Ministry of
    Civil Affairs, 2016). For women and the elderly the line is ours: the only adult at home with a minor
    child while the husband is away; 60 and more with nobody of 16 to 59 at home, or 80 and more.
    """
    at_home = [other for other in kin if other not in gone and other.age >= ADULT_FROM]
    if one.age >= ELDER_FROM and (
        one.age >= _VERY_OLD_FROM or all(other.age >= ELDER_FROM for other in at_home)
    ):
        yield CareCategory.ELDERLY
    if one in disabled:
        yield CareCategory.DISABLED
    if one.age < ADULT_FROM:
        away = [parent in gone for parent in one.parents]
        cared_for = [parent not in gone and parent not in disabled for parent in one.parents]
        if any(away) and not any(cared_for):
            yield CareCategory.LEFT_BEHIND_CHILD
    is_mother = any(one in other.parents and other.age < ADULT_FROM for other in kin)
    if one.sex is Sex.FEMALE and one.spouse in gone and is_mother and at_home == [one]:
        yield CareCategory.LEFT_BEHIND_WOMAN
    if len(kin) == 1 and (one.age >= ELDER_FROM or one in disabled) and rng.random() < _DESTITUTE_IF_ALONE:
        yield CareCategory.DESTITUTE
    if one is kin[0] and rng.random() < _MONITORED:
        yield CareCategory.MONITORED


def _birth_date(rng: Random, age: int, on: date) -> date:
    latest = _years_before(on, age)
    earliest = _years_before(on, age + 1) + timedelta(days=1)
    return earliest + timedelta(days=rng.randrange((latest - earliest).days + 1))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _names(rng: Random, pool: NamePool, kin: list[Kin], births: list[date]) -> list[str]:
    """Give a name to each; children have their father's surname, and no two people the same name."""
    surnames: dict[Kin, str] = {}
    inherited: dict[Kin, str] = {}

    def surname(one: Kin) -> str:
        if one not in surnames:
            surnames[one] = inherit(one.parents[0]) if one.parents else pool.surname(rng)
        return surnames[one]

    def inherit(parent: Kin) -> str:
        if parent not in inherited:
            inherited[parent] = surname(parent) if parent.sex is Sex.MALE else pool.surname(rng)
        return inherited[parent]

    found: list[str] = []
    for one, birth in zip(kin, births, strict=True):
        name = surname(one) + pool.given_name(rng, one.sex, birth.year)
        while name in found:
            name = surname(one) + pool.given_name(rng, one.sex, birth.year)
        found.append(name)
    return found
