"""Whom to ask what he lives by, and which homes have nobody stably employed."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.models import WorkState
from tests.cast import NEXT, named
from tests.child_world import write_ticket
from tests.client import Client
from tests.counting import statements
from tests.work_world import write_adult, write_work

Become = Callable[[str | None], Client]
JANUARY, DECEMBER, NOVEMBER = date(2027, 1, 1), date(2026, 12, 1), date(2026, 11, 1)
SIXTEEN = date(2010, 6, 1)


def test_due_are_those_of_working_age_without_an_entry(be: Become, session: Session, adult: UUID) -> None:
    """16 today, and 59 on the last day of the month; with what was the month before."""
    done = write_adult(session)
    write_work(session, done, JANUARY)
    write_work(session, adult, DECEMBER, state=WorkState.LOOKING)
    still = write_adult(session, birth_date=date(1967, 2, 1))
    write_adult(session, birth_date=date(1967, 1, 31))
    write_adult(session, birth_date=date(2011, 2, 1))
    elsewhere = write_adult(session, area_code=NEXT)

    items = be("worker").get("/v1/employments/due?limit=100").json["items"]

    found = {one["resident_id"]: one["before"] and one["before"]["state"] for one in items}
    assert found == {str(adult): "looking", str(still): None}
    assert str(elsewhere) not in found
    assert len(be("worker").get("/v1/employments/due?month=2026-12&limit=100").json["items"]) == 3


def test_no_two_months_tell_when_somebody_turned_sixteen(be: Become, session: Session) -> None:
    """S-95: whoever was fifteen for a part of the year is in the lists of all its months, or of none."""
    young = write_adult(session, birth_date=date(2010, 6, 15), household_id=named("household neighbour"))
    child = write_adult(session, birth_date=date(2016, 6, 15), household_id=named("household neighbour"))
    worker = be("worker")

    def listed(month: str) -> tuple[set[str], set[int]]:
        people = worker.get(f"/v1/employments/due?month={month}&limit=100").json["items"]
        homes = worker.get(f"/v1/employments/homes?month={month}&limit=100").json["items"]
        at_home = {str(named("household neighbour"))}
        named_there = {one["resident_id"] for one in people}
        return named_there, {one["working_age"] for one in homes if one["household_id"] in at_home}

    months = ["2026-01", "2026-05", "2026-06", "2027-01"]
    found = [listed(month) for month in months]

    assert all(str(young) in people and str(child) not in people for people, _ in found)
    assert [sums for _, sums in found] == [{1}] * len(months)
    for rule in ("due", "homes"):
        for month in ("2032-06", "2027-02", "2025-12"):
            refused = worker.get(f"/v1/employments/{rule}?month={month}")
            assert (refused.status_code, refused.json["code"]) == (422, "work_month")


def test_a_home_is_stable_once_somebody_worked_for_three_months(
    be: Become, session: Session, adult: UUID
) -> None:
    """A month that was not written down breaks it, and so does one without work."""
    for month in (NOVEMBER, DECEMBER, JANUARY):
        write_work(session, adult, month)
    other = write_adult(session, household_id=named("household neighbour"))
    for month in (NOVEMBER, JANUARY):
        write_work(session, other, month)

    def homes(**asked: str) -> dict[str, int]:
        items = be("worker").get("/v1/employments/homes", query_string=asked).json["items"]
        return {one["household_id"]: one["stable"] for one in items}

    home, neighbour = str(named("household home")), str(named("household neighbour"))
    assert homes() == {home: 1, neighbour: 0}
    assert homes(stable="false") == {neighbour: 0}
    assert homes(stable="true") == {home: 1}
    write_work(session, other, DECEMBER, state=WorkState.LOOKING)
    assert homes(stable="false") == {neighbour: 0}


def test_a_home_says_nothing_of_the_work_of_a_minor_without_leave(be: Become, session: Session) -> None:
    """S-95: neither by its sums, nor by those of the others beside it, nor by which list it is in."""
    minor = write_adult(session, birth_date=SIXTEEN)
    for month in (NOVEMBER, DECEMBER, JANUARY):
        write_work(session, minor, month)
    sums = ("working_age", "written", "working", "stable")

    def homes(who: str = "worker", **asked: str) -> list[tuple[int | None, ...]]:
        items = be(who).get("/v1/employments/homes", query_string=asked).json["items"]
        return [tuple(one[name] for name in sums) for one in items]

    assert homes() == [(1, None, None, None)]
    assert (homes(stable="true"), homes(stable="false")) == ([], [(1, None, None, None)])
    write_ticket(session, minor, "admin")
    assert (homes("admin"), homes("admin", stable="false")) == ([(1, 1, 1, 1)], [])
    write_work(session, write_adult(session), JANUARY)
    assert homes() == [(2, 1, 1, 0)]
    assert homes("admin") == [(2, 2, 2, 1)]


@pytest.mark.parametrize("path", ["/v1/employments/due", "/v1/employments/homes"])
def test_lists_take_as_many_statements_for_many_as_for_one(
    be: Become, session: Session, connection: Connection, adult: UUID, path: str
) -> None:
    worker = be("worker")
    write_work(session, adult, DECEMBER)
    with statements(connection) as one:
        assert worker.get(path).json["items"]
    for number in range(5):
        more = write_adult(session, name=f"王{number}", household_id=named("household neighbour"))
        write_work(session, more, DECEMBER)
    with statements(connection) as many:
        assert worker.get(path).json["items"]

    assert len(many) == len(one)
