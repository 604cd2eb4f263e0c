"""Synthetic people: exact totals, believable families, and nobody who could be real."""

import re
from collections import Counter
from datetime import date
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.seed.naming import phone
from app.cli.seed.people import Household, Person, households
from app.models import CareCategory, PresenceState, Relation, Sex

_ON = date(2026, 11, 24)
_CHILD_LIMIT, _ELDER_FROM = 16, 60


def _big(seed: int = 1) -> list[Household]:
    return households(Random(seed), count=1505, people=6476, on=_ON)


@pytest.fixture(scope="module")
def big() -> list[Household]:
    return _big()


@pytest.fixture(scope="module")
def small() -> list[Household]:
    return households(Random(2), count=24, people=66, on=_ON)


def _everybody(found: list[Household]) -> list[Person]:
    return [one for household in found for one in household.members]


def _of(household: Household, *relations: Relation) -> list[Person]:
    return [one for one in household.members if one.relation in relations]


def _years(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def test_the_same_seed_makes_the_same_people_and_another_one_others(big: list[Household]) -> None:
    assert _big() == big
    assert _big(2) != big


def test_the_big_site_has_its_published_people(big: list[Household]) -> None:
    people = _everybody(big)
    ages = [one.age_on(_ON) for one in people]

    assert (len(big), len(people)) == (1505, 6476)
    assert sum(age < _CHILD_LIMIT for age in ages) == 1229
    assert sum(age >= _ELDER_FROM for age in ages) == 740
    assert sum(one.able_to_work for one in people) == 3505


def test_the_small_site_is_a_small_one_of_the_same_kind(small: list[Household]) -> None:
    people = _everybody(small)
    ages = [one.age_on(_ON) for one in people]

    assert (len(small), len(people)) == (24, 66)
    assert sum(age < _CHILD_LIMIT for age in ages) == 13
    assert sum(age >= _ELDER_FROM for age in ages) == 8
    assert sum(one.able_to_work for one in people) == 36


@given(
    seed=st.integers(0, 10**6),
    count=st.integers(1, 40),
    size=st.floats(2, 6),
    on=st.dates(date(2024, 1, 1), date(2030, 12, 31)) | st.just(date(2028, 2, 29)),
)
@settings(deadline=None, max_examples=60)
def test_any_settlement_comes_out_exactly(seed: int, count: int, size: float, on: date) -> None:
    people = max(count * 2, min(count * 6, round(count * size)))
    found = households(Random(seed), count=count, people=people, on=on)
    ages = [one.age_on(on) for one in _everybody(found)]

    assert (len(found), len(ages)) == (count, people)
    assert min(ages) >= 0
    assert sum(age < _CHILD_LIMIT for age in ages) == round(people * 1229 / 6476)
    assert sum(age >= _ELDER_FROM for age in ages) == round(people * 740 / 6476)


@pytest.mark.parametrize("count, people", [(0, 0), (10, 19), (10, 61), (-1, -3)])
def test_impossible_settlements_are_refused(count: int, people: int) -> None:
    with pytest.raises(ValueError, match="do not make"):
        households(Random(1), count=count, people=people, on=_ON)


def test_only_people_of_16_to_59_are_the_labour_force(big: list[Household]) -> None:
    ages = [one.age_on(_ON) for one in _everybody(big) if one.able_to_work]

    assert min(ages) >= _CHILD_LIMIT
    assert max(ages) < _ELDER_FROM


def test_nobody_is_older_than_105(big: list[Household]) -> None:
    assert max(one.age_on(_ON) for one in _everybody(big)) <= 105


def test_each_household_has_one_head_who_is_grown_up_and_comes_first(big: list[Household]) -> None:
    for household in big:
        assert [one.relation for one in household.members].count(Relation.HEAD) == 1
        assert household.head.relation is Relation.HEAD
        assert household.head.age_on(_ON) >= 18


def test_parents_are_16_years_older_than_their_children(big: list[Household]) -> None:
    pairs = 0
    for household in big:
        older = [
            *((up, down) for up in _of(household, Relation.PARENT) for down in _of(household, Relation.HEAD)),
            *(
                (up, down)
                for up in _of(household, Relation.HEAD, Relation.SPOUSE)
                for down in _of(household, Relation.CHILD)
            ),
        ]
        pairs += len(older)
        assert all(_years(up.birth_date, 16) <= down.birth_date for up, down in older)

    assert pairs > 3000


def test_a_grandchild_has_a_parent_in_the_house_and_is_32_years_younger_than_the_head(
    big: list[Household],
) -> None:
    grandchildren = 0
    for household in big:
        for young in _of(household, Relation.GRANDCHILD):
            grandchildren += 1
            assert _years(household.head.birth_date, 32) <= young.birth_date
            assert any(_years(up.birth_date, 16) <= young.birth_date for up in _of(household, Relation.CHILD))

    assert grandchildren > 100


def test_brothers_and_sisters_are_born_nine_months_apart_at_least(big: list[Household]) -> None:
    for household in big:
        births = sorted(one.birth_date for one in _of(household, Relation.CHILD))
        assert all((late - early).days > 270 for early, late in pairwise(births))


def test_a_couple_is_a_man_and_a_woman_of_like_age(big: list[Household]) -> None:
    couples = [(one.head, spouse) for one in big for spouse in _of(one, Relation.SPOUSE)]

    assert len(couples) > 1000
    assert all(
        head.sex is not spouse.sex and abs(head.age_on(_ON) - spouse.age_on(_ON)) <= 6
        for head, spouse in couples
    )


def test_about_half_of_working_age_is_away_and_no_minor_is_left_without_a_grown_up(
    big: list[Household],
) -> None:
    working_age = [one for one in _everybody(big) if _CHILD_LIMIT <= one.age_on(_ON) < _ELDER_FROM]
    away = sum(one.presence is not PresenceState.HOME for one in working_age)

    assert 0.45 <= away / len(working_age) <= 0.55
    assert {one.presence for one in working_age} == set(PresenceState)
    for household in big:
        if any(one.age_on(_ON) < _CHILD_LIMIT for one in household.members):
            assert any(
                one.age_on(_ON) >= 18 and one.presence is PresenceState.HOME for one in household.members
            )


def test_minors_and_the_old_are_at_home(big: list[Household]) -> None:
    rest = [one for one in _everybody(big) if not _CHILD_LIMIT <= one.age_on(_ON) < _ELDER_FROM]

    assert {one.presence for one in rest} == {PresenceState.HOME}


def test_care_categories_hold_what_their_names_say(big: list[Household]) -> None:
    for household in big:
        home = [one for one in household.members if one.presence is PresenceState.HOME]
        for one in household.members:
            age = one.age_on(_ON)
            if CareCategory.ELDERLY in one.care:
                alone = not [other for other in home if _CHILD_LIMIT <= other.age_on(_ON) < _ELDER_FROM]
                assert age >= 80 or (age >= _ELDER_FROM and alone)
            if CareCategory.LEFT_BEHIND_CHILD in one.care:
                assert age < _CHILD_LIMIT
                assert len(home) < len(household.members)
            if CareCategory.LEFT_BEHIND_WOMAN in one.care:
                assert one.sex is Sex.FEMALE
                assert [other for other in home if other.age_on(_ON) >= _CHILD_LIMIT] == [one]
            if CareCategory.DESTITUTE in one.care:
                assert len(household.members) == 1
            if CareCategory.DISABLED in one.care:
                assert not one.able_to_work


def test_a_child_whose_head_and_spouse_are_both_away_is_left_behind(big: list[Household]) -> None:
    left = 0
    for household in big:
        parents = _of(household, Relation.HEAD, Relation.SPOUSE)
        if any(one.presence is PresenceState.HOME for one in parents):
            continue
        for child in _of(household, Relation.CHILD):
            if child.age_on(_ON) < _CHILD_LIMIT:
                left += 1
                assert CareCategory.LEFT_BEHIND_CHILD in child.care

    assert left > 50


def test_every_care_category_occurs_and_most_people_need_none(big: list[Household]) -> None:
    counts = Counter(category for one in _everybody(big) for category in one.care)

    assert set(counts) == set(CareCategory)
    assert 0.1 <= sum(bool(one.care) for one in _everybody(big)) / 6476 <= 0.2


def test_no_phone_can_be_a_real_mobile_number(big: list[Household]) -> None:
    numbers = [one.phone for one in big if one.phone]

    assert 1300 < len(numbers) < 1505
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"100[0-9]{8}", number) for number in numbers)
    assert not any(re.match(r"1[3-9]", number) for number in numbers)


def test_a_second_site_takes_other_phones(big: list[Household]) -> None:
    second = households(Random(3), count=24, people=66, on=_ON, phone_from=1505)

    assert not {one.phone for one in second if one.phone} & {one.phone for one in big}
    assert phone(1505) == "10000001505"


def test_names_are_chinese_of_three_characters_and_differ_within_a_household(big: list[Household]) -> None:
    for household in big:
        found = [one.name for one in household.members]
        assert len(set(found)) == len(found)
        assert all(re.fullmatch(r"[\u4e00-\u9fff]{3}", name) for name in found)


def test_children_of_a_male_head_bear_his_surname(big: list[Household]) -> None:
    for household in big:
        if household.head.sex is Sex.MALE:
            assert {one.name[0] for one in _of(household, Relation.CHILD)} <= {household.head.name[0]}
