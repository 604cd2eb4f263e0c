"""What offices read of how many people are looked after."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import business_day
from app.models import CareCategory
from app.reports import count_care
from tests.care_world import write_care, write_resident
from tests.cast import FAR, GRID, HOME, NEXT
from tests.client import Answer, Client
from tests.counting import statements

FIRST = business_day().replace(day=1)
TOWNSHIP, COUNTY, CITY = HOME[:9], HOME[:6], HOME[:4]
Be = Callable[[str | None], Client]


def _look_after(session: Session, how_many: int, area_code: str, **columns: Any) -> None:
    for number in range(how_many):
        resident = write_resident(session, name=f"王{number}", area_code=area_code)
        write_care(session, resident_id=resident, area_code=area_code, **{"started_on": FIRST} | columns)


def _ask(client: Client, area_code: str, **asked: Any) -> Answer:
    more = "".join(f"&{name}={value}" for name, value in asked.items())
    return client.get(f"/v1/care-counts?area_code={area_code}{more}")


def _elderly(client: Client, area_code: str, **asked: Any) -> dict[str, int | None]:
    answer = _ask(client, area_code, **asked)
    assert answer.status_code == 200, answer.json
    return {
        area["area_code"]: next(one["people"] for one in area["categories"] if one["category"] == "elderly")
        for area in answer.json["items"]
    }


def test_an_office_reads_an_area_and_those_right_below_it(session: Session, be: Be) -> None:
    _look_after(session, 6, GRID)
    _look_after(session, 7, NEXT)
    count_care(session)

    assert _elderly(be("county"), TOWNSHIP) == {TOWNSHIP: 13, HOME: 6, NEXT: 7}
    assert _elderly(be("county"), HOME) == {HOME: 6}, "grids have none"
    assert _elderly(be("city"), CITY)[COUNTY] == 13
    names = {area["area_code"]: area["name"] for area in _ask(be("county"), TOWNSHIP).json["items"]}
    assert all(names.values())


def test_a_small_figure_is_kept_back_and_so_is_what_would_tell_it(session: Session, be: Be) -> None:
    _look_after(session, 4, GRID)
    _look_after(session, 7, NEXT)
    count_care(session)

    assert _elderly(be("county"), TOWNSHIP) == {TOWNSHIP: 11, HOME: None, NEXT: None}


def test_no_two_answers_differ_by_a_small_figure(session: Session, be: Be) -> None:
    """Whoever asks for each area by itself reads no more than who asks for all."""
    _look_after(session, 4, GRID)
    _look_after(session, 7, NEXT)
    _look_after(session, 9, FAR)
    count_care(session)
    whole: dict[str, int | None] = {}

    for asked in (CITY, COUNTY, TOWNSHIP, HOME, NEXT, FAR):
        for area, people in _elderly(be("city"), asked).items():
            assert whole.setdefault(area, people) == people

    assert (whole[HOME], whole[NEXT]) == (None, None)
    assert (whole[COUNTY], whole[FAR]) == (11, 9)


def test_figures_are_those_of_the_first_of_the_month_however_often_they_are_counted(
    session: Session, be: Be
) -> None:
    _look_after(session, 5, GRID)
    _look_after(session, 1, GRID, started_on=FIRST + timedelta(days=1))
    _look_after(session, 1, GRID, started_on=FIRST - timedelta(days=9), ended_on=FIRST - timedelta(days=1))
    _look_after(session, 1, GRID, started_on=FIRST - timedelta(days=9), ended_on=FIRST)

    assert count_care(session) > 0
    _look_after(session, 3, GRID)
    assert count_care(session) == 0

    assert _elderly(be("county"), HOME) == {HOME: 6}
    assert _elderly(be("county"), HOME, month=f"{FIRST:%Y-%m}") == {HOME: 6}
    assert _elderly(be("county"), HOME, month="2020-01") == {HOME: None}, "nobody counted then"


def test_each_category_has_its_own_figure_and_there_is_no_sum_of_all(session: Session, be: Be) -> None:
    _look_after(session, 5, GRID)
    _look_after(session, 2, GRID, category=CareCategory.LEFT_BEHIND_CHILD)
    count_care(session)

    (area,) = _ask(be("county"), HOME).json["items"]

    told = {one["category"]: one["people"] for one in area["categories"]}
    assert told == dict.fromkeys(CareCategory, 0) | {"elderly": 5, "left_behind_child": None}
    assert area.keys() == {"area_code", "name", "categories"}


@pytest.mark.parametrize(
    "who, area", [("county", FAR), ("county", CITY), ("county", GRID), ("far_county", HOME)]
)
def test_an_area_out_of_reach_and_a_grid_have_none(be: Be, who: str, area: str) -> None:
    answer = _ask(be(who), area)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "2026", "0000-00", "2026-11-01"])
def test_a_month_that_is_none_is_refused(be: Be, month: str) -> None:
    answer = _ask(be("county"), HOME, month=month)

    assert answer.status_code == 422
    assert "month" in answer.json["errors"]


def test_pages_follow_each_other(session: Session, be: Be) -> None:
    _look_after(session, 5, GRID)
    count_care(session)

    first = _ask(be("county"), TOWNSHIP, limit=1)
    second = _ask(be("county"), TOWNSHIP, limit=1, cursor=first.json["next_cursor"])

    assert [one["area_code"] for page in (first, second) for one in page.json["items"]] == [TOWNSHIP, HOME]


def test_it_takes_as_many_statements_for_many_areas_as_for_one(
    session: Session, be: Be, connection: Connection
) -> None:
    _look_after(session, 5, GRID)
    count_care(session)
    city = be("city")
    with statements(connection) as one:
        _elderly(city, HOME)
    with statements(connection) as many:
        assert len(_elderly(city, CITY)) > 2

    assert len(many) == len(one)
