"""Registering and reading places."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Place
from tests.cast import FAR, GRID, HOME, NEXT, named
from tests.client import Answer, Client
from tests.counting import statements

Become = Callable[[str | None], Client]
SHOP = {"area_code": GRID, "kind": "shop", "name": "便民小卖部", "lng": 114.48, "lat": 29.61}


def path() -> str:
    return f"/v1/places/{new_id()}"


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_a_place_is_registered_once(admin: Client, session: Session) -> None:
    where = path()

    first, again = admin.put(where, json=SHOP), admin.put(where, json=SHOP)
    other = admin.put(where, json=SHOP | {"radius_m": 100})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == admin.get(where).json
    unset = {"address": "", "radius_m": 80, "code_start": None}
    assert first.json == SHOP | unset | {"id": where.rsplit("/", 1)[1]}
    assert outcome(other) == (409, "other_content")
    assert session.scalar(select(func.count()).where(Place.name == SHOP["name"])) == 1


def test_a_place_registered_again_shows_the_code_that_hangs_by_now(admin: Client) -> None:
    where = path()
    admin.put(where, json=SHOP)
    printed = admin.post(f"{where}/codes").json["url"].rpartition("/")[2]

    again = admin.put(where, json=SHOP)

    assert (again.status_code, again.json["code_start"]) == (200, printed.partition(".")[0])


def test_a_place_may_lie_where_nobody_measured(admin: Client) -> None:
    unmeasured = {"area_code": GRID, "kind": "slope", "name": "后山边坡"}

    assert admin.put(path(), json=unmeasured).json["lng"] is None


def test_names_are_cleaned_of_what_nobody_sees(admin: Client) -> None:
    sent = SHOP | {"name": " \u202e一号\u200b楼\ufeff ", "address": "Cafe\u0301"}

    shown = admin.put(path(), json=sent).json

    assert (shown["name"], shown["address"]) == ("一号楼", "Caf\u00e9")


@pytest.mark.parametrize(
    "changes, field, message",
    [
        ({"lng": 29.61, "lat": 114.48}, "lng", "经度和纬度写反了，请对调"),
        ({"lng": 2.35, "lat": 48.86}, "lng", "位置不在中国境内，请重新定位"),
        ({"lng": None}, "lng", "经度和纬度要一起填"),
        ({"lat": "29.61"}, "lat", "请填数字"),
        ({"lat": True}, "lat", "请填数字"),
        ({"radius_m": 4}, "radius_m", "请填5到5000之间的整数"),
        ({"radius_m": 80.5}, "radius_m", "请填整数"),
        ({"radius_m": "80"}, "radius_m", "请填整数"),
        ({"kind": "castle"}, "kind", "请从列出的选项里选"),
        ({"name": ""}, "name", "请填1到60个字"),
        ({"name": "\u200b\u200b"}, "name", "请填1到60个字"),
        ({"name": "楼" * 61}, "name", "请填1到60个字"),
        ({"name": 7}, "name", "请填写文字"),
        ({"name": None}, "name", "这一项不能为空"),
        ({"address": "街" * 201}, "address", "最多200个字"),
        ({"area_code": "42122410000"}, "area_code", "请填4、6、9、12或15位的区划代码"),
        ({"owner": "me"}, "owner", "没有这一项，请去掉"),
    ],
)
def test_a_field_filled_in_wrongly_is_named_in_chinese(
    admin: Client, session: Session, changes: dict[str, Any], field: str, message: str
) -> None:
    answer = admin.put(path(), json=SHOP | changes)

    assert outcome(answer) == (422, "invalid")
    assert answer.json["errors"] == {field: [message]}
    assert session.scalar(select(func.count()).where(Place.name == SHOP["name"])) == 0


def test_every_field_that_is_missing_is_named(admin: Client) -> None:
    answer = admin.put(path(), json={})

    missing = ["请填写这一项"]
    assert answer.json["errors"] == {"area_code": missing, "kind": missing, "name": missing}


@pytest.mark.parametrize("area_code", [GRID[:-1] + "9", HOME + "000"])
def test_a_place_lies_in_a_community_or_grid_that_is_there(admin: Client, area_code: str) -> None:
    answer = admin.put(path(), json=SHOP | {"area_code": area_code})

    assert outcome(answer) == (422, "area_unknown")
    assert list(answer.json["errors"]) == ["area_code"]


@pytest.mark.parametrize("area_code", [NEXT, FAR, "421224", "4212"])
def test_nobody_registers_places_beyond_his_community(admin: Client, area_code: str) -> None:
    assert outcome(admin.put(path(), json=SHOP | {"area_code": area_code})) == (404, "not_found")


@pytest.mark.parametrize(
    "name, status",
    [("admin", 201), ("worker", 403), ("lead", 403), ("resident", 403), ("county", 403), (None, 401)],
)
def test_who_registers_places(be: Become, name: str | None, status: int) -> None:
    assert be(name).put(path(), json=SHOP).status_code == status


@pytest.mark.parametrize(
    "name, status",
    [
        ("worker", 200),
        ("resident", 200),
        ("clerk", 200),
        ("city", 200),
        ("next_admin", 404),
        ("far_resident", 404),
        ("auditor", 403),
        (None, 401),
    ],
)
def test_who_sees_a_place(be: Become, name: str | None, status: int) -> None:
    assert be(name).get(f"/v1/places/{named('block')}").status_code == status


@pytest.mark.parametrize(
    "who, query, expected",
    [
        ("admin", {}, {"block", "workshop"}),
        ("admin", {"kind": "workshop"}, {"workshop"}),
        ("admin", {"area_code": GRID}, {"block"}),
        ("admin", {"area_code": FAR}, set()),
        ("worker", {}, {"block"}),
        ("resident", {}, {"block", "workshop"}),
        ("county", {}, {"block", "workshop", "next_block"}),
        ("city", {}, {"block", "workshop", "next_block", "far_block"}),
        ("city", {"area_code": "421222"}, {"far_block"}),
    ],
)
def test_a_list_of_places_holds_those_within_reach(
    be: Become, who: str, query: dict[str, str], expected: set[str]
) -> None:
    items = be(who).get("/v1/places", query_string=query).json["items"]

    assert {item["id"] for item in items} == {str(named(name)) for name in expected}


@pytest.mark.parametrize("query", [{"kinds": "shop"}, {"limit": "20", "offset": "3"}, {"kind": "castle"}])
def test_a_filter_that_is_not_there_is_refused(admin: Client, query: dict[str, str]) -> None:
    answer = admin.get("/v1/places", query_string=query)

    assert outcome(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == [list(query)[-1]]


def test_a_longer_list_of_places_takes_no_more_statements(be: Become, connection: Connection) -> None:
    def sent(limit: int) -> int:
        with statements(connection) as seen:
            assert len(be("city").get("/v1/places", query_string={"limit": limit}).json["items"]) == limit
        return len(seen)

    assert sent(1) == sent(4)
