"""What offices read of how many work: the monthly dispatch, the quarterly bulletin, and who falls fastest."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import clock
from app.models import WorkPlace, WorkState
from app.reports import count_work
from tests.cast import FAR, GRID, HOME, NEXT, named
from tests.client import Answer, Client
from tests.counting import statements
from tests.trail import entries_of
from tests.work_world import write_adult, write_work

Be = Callable[[str | None], Client]
TOWNSHIP, COUNTY, CITY = HOME[:9], HOME[:6], HOME[:4]
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (9, 10, 11, 12))
_OUT_OF_WORK = WorkState.LOOKING


def _people(
    session: Session,
    area_code: str,
    months: Mapping[date, int],
    *,
    idle: int = 0,
    unwritten: int = 0,
    place: WorkPlace = WorkPlace.COUNTY,
) -> None:
    """Let so many work in each month, the others of all who ever do look for work; and others besides."""
    household = named("household far" if area_code == FAR else "household home")
    for number in range(max(months.values()) + idle + unwritten):
        one = write_adult(session, name=f"王{number}", area_code=area_code, household_id=household)
        if number >= max(months.values()) + idle:
            continue
        for month, working in months.items():
            state = WorkState.EMPLOYED if number < working else _OUT_OF_WORK
            told = {"place": place} if state is WorkState.EMPLOYED else {}
            write_work(session, one, month, area_code=area_code, state=state, **told)


def _count(session: Session, *months: date) -> None:
    """Count each month on the sixth day of the next."""
    for month in months:
        years, rest = divmod(month.month, 12)
        with clock.set_to(datetime(month.year + years, rest + 1, 6, 4, 0, tzinfo=UTC)):
            assert count_work(session) > 0


def _ask(client: Client, rule: str, area_code: str, **asked: Any) -> Answer:
    return client.get(f"/v1/{rule}", query_string={"area_code": area_code, **asked})


def _by_area(client: Client, rule: str, area_code: str, **asked: Any) -> dict[str, Any]:
    answer = _ask(client, rule, area_code, **asked)
    assert answer.status_code == 200, answer.text
    return {one["area_code"]: one for one in answer.json["items"]}


def test_the_dispatch_tells_a_month_and_how_it_changed(session: Session, be: Be) -> None:
    _people(session, GRID, {NOVEMBER: 20, DECEMBER: 14}, idle=5, unwritten=6, place=WorkPlace.OUTSIDE)
    _people(session, NEXT, {NOVEMBER: 8, DECEMBER: 8}, idle=7)
    _count(session, NOVEMBER, DECEMBER)

    found = _by_area(be("county"), "work-dispatch", TOWNSHIP, month="2026-12")

    assert list(found) == [TOWNSHIP, HOME, NEXT]
    figures, change = found[HOME]["figures"], found[HOME]["change"]
    assert (figures["working_age"], figures["written"], figures["working"]) == (31, 25, 14)
    assert (figures["outside"], figures["in_county"]) == (14, 0)
    assert (change["working"], change["outside"], change["working_age"]) == (-6, -6, 0)
    assert found[TOWNSHIP]["figures"]["working"] == 22
    assert _by_area(be("county"), "work-dispatch", HOME, month="2026-12").keys() == {HOME}, "grids have none"


def test_stable_homes_are_counted_once_however_many_work_there(session: Session, be: Be) -> None:
    """Few households are kept back, as few people are."""
    _people(session, GRID, {OCTOBER: 9, NOVEMBER: 9, DECEMBER: 9})
    _count(session, DECEMBER)

    figures = _by_area(be("county"), "work-dispatch", HOME, month="2026-12")[HOME]["figures"]

    assert (figures["working"], figures["homes"], figures["stable_homes"]) == (9, None, None)


def test_a_small_figure_is_kept_back_and_so_is_what_would_tell_it(session: Session, be: Be) -> None:
    """Also the few who do not work are few people: so how many work is not told."""
    _people(session, GRID, {DECEMBER: 20}, idle=2)
    _people(session, NEXT, {DECEMBER: 30}, idle=9)
    _count(session, DECEMBER)

    found = _by_area(be("county"), "work-dispatch", TOWNSHIP, month="2026-12")

    told = {area: (one["figures"]["working_age"], one["figures"]["working"]) for area, one in found.items()}
    assert told == {TOWNSHIP: (61, 50), HOME: (22, None), NEXT: (39, None)}
    assert found[HOME]["figures"]["in_county"] is None


def test_a_month_is_counted_once_from_the_sixth_day_of_the_next(session: Session, be: Be) -> None:
    _people(session, GRID, {NOVEMBER: 9, DECEMBER: 9}, idle=5)
    with clock.set_to(datetime(2027, 1, 5, 4, 0, tzinfo=UTC)):
        assert count_work(session) > 0
        assert count_work(session) == 0
    assert _by_area(be("county"), "work-dispatch", HOME, month="2026-11")[HOME]["figures"]["working"] == 9
    assert _by_area(be("county"), "work-dispatch", HOME)[HOME]["figures"]["working"] is None
    _count(session, DECEMBER)

    _people(session, GRID, {DECEMBER: 9})
    with clock.set_to(datetime(2027, 1, 20, 4, 0, tzinfo=UTC)):
        assert count_work(session) == 0

    assert _by_area(be("county"), "work-dispatch", HOME)[HOME]["figures"]["working"] == 9


def test_months_that_a_stopped_job_missed_are_counted_with_the_next(session: Session, be: Be) -> None:
    """None from before the first one, for then nobody wrote any down."""
    _people(session, GRID, {SEPTEMBER: 9, OCTOBER: 8, NOVEMBER: 7, DECEMBER: 6}, idle=9)
    _count(session, OCTOBER, DECEMBER)

    found = {
        month: _by_area(be("county"), "work-dispatch", HOME, month=month)[HOME]["figures"]["working"]
        for month in ("2026-09", "2026-10", "2026-11", "2026-12")
    }

    assert found == {"2026-09": None, "2026-10": 8, "2026-11": 7, "2026-12": 6}


def test_the_bulletin_tells_three_months_and_the_change_since_the_quarter_before(
    session: Session, be: Be
) -> None:
    _people(session, GRID, {SEPTEMBER: 40, OCTOBER: 35, NOVEMBER: 32, DECEMBER: 30}, idle=10)
    _count(session, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER)

    one = _by_area(be("county"), "work-bulletin", HOME, quarter="2026-Q4")[HOME]

    told = [(month["month"], month["figures"]["working"]) for month in one["months"]]
    assert told == [("2026-10", 35), ("2026-11", 32), ("2026-12", 30)]
    assert (one["change"]["working"], one["share"], one["share_change"]) == (-10, 60.0, -20.0)
    assert _by_area(be("county"), "work-bulletin", HOME)[HOME] == one, "the last quarter unless asked"


def test_places_that_fall_fastest_come_first(session: Session, be: Be) -> None:
    """By the share, not by how many; who rises or is kept back is not there."""
    _people(session, GRID, {SEPTEMBER: 40, DECEMBER: 30}, idle=60)
    _people(session, NEXT, {SEPTEMBER: 20, DECEMBER: 12}, idle=10)
    _people(session, FAR, {SEPTEMBER: 10, DECEMBER: 15}, idle=10)
    _count(session, SEPTEMBER, DECEMBER)

    city = _ask(be("city"), "work-bulletin/falls", CITY, quarter="2026-Q4").json["items"]
    far = _ask(be("far_county"), "work-bulletin/falls", FAR[:6], quarter="2026-Q4").json["items"]

    assert [one["area_code"] for one in city] == [NEXT, HOME]
    assert far == []


def test_no_two_answers_differ_by_a_small_figure(session: Session, be: Be) -> None:
    """Dispatch, bulletin and each area by itself tell the same of a month, null where one does."""
    _people(session, GRID, {DECEMBER: 20}, idle=2)
    _people(session, NEXT, {DECEMBER: 30}, idle=9)
    _people(session, FAR, {DECEMBER: 9}, idle=9)
    _count(session, DECEMBER)
    whole: dict[str, Any] = {}

    for asked in (CITY, COUNTY, TOWNSHIP, HOME, NEXT, FAR):
        for area, one in _by_area(be("city"), "work-dispatch", asked, month="2026-12").items():
            assert whole.setdefault(area, one["figures"]) == one["figures"]
        for area, one in _by_area(be("city"), "work-bulletin", asked, quarter="2026-Q4").items():
            assert one["months"][-1]["figures"] == whole[area]

    assert (whole[HOME]["working"], whole[NEXT]["working"], whole[CITY]["working"]) == (None, None, 59)


@pytest.mark.parametrize("rule", ["work-dispatch", "work-bulletin"])
def test_a_workbook_has_all_areas_and_is_marked(session: Session, be: Be, rule: str) -> None:
    _people(session, GRID, {DECEMBER: 20}, idle=2)
    _people(session, NEXT, {DECEMBER: 30}, idle=9)
    _count(session, DECEMBER)
    asked = {"month": "2026-12"} if rule == "work-dispatch" else {"quarter": "2026-Q4"}

    with entries_of(session) as entries:
        answer = _ask(be("county"), f"{rule}/workbook", COUNTY, **asked)

    (sheet,) = load_workbook(BytesIO(answer.data)).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    by_area = {row[0]: row for row in rows if row[0] in {COUNTY, TOWNSHIP, HOME, NEXT}}
    assert list(by_area) == [COUNTY, TOWNSHIP, HOME, NEXT]
    assert 50 in by_area[COUNTY]
    assert 20 not in by_area[HOME]
    (entry,) = entries
    assert (entry.area_code, entry.facts["export_id"] in str(rows[0][0])) == (COUNTY, True)


@pytest.mark.parametrize("rule", ["work-dispatch", "work-bulletin", "work-bulletin/falls"])
@pytest.mark.parametrize("who, area", [("county", FAR), ("county", CITY), ("county", GRID)])
def test_an_area_out_of_reach_and_a_grid_have_none(be: Be, rule: str, who: str, area: str) -> None:
    answer = _ask(be(who), rule, area)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("quarter", ["2026-Q5", "2026-4", "2026", "0000-Q1"])
def test_a_quarter_that_is_none_is_refused(be: Be, quarter: str) -> None:
    answer = _ask(be("county"), "work-bulletin", HOME, quarter=quarter)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["quarter"])


@pytest.mark.parametrize("rule", ["work-dispatch", "work-bulletin"])
def test_pages_follow_each_other_and_take_as_many_statements_for_many(
    session: Session, be: Be, connection: Connection, rule: str
) -> None:
    _people(session, GRID, {DECEMBER: 9}, idle=9)
    _count(session, DECEMBER)
    city = be("city")
    first = _ask(city, rule, TOWNSHIP, limit=1)
    with statements(connection) as one:
        second = _ask(city, rule, TOWNSHIP, limit=1, cursor=first.json["next_cursor"])
    with statements(connection) as many:
        assert len(_by_area(city, rule, CITY)) > 2

    assert [item["area_code"] for page in (first, second) for item in page.json["items"]] == [TOWNSHIP, HOME]
    assert len(many) == len(one)
