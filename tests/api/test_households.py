from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Household
from tests.cast import FAR, GRID, HOME, named
from tests.client import Client
from tests.counting import statements

Become = Callable[[str | None], Client]
DOOR = {"place_id": str(named("block")), "door": "2单元301"}


def test_a_household_is_registered_once(admin: Client, session: Session) -> None:
    path = f"/v1/households/{new_id()}"

    first, again = admin.put(path, json=DOOR), admin.put(path, json=DOOR)
    other = admin.put(path, json=DOOR | {"door": "2单元302"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == admin.get(path).json
    assert first.json["area_code"] == GRID
    assert (first.json["place_name"], first.json["head_name"], first.json["resident_count"]) == (
        "1号楼",
        None,
        0,
    )
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert session.scalar(select(func.count()).where(Household.door == "2单元301")) == 1


def test_a_door_belongs_to_one_household(admin: Client) -> None:
    answer = admin.put(f"/v1/households/{new_id()}", json=DOOR | {"door": "1单元101"})

    assert (answer.status_code, answer.json["code"]) == (409, "door_taken")
    assert "door" in answer.json["errors"]


def test_nobody_lives_in_a_workshop(admin: Client) -> None:
    answer = admin.put(f"/v1/households/{new_id()}", json=DOOR | {"place_id": str(named("workshop"))})

    assert (answer.status_code, answer.json["code"]) == (422, "not_residential")


def test_a_building_of_another_community_is_not_there(admin: Client, far_admin: Client) -> None:
    theirs = DOOR | {"place_id": str(named("far_block"))}
    for answer in (
        far_admin.put(f"/v1/households/{new_id()}", json=DOOR),
        admin.put(f"/v1/households/{new_id()}", json=theirs),
    ):
        assert (answer.status_code, list(answer.json["errors"])) == (404, ["place_id"])


def test_only_the_admin_registers(be: Become) -> None:
    for name in ("worker", "lead", "resident", "county", "system"):
        answer = be(name).put(f"/v1/households/{new_id()}", json=DOOR)
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), name


def test_a_door_is_asked_for_and_bounded(admin: Client) -> None:
    for door in ("", "  ", "长" * 21, None, 5):
        answer = admin.put(f"/v1/households/{new_id()}", json=DOOR | {"door": door})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["door"]), door


def test_staff_list_their_area_by_door_and_a_resident_his_own(be: Become) -> None:
    def doors(name: str, **query: Any) -> list[tuple[str, str | None]]:
        items = be(name).get("/v1/households", query_string=query).json["items"]
        return [(item["door"], item["head_name"]) for item in items]

    home, neighbour = ("1单元101", "王桂兰"), ("1单元201", "李德福")
    assert doors("admin") == doors("worker") == doors("lead") == [home, neighbour]
    assert doors("resident") == [home]
    assert doors("neighbour") == [neighbour]
    assert doors("admin", place_id=named("block")) == [home, neighbour]
    assert doors("admin", place_id=named("workshop")) == []
    assert doors("admin", area_code=FAR) == []
    assert be("county").get("/v1/households").status_code == 403


def test_a_resident_finds_the_neighbours_household_not(resident: Client, worker: Client) -> None:
    theirs = f"/v1/households/{named('household neighbour')}"

    for path in (theirs, f"{theirs}/residents"):
        assert resident.get(path).status_code == 404
        assert worker.get(path).status_code == 200
    assert (
        resident.get(f"/v1/households/{named('household home')}/residents").json["items"][0]["name"]
        == "王桂兰"
    )
    assert worker.get(f"/v1/households/{named('household far')}").status_code == 404


def test_pages_follow_each_other_without_gap_or_repetition(admin: Client) -> None:
    for number in range(5):
        assert (
            admin.put(f"/v1/households/{new_id()}", json=DOOR | {"door": f"9单元 {number}号"}).status_code
            == 201
        )
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2, "area_code": HOME}
    while True:
        answer = admin.get("/v1/households", query_string=query).json
        seen += [item["door"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]

    assert len(seen) == len(set(seen)) == 7
    assert seen == [item["door"] for item in admin.get("/v1/households").json["items"]]


def test_a_made_up_cursor_is_refused(admin: Client) -> None:
    for cursor in (
        "IjEi",
        "ImEgYiBjIg",
        "!!",
        "IlwwIg",
        "IjEgMDE5YWI4ZjAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIFx1MDAwMCI",
    ):
        answer = admin.get("/v1/households", query_string={"cursor": cursor})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["cursor"]), cursor


def test_a_longer_list_takes_no_more_queries(admin: Client, connection: Connection) -> None:
    def counted() -> int:
        with statements(connection) as seen:
            assert admin.get("/v1/households").status_code == 200
        return len(seen)

    few = counted()
    for number in range(6):
        household = new_id()
        admin.put(f"/v1/households/{household}", json=DOOR | {"door": f"3单元{number}"})
        resident = {
            "household_id": str(household),
            "name": f"张三{number}",
            "sex": "male",
            "birth_date": "1990-01-01",
        }
        assert admin.put(f"/v1/residents/{new_id()}", json=resident | {"relation": "head"}).status_code == 201

    assert len(admin.get("/v1/households").json["items"]) == 8
    assert counted() == few
