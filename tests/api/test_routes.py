"""The order in which places are walked: given, shown, and gone by in a worker's lists."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.clock import set_to
from app.ids import new_id
from app.models import Area, AreaLevel, Place, Route
from tests.cast import GRID, HOME, NEXT
from tests.client import Answer, Client
from tests.counting import statements
from tests.hazard_world import BLOCK, refused, write_checklist
from tests.plan_world import START, in_china, make, write_place, write_plan
from tests.trail import entries_of

Be = Callable[[str], Client]
MORNING = in_china(START, "09:00")


@pytest.fixture
def houses(session: Session) -> dict[str, str]:
    """Give the ids of the buildings of the grid by their names; the cast has 1号楼."""
    made = {name: str(write_place(session, name=name).id) for name in ("10号楼", "2号楼", "3号楼")}
    return {"1号楼": str(BLOCK)} | made


def order(client: Client, place_ids: Sequence[str], area_code: str = GRID, **more: Any) -> Answer:
    body = {"area_code": area_code, "place_ids": list(place_ids)}
    return client.put(f"/v1/routes/{more.get('route_id') or new_id()}", json=body)


def shown(client: Client, area_code: str = GRID) -> list[tuple[str, int | None]]:
    answer = client.get(f"/v1/routes?area_code={area_code}")
    assert answer.status_code == 200, answer.text
    return [(one["name"], one["route_position"]) for one in answer.json["places"]]


def day(client: Client, **headers: str) -> Answer:
    with set_to(MORNING):
        return client.get("/v1/me/today", headers=headers)


def names(places: Sequence[dict[str, Any]], key: str = "name") -> list[str]:
    return [str(one[key]) for one in places]


@pytest.mark.usefixtures("houses")
def test_without_a_route_places_come_by_name_as_people_count(admin: Client) -> None:
    assert shown(admin) == [("1号楼", None), ("2号楼", None), ("3号楼", None), ("10号楼", None)]


def test_what_a_route_names_comes_first_and_the_others_by_name(admin: Client, houses: dict[str, str]) -> None:
    answer = order(admin, [houses["10号楼"], houses["3号楼"]])

    assert answer.status_code == 201
    assert answer.json["place_ids"] == [houses["10号楼"], houses["3号楼"]]
    assert shown(admin) == [("10号楼", 1), ("3号楼", 2), ("1号楼", None), ("2号楼", None)]


def test_a_route_replaces_the_one_before_and_an_empty_one_ends_it(
    admin: Client, houses: dict[str, str]
) -> None:
    order(admin, [houses["10号楼"], houses["3号楼"]])

    order(admin, [houses["2号楼"], houses["10号楼"]])
    second = shown(admin)
    order(admin, [])

    assert second == [("2号楼", 1), ("10号楼", 2), ("1号楼", None), ("3号楼", None)]
    assert shown(admin) == [("1号楼", None), ("2号楼", None), ("3号楼", None), ("10号楼", None)]


def test_a_community_orders_across_its_grids_and_a_grid_its_own(
    session: Session, admin: Client, houses: dict[str, str]
) -> None:
    other = GRID[:-1] + "2"
    session.add(Area(code=other, name="第二网格", level=AreaLevel.GRID, parent_code=HOME))
    session.flush()
    far_end = str(write_place(session, other, name="20号楼").id)
    canteen = str(write_place(session, HOME, name="食堂").id)

    order(admin, [houses["3号楼"], far_end, canteen], HOME)
    across = [name for name, _ in shown(admin, HOME)]
    order(admin, [houses["2号楼"]])

    assert across[:3] == ["3号楼", "20号楼", "食堂"]
    assert [name for name, _ in shown(admin, HOME)][:2] == ["20号楼", "食堂"], "the grid's own are its grid's"
    assert shown(admin)[:2] == [("2号楼", 1), ("1号楼", None)]


def test_a_workers_day_goes_by_the_route_and_so_does_its_tag(
    session: Session, admin: Client, worker: Client, houses: dict[str, str]
) -> None:
    plan = write_plan(session, write_checklist(session))
    with set_to(in_china(START, "06:00")):
        make(session, plan.id)
    before = day(worker)
    by_name = ["1号楼", "2号楼", "3号楼", "10号楼"]

    order(admin, [houses["10号楼"], houses["1号楼"]])
    after = day(worker, **{"If-None-Match": before.headers["ETag"]})

    walked = ["10号楼", "1号楼", "2号楼", "3号楼"]
    assert names(before.json["places"]) == names(before.json["occurrences"], "place_name") == by_name
    assert (after.status_code, after.headers["ETag"] != before.headers["ETag"]) == (200, True)
    assert names(after.json["places"]) == names(after.json["occurrences"], "place_name") == walked
    assert day(worker, **{"If-None-Match": after.headers["ETag"]}).status_code == 304


def test_lists_of_occurrences_go_by_opening_and_then_by_the_route(
    session: Session, admin: Client, worker: Client, houses: dict[str, str]
) -> None:
    plan = write_plan(session, write_checklist(session))
    with set_to(in_china(START, "06:00")):
        make(session, plan.id)
    order(admin, [houses["10号楼"], houses["1号楼"], houses["3号楼"]])
    query = f"/v1/occurrences?plan_id={plan.id}&until=2026-03-03"
    with set_to(MORNING):
        whole = worker.get(f"{query}&limit=100").json["items"]
        paged, cursor = [], ""
        while cursor is not None:
            page = worker.get(f"{query}&limit=3{f'&cursor={cursor}' if cursor else ''}").json
            paged += page["items"]
            cursor = page["next_cursor"]

        mine = worker.get("/v1/occurrences?worker=me&until=2026-03-03&limit=100").json["items"]

    walked = ["10号楼", "1号楼", "3号楼", "2号楼"]
    assert mine == whole
    assert [(one["period_on"], one["place_name"]) for one in whole] == [
        (on, name) for on in ("2026-03-03", "2026-03-02") for name in walked
    ]
    assert paged == whole


def test_a_plan_is_looked_at_beforehand_in_the_order_of_the_route(
    session: Session, admin: Client, houses: dict[str, str]
) -> None:
    plan = write_plan(session, write_checklist(session))
    order(admin, [houses["3号楼"]])

    with set_to(MORNING):
        seen = admin.get(f"/v1/plans/{plan.id}/preview").json

    assert names(seen["places"], "place_name") == ["3号楼", "1号楼", "2号楼", "10号楼"]


def test_places_from_elsewhere_are_refused_by_their_field_and_nothing_changes(
    session: Session, admin: Client, houses: dict[str, str]
) -> None:
    order(admin, [houses["3号楼"]])
    next_door = str(write_place(session, HOME, name="食堂").id)
    foreign = str(write_place(session, NEXT, name="别处").id)

    for stray in (next_door, foreign, str(new_id())):
        answer = order(admin, [houses["10号楼"], stray])
        assert (refused(answer), list(answer.json["errors"])) == ((422, "route_places"), ["place_ids"])

    assert "1个点位" in answer.json["errors"]["place_ids"][0]
    assert shown(admin)[0] == ("3号楼", 1)


def test_a_place_stands_on_a_route_once(admin: Client, houses: dict[str, str]) -> None:
    answer = order(admin, [houses["3号楼"]] * 2)

    assert (refused(answer), list(answer.json["errors"])) == ((422, "invalid"), ["place_ids"])


def test_a_late_copy_of_an_earlier_route_does_not_undo_a_later_one(
    session: Session, admin: Client, houses: dict[str, str]
) -> None:
    route_id = new_id()
    with entries_of(session) as left:
        first = order(admin, [houses["3号楼"]], route_id=route_id)
    order(admin, [houses["10号楼"]])

    again = order(admin, [houses["3号楼"]], route_id=route_id)
    other = order(admin, [houses["2号楼"]], route_id=route_id)

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert refused(other) == (409, "other_content")
    assert shown(admin)[0] == ("10号楼", 1)
    assert [(one.object_id, one.area_code, one.facts) for one in left] == [(route_id, GRID, {"count": 1})]


def test_an_area_that_is_not_there_or_not_his_has_no_route(session: Session, admin: Client) -> None:
    assert refused(order(admin, [], HOME + "999")) == (422, "area_unknown")
    assert refused(order(admin, [], HOME[:9])) == (404, "not_found")
    assert session.scalars(select(Route)).all() == []


def test_only_an_admin_of_the_community_gives_the_order(be: Be, houses: dict[str, str]) -> None:
    assert refused(order(be("worker"), [houses["3号楼"]])) == (403, "forbidden")
    assert refused(order(be("next_admin"), [houses["3号楼"]])) == (404, "not_found")
    assert refused(be("next_admin").get(f"/v1/routes?area_code={GRID}")) == (404, "not_found")
    assert shown(be("worker"))[0] == ("1号楼", None), "a worker reads it"
    assert refused(be("worker").get(f"/v1/routes?area_code={HOME}")) == (404, "not_found")


def test_giving_and_reading_a_route_takes_as_many_statements_for_many_places(
    session: Session, connection: Connection, admin: Client
) -> None:
    counts, place_ids = [], [str(BLOCK)]
    for more in (1, 40):
        place_ids += [str(write_place(session, name=f"{more}-{number}栋").id) for number in range(more)]
        with statements(connection) as sent:
            assert order(admin, place_ids[::-1]).status_code == 201
            assert shown(admin)[0][1] == 1
        counts.append(len(sent))

    assert counts[0] == counts[1]
    session.expire_all()
    stops = session.scalars(select(Place).where(Place.route_code == GRID).order_by(Place.route_position))
    assert [one.id for one in stops] == [UUID(one) for one in place_ids[::-1]]
