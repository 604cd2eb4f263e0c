"""Finding residents by what somebody remembers of them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app import people
from app.ids import new_id
from app.models import Place, Resident
from app.people.sounds import found_by
from tests.canaries import look_at
from tests.cast import GRID, HOME, NEXT, named
from tests.client import Answer, Client
from tests.counting import statements
from tests.sealer import SEALER

PHONE = "10000104321"
WOMAN: dict[str, Any] = {
    "name": "单桂兰",
    "sex": "female",
    "birth_date": "1950-03-08",
    "relation": "parent",
    "another_person": True,
}


def _search(client: Client, words: str, **more: Any) -> Answer:
    return client.post("/v1/residents/search", json={"words": words, **more})


def _found(client: Client, words: str, **more: Any) -> list[str]:
    answer = _search(client, words, **more)
    assert answer.status_code == 200, answer.json
    return [one["name"] for one in answer.json["items"]]


@pytest.fixture
def register(admin: Client) -> Callable[..., str]:
    """Put somebody on the roster behind a door of his own."""

    def add(name: str, door: str, **more: Any) -> str:
        household, resident = new_id(), new_id()
        home = {"place_id": str(named("block")), "door": door}
        assert admin.put(f"/v1/households/{household}", json=home).status_code == 201
        body = WOMAN | {"name": name, "household_id": str(household)} | more
        assert admin.put(f"/v1/residents/{resident}", json=body).status_code == 201
        return str(resident)

    return add


@pytest.mark.parametrize(
    "words",
    [
        "单桂兰",
        "桂兰",
        "兰",
        "单 兰",
        "\uff53han",
        "shanguilan",
        "SGL",
        "guilan",
        "dan",
        "shan 7单元",
    ],
)
def test_a_name_is_found_by_its_signs_and_by_how_it_sounds(
    admin: Client, register: Callable[..., str], words: str
) -> None:
    register("单桂兰", "7单元701")
    register("吕布", "7单元702")

    assert _found(admin, words) == ["单桂兰"]


@pytest.mark.parametrize("words", ["uilan", "桂 布", "guan", "单桂兰花", "%", "_", "\\"])
def test_what_does_not_fit_finds_nobody(admin: Client, register: Callable[..., str], words: str) -> None:
    register("单桂兰", "7单元701")
    register("吕布", "7单元702")

    assert _found(admin, words) == []


@pytest.mark.parametrize("words, found", [("lv", ["吕布"]), ("lü", ["吕布"]), ("阿依", ["阿依·古丽"])])
def test_odd_signs_are_found_as_they_are_typed(
    admin: Client, register: Callable[..., str], words: str, found: list[str]
) -> None:
    register("吕布", "7单元702")
    register("阿依·古丽", "7单元703")

    assert _found(admin, words) == found


@pytest.mark.parametrize(
    "words",
    [
        *("701", "7单元701", "7单元 701", "7单元70", "701室", "１号楼７０１"),
        *(
            "1号楼 701",
            "1号楼7单元701",
            "一号楼701",
            "1栋701",
            "1栋7单元701",
            "一幢七单元701",
            "1#701",
            "1#楼701",
        ),
        *("7-701", "1-701", "1-7-701", "1号楼7-701", "1#7-701", "1—7—701", "1栋 7-701"),
    ],
)
def test_a_door_finds_who_lives_behind_it(admin: Client, register: Callable[..., str], words: str) -> None:
    register("单桂兰", "7单元701")
    register("吕布", "7单元1701")

    assert _found(admin, words) == ["单桂兰"]


@pytest.mark.parametrize(
    "name, words, is_found",
    [
        ("三号楼", "3栋701", True),
        ("三号楼", "三号楼701", True),
        ("十二号楼", "12#701", True),
        ("十二号楼", "2号楼701", False),
        ("23栋", "二十三号楼7-701", True),
        ("23栋", "3-701", False),
        ("10幢", "十栋701", True),
        ("东区3#楼", "3-7-701", True),
    ],
)
def test_a_building_is_found_however_its_number_is_written(
    session: Session, admin: Client, register: Callable[..., str], name: str, words: str, *, is_found: bool
) -> None:
    register("单桂兰", "7单元701")
    session.execute(update(Place).where(Place.id == named("block")).values(name=name))
    session.commit()

    assert _found(admin, words) == (["单桂兰"] if is_found else [])


def test_a_door_that_was_entered_with_lines_is_found_by_them(
    admin: Client, register: Callable[..., str]
) -> None:
    register("单桂兰", "7-701")
    register("吕布", "7单元1701")

    assert [_found(admin, one) for one in ("7-701", "7－701")] == [["单桂兰"]] * 2


def test_the_end_of_a_phone_finds_whose_it_is(admin: Client, register: Callable[..., str]) -> None:
    resident = register("单桂兰", "7单元701")
    register("吕布", "7单元702")
    look_at(PHONE, sent=True)
    path = f"/v1/residents/{resident}/numbers"
    assert admin.put(path, json={"phone": PHONE}).status_code == 200

    assert [_found(admin, one) for one in ("4321", PHONE, "432", "3210")] == [["单桂兰"]] * 2 + [[]] * 2

    assert admin.put(path, json={"phone": None}).status_code == 200
    assert _found(admin, "4321") == []


def test_another_name_is_found_at_once_and_the_former_is_not(
    admin: Client, register: Callable[..., str], session: Session
) -> None:
    resident = session.get_one(Resident, register("单桂兰", "7单元701"))
    resident.sounds = found_by(GRID, "单玉兰")
    resident.name = "单玉兰"
    session.flush()

    assert (_found(admin, "yulan"), _found(admin, "guilan")) == (["单玉兰"], [])


def test_what_is_changed_past_the_application_is_found_after_the_job(
    admin: Client, register: Callable[..., str], session: Session
) -> None:
    resident = register("单桂兰", "7单元701")
    look_at(PHONE, sent=True)
    assert admin.put(f"/v1/residents/{resident}/numbers", json={"phone": PHONE}).status_code == 200
    table = update(Resident).where(Resident.id == resident)
    session.execute(table.values(name="吕布", phone_index=b"another"))

    assert [_found(admin, one) for one in ("guilan", "4321", "lvbu")] == [[], [], []]
    while people.prepare_search(session, SEALER, limit=100):
        pass
    assert [_found(admin, one) for one in ("shanguilan", "4321", "lvbu")] == [[], ["吕布"], ["吕布"]]


def test_a_phone_that_does_not_open_is_tried_once(
    admin: Client, register: Callable[..., str], session: Session
) -> None:
    resident = register("单桂兰", "7单元701")
    broken = {"phone_sealed": b"no seal", "phone_index": b"another"}
    session.execute(update(Resident).where(Resident.id == resident).values(broken))
    while people.prepare_search(session, SEALER, limit=100):
        pass

    assert people.prepare_search(session, SEALER, limit=100) == 0
    assert _found(admin, "shanguilan") == ["单桂兰"]


def test_who_lives_out_of_reach_is_not_found(
    admin: Client, far_admin: Client, resident: Client, register: Callable[..., str]
) -> None:
    register("单桂兰", "7单元701")

    assert _found(far_admin, "guilan") == []
    assert _found(resident, "guilan") == []
    assert _found(admin, "guilan", area_code=HOME) == ["单桂兰"]
    assert _found(admin, "guilan", area_code=NEXT) == []


def test_pages_follow_each_other_by_name(admin: Client, register: Callable[..., str]) -> None:
    names = ["单桂兰", "单桂梅", "单桂英", "单桂英"]
    for number, name in enumerate(reversed(names)):
        register(name, f"7单元7{number:02d}")

    first = _search(admin, "单桂", limit=2)
    second = _search(admin, "单桂", limit=2, cursor=first.json["next_cursor"])

    assert [one["name"] for one in first.json["items"] + second.json["items"]] == sorted(names)
    assert second.json["next_cursor"] is None


def test_a_minor_is_shown_as_the_roster_shows_him(admin: Client, register: Callable[..., str]) -> None:
    register("单小明", "7单元701", birth_date="2018-05-01", relation="grandchild")

    (child,) = _search(admin, "单小明").json["items"]

    assert (child["birth_date"], child["age_group"], child["door"]) == (None, "child", "7单元701")


def test_it_takes_as_many_statements_for_many_as_for_one(
    admin: Client, register: Callable[..., str], connection: Connection
) -> None:
    register("单桂英", "7单元701", birth_date="2018-05-01")
    with statements(connection) as one:
        _found(admin, "单")
    for number in range(10):
        register("单桂英", f"7单元8{number:02d}", birth_date="2018-05-01")
    with statements(connection) as many:
        assert len(_found(admin, "单")) == 11

    assert len(many) == len(one)


@pytest.mark.parametrize("words", ["", " ", "长" * 41])
def test_what_says_nothing_or_too_much_is_refused(admin: Client, words: str) -> None:
    answer = _search(admin, words)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid"), answer.json
    assert "words" in answer.json["errors"]
