"""The list of care by day, by risk and by route: colours, filters, pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareLevel, Household, Place, PresenceState
from tests.care_world import TODAY, write_care, write_resident
from tests.cast import GRID, LONG_AGO, named, person
from tests.child_world import write_guarded_child
from tests.client import Client
from tests.counting import statements

Become = Callable[[str | None], Client]
LIST = "/v1/care-records"
HIGH, MEDIUM, LOW, GENERAL = CareLevel.HIGH, CareLevel.MEDIUM, CareLevel.LOW, CareLevel.GENERAL


def write(session: Session, days: int, level: CareLevel = LOW, **columns: Any) -> UUID:
    """Look after somebody new whose visit is due in so many days."""
    somebody = columns.pop("resident_id", None) or write_resident(session)
    due = TODAY + timedelta(days=days)
    return write_care(session, resident_id=somebody, level=level, next_due_on=due, **columns)


def pages(client: Client, **query: Any) -> list[dict[str, Any]]:
    """Give the whole list, read two by two."""
    found: list[dict[str, Any]] = []
    query["limit"] = 2
    while True:
        answer = client.get(LIST, query_string=query)
        assert answer.status_code == 200, answer.text
        found += answer.json["items"]
        if answer.json["next_cursor"] is None:
            return found
        query["cursor"] = answer.json["next_cursor"]


def ids(client: Client, **query: Any) -> list[UUID]:
    return [UUID(one["id"]) for one in pages(client, **query)]


@pytest.mark.parametrize(
    "days, due", [(-40, "overdue"), (-1, "overdue"), (0, "today"), (1, "soon"), (3, "soon"), (4, "later")]
)
def test_a_visit_has_its_colour(admin: Client, session: Session, days: int, due: str) -> None:
    record = write(session, days)

    shown = admin.get(f"{LIST}/{record}").json

    assert (shown["due"], shown["due_in_days"], shown["overdue_days"]) == (due, days, max(0, -days))
    for one in ("overdue", "today", "soon", "later"):
        assert ids(admin, due=one) == ([record] if one == due else [])


def test_nobody_away_or_ended_has_one(admin: Client, session: Session) -> None:
    away = write(session, -3, resident_id=write_resident(session, presence=PresenceState.AWAY))
    ended = write(session, -3, ended_on=TODAY)

    for record in (away, ended):
        shown = admin.get(f"{LIST}/{record}").json
        assert (shown["due"], shown["due_in_days"]) == (None, None)


def test_what_presses_most_comes_first(admin: Client, session: Session) -> None:
    """By the level, and more if it is late or the last visit reached nobody; then by the day."""
    wanted = [
        (7, write(session, -1, HIGH, not_reached=1)),
        (5, write(session, -2, HIGH)),
        (5, write(session, -1, HIGH)),
        (5, write(session, 0, HIGH, not_reached=2)),
        (4, write(session, -9, MEDIUM)),
        (3, write(session, 0, HIGH)),
        (3, write(session, 1, HIGH)),
        (2, write(session, -30, GENERAL)),
        (1, write(session, 0, LOW)),
        (0, write(session, 0, GENERAL)),
    ]

    shown = pages(admin, sort="risk")

    assert [(one["risk"], UUID(one["id"])) for one in shown] == wanted


def test_places_come_as_they_are_walked(admin: Client, session: Session) -> None:
    """Each place once, and there by the day; what no route names comes after."""
    houses = {}
    for number, position in enumerate([2, None, 1]):
        place = Place(
            id=new_id(),
            area_code=GRID,
            kind=session.get_one(Place, named("block")).kind,
            name=f"{number}号楼",
            route_code=GRID if position else None,
            route_position=position,
            content_hash=b"",
            created_at=LONG_AGO,
        )
        home = Household(
            id=new_id(), area_code=GRID, place_id=place.id, door="101", content_hash=b"", created_at=LONG_AGO
        )
        session.add_all([place, home])
        session.commit()
        houses[position] = home.id
    order = [(1, 0), (1, 9), (2, -5), (2, 3), (None, -70)]
    wanted = [
        write(session, days, resident_id=write_resident(session, household_id=houses[position]))
        for position, days in order
    ]
    place_id = session.scalar(select(Household.place_id).where(Household.id == houses[2]))

    assert ids(admin, sort="route") == wanted
    assert ids(admin, sort="route", place_id=str(place_id)) == wanted[2:4]


def test_filters_narrow_it(admin: Client, session: Session) -> None:
    high = write(session, 0, HIGH)
    other = write(session, 0, LOW, worker="colleague")

    assert ids(admin, level="high") == [high]
    assert ids(admin, worker_id=str(person("colleague").user_id)) == [other]
    assert admin.get(LIST, query_string={"due": "red"}).status_code == 422


def test_a_cursor_belongs_to_its_order(admin: Client, session: Session) -> None:
    for days in range(3):
        write(session, days)
    cursor = admin.get(LIST, query_string={"limit": 1, "sort": "risk"}).json["next_cursor"]

    wrong = admin.get(LIST, query_string={"limit": 1, "sort": "route", "cursor": cursor})

    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["cursor"])


@pytest.mark.parametrize("sort", ["due", "risk", "route"])
def test_of_a_minor_no_order_and_no_filter_tells_what_is_hidden(
    be: Become, session: Session, sort: str
) -> None:
    """S-95: the most pressing one stands where it would whatever there was to tell of it."""
    child = write_guarded_child(session)
    hidden = write(session, -90, HIGH, resident_id=child, not_reached=2)
    other = write(session, 30, GENERAL)

    shown = pages(be("admin"), sort=sort)

    assert [UUID(one["id"]) for one in shown] == [other, hidden]
    (one,) = [one for one in shown if one["ticket_needed"]]
    told = {"due", "due_in_days", "risk", "not_reached", "escalated_at", "regular_due_on", "alert_kind"}
    assert {one[name] for name in told} == {None}
    of_worker = {"worker_id": str(person("worker").user_id)}
    for query in ({"due": "overdue"}, {"due": "later"}, {"level": "high"}, of_worker):
        assert hidden not in ids(be("admin"), sort=sort, **query)


@pytest.mark.parametrize("sort", ["due", "risk", "route"])
def test_a_longer_list_takes_no_more_queries(
    worker: Client, session: Session, connection: Connection, sort: str
) -> None:
    def counted() -> int:
        with statements(connection) as seen:
            assert worker.get(LIST, query_string={"sort": sort}).status_code == 200
        return len(seen)

    write(session, 0)
    few = counted()
    for days in range(6):
        write(session, days)

    assert counted() == few
