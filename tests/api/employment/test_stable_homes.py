"""How many homes have stable work is not known before three months are on record, and then it is told."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import Household
from app.reports import count_work
from tests.care_world import NOON
from tests.cast import FAR, GRID, HOME, LONG_AGO, named
from tests.client import Client
from tests.work_world import write_adult, write_work

Be = Callable[[str | None], Client]
CITY = HOME[:4]
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (9, 10, 11, 12))
WORKING, IDLE = 6, 5


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.set_to(NOON):
        yield


@pytest.fixture
def homes(session: Session) -> list[UUID]:
    """Give one of working age in each of eleven homes."""
    return _homes(session, WORKING + IDLE, area_code=GRID, place_id=named("block"))


def _homes(session: Session, many: int, *, area_code: str, place_id: UUID) -> list[UUID]:
    people = []
    for number in range(many):
        home = Household(
            id=new_id(),
            area_code=area_code,
            place_id=place_id,
            door=f"9单元{number}",
            content_hash=b"",
            created_at=LONG_AGO,
        )
        session.add(home)
        session.flush()
        people.append(write_adult(session, area_code=area_code, household_id=home.id))
    return people


def _work(session: Session, people: list[UUID], *months: date) -> None:
    for month in months:
        for one in people[:WORKING]:
            write_work(session, one, month)


def _count(session: Session, *months: date) -> None:
    for month in months:
        years, rest = divmod(month.month, 12)
        with clock.set_to(datetime(month.year + years, rest + 1, 6, 4, 0, tzinfo=UTC)):
            assert count_work(session) > 0


def _told(client: Client, month: str) -> tuple[Any, ...]:
    answer = client.get("/v1/work-dispatch", query_string={"area_code": HOME, "month": month}).json
    (one,) = answer["items"]
    assert (answer["month"], one["figures"]["homes"]) == (month, WORKING + IDLE)
    return one["figures"]["stable_homes"], one["change"]["stable_homes"], answer["stable_homes_from"]


def test_it_is_told_from_the_third_month_on(session: Session, be: Be, homes: list[UUID]) -> None:
    _work(session, homes, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER)
    county = be("county")
    _count(session, SEPTEMBER)
    first = _told(county, "2026-09")
    _count(session, OCTOBER, NOVEMBER, DECEMBER)

    assert first == (None, None, "2026-11"), "told before it is there"
    assert _told(county, "2026-10") == (None, None, "2026-11")
    assert _told(county, "2026-11") == (WORKING, None, "2026-11")
    assert _told(county, "2026-12") == (WORKING, 0, "2026-11")


def test_that_nobody_has_is_told_once_it_is_known(session: Session, be: Be, homes: list[UUID]) -> None:
    """Whoever works in every second month only is not stably employed, which is known of him."""
    _work(session, homes, OCTOBER, DECEMBER)
    _count(session, OCTOBER, NOVEMBER, DECEMBER)

    assert [_told(be("county"), month)[0] for month in ("2026-10", "2026-11", "2026-12")] == [None, None, 0]


def test_months_written_down_late_change_none_that_was_counted(
    session: Session, be: Be, homes: list[UUID]
) -> None:
    _work(session, homes, NOVEMBER)
    _count(session, NOVEMBER)
    assert _told(be("county"), "2026-11")[2] == "2027-01"
    _work(session, homes, SEPTEMBER, OCTOBER)
    assert _told(be("county"), "2026-11") == (None, None, "2026-12")
    _work(session, homes, DECEMBER)
    _count(session, DECEMBER)

    assert _told(be("county"), "2026-11") == (None, None, "2026-12")
    assert _told(be("county"), "2026-12") == (WORKING, None, "2026-12")


def test_another_place_of_the_city_on_record_lets_it_be_known(
    session: Session, be: Be, homes: list[UUID]
) -> None:
    """By the city, for of a small place it would tell that somebody there was written down."""
    far = _homes(session, 6, area_code=FAR, place_id=named("far_block"))
    write_work(session, far[0], SEPTEMBER, area_code=FAR)
    _work(session, homes, NOVEMBER)
    _count(session, NOVEMBER)

    assert _told(be("county"), "2026-11") == (0, None, "2026-11")


def test_where_nothing_is_written_down_no_month_is_named(session: Session, be: Be, homes: list[UUID]) -> None:
    assert len(homes) == WORKING + IDLE
    _count(session, NOVEMBER)

    assert _told(be("county"), "2026-11") == (None, None, None)


def test_bulletin_and_falls_name_their_quarter_and_that_month(
    session: Session, be: Be, homes: list[UUID]
) -> None:
    _work(session, homes, OCTOBER, NOVEMBER, DECEMBER)
    _count(session, OCTOBER, NOVEMBER, DECEMBER)
    asked = {"area_code": HOME, "quarter": "2026-Q4"}

    bulletin = be("county").get("/v1/work-bulletin", query_string=asked).json
    fallen = be("county").get("/v1/work-bulletin/falls", query_string=asked).json
    last = be("county").get("/v1/work-bulletin", query_string={"area_code": HOME}).json

    assert last == bulletin
    for answer in (bulletin, fallen):
        assert (answer["quarter"], answer["stable_homes_from"]) == ("2026-Q4", "2026-12")
    (one,) = bulletin["items"]
    assert [month["figures"]["stable_homes"] for month in one["months"]] == [None, None, WORKING]


@pytest.mark.parametrize(
    "rule, asked, file, title",
    [
        ("work-dispatch", {"month": "2026-11"}, "dispatch-4212-2026-11", "月调度 2026年11月"),
        ("work-bulletin", {"quarter": "2026-Q4"}, "bulletin-4212-2026-Q4", "季通报 2026年第4季度"),
    ],
)
def test_a_file_names_its_span_and_what_is_not_known_yet(
    session: Session, be: Be, homes: list[UUID], rule: str, asked: dict[str, str], file: str, title: str
) -> None:
    _work(session, homes, OCTOBER, NOVEMBER, DECEMBER)
    _count(session, OCTOBER, NOVEMBER, DECEMBER)

    answer = be("city").get(f"/v1/{rule}/workbook", query_string={"area_code": CITY} | asked)

    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}.xlsx"'
    (sheet,) = load_workbook(BytesIO(answer.data)).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    span = title.split()[1]
    note = str(rows[1][0])
    assert (sheet.title, span in str(rows[0][0]), note.startswith(span)) == (title, True, True)
    assert "从2026年12月起才能知道" in note
    (home,) = (row for row in rows if row[0] == HOME)
    stable = [value for name, value in zip(rows[2], home, strict=True) if "稳定就业" in str(name)]
    assert set(stable) == {"尚不清楚"}


def test_a_file_of_later_months_says_nothing_of_it(session: Session, be: Be, homes: list[UUID]) -> None:
    _work(session, homes, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER)
    _count(session, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER)

    asked = {"area_code": HOME, "month": "2026-12"}
    answer = be("county").get("/v1/work-dispatch/workbook", query_string=asked)

    (sheet,) = load_workbook(BytesIO(answer.data)).worksheets
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert not [one for one in texts if "尚不清楚" in one]
    assert str(WORKING) in texts


@pytest.mark.parametrize("rule", ["care-counts", "work-dispatch", "work-dispatch/workbook"])
@pytest.mark.parametrize("month", ["1900-01", "2017-00", "2016-12", "2027-02", "2068-09"])
def test_a_month_far_away_is_refused_with_the_first_and_the_last(be: Be, rule: str, month: str) -> None:
    asked = {"area_code": HOME, "month": month}

    answer = be("county").get(f"/v1/{rule}", query_string=asked)

    said = "月份请写成2026-11这样" if month.endswith("-00") else "请填2017-01到2027-01之间的月份"
    assert (answer.status_code, answer.json["errors"]) == (422, {"month": [said]})


@pytest.mark.parametrize("rule", ["work-bulletin", "work-bulletin/falls", "work-bulletin/workbook"])
@pytest.mark.parametrize("quarter", ["1900-Q1", "2016-Q4", "2027-Q2", "2199-Q4"])
def test_a_quarter_far_away_is_refused_the_same_way(be: Be, rule: str, quarter: str) -> None:
    asked = {"area_code": HOME, "quarter": quarter}

    answer = be("county").get(f"/v1/{rule}", query_string=asked)

    assert (answer.status_code, answer.json["errors"]) == (
        422,
        {"quarter": ["请填2017-Q1到2027-Q1之间的季度"]},
    )


@pytest.mark.parametrize("month", ["2017-01", "2027-01"])
def test_the_first_and_the_last_month_are_answered(be: Be, month: str) -> None:
    for rule in ("care-counts", "work-dispatch"):
        answer = be("county").get(f"/v1/{rule}", query_string={"area_code": HOME, "month": month})
        assert (answer.status_code, answer.json["month"]) == (200, month)
