"""Lists by keyset: every row once, and cursors that nobody can misuse."""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Place
from tests.cast import GRID, HOME, LONG_AGO
from tests.client import Answer, Client

LISTS = ["/v1/places", "/v1/users", "/v1/me/notices", "/v1/areas"]


def cursor_of(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def write_places(session: Session, count: int) -> list[str]:
    """Write and commit places, and give their ids, the newest first."""
    ids = [new_id() for _ in range(count)]
    for number, place_id in enumerate(ids):
        session.add(
            Place(
                id=place_id,
                area_code=GRID,
                kind="shop",
                name=f"第{number}店",
                content_hash=b"",
                created_at=LONG_AGO,
            )
        )
    session.commit()
    return [str(place_id) for place_id in reversed(ids)]


def page(client: Client, path: str = "/v1/places", **query: Any) -> dict[str, Any]:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200
    return dict(answer.json)


def walk(client: Client, path: str = "/v1/places", **query: Any) -> list[list[Any]]:
    """Give all pages of a list."""
    pages = []
    cursor: dict[str, str] = {}
    while True:
        found = page(client, path, **query, **cursor)
        pages.append(found["items"])
        if found["next_cursor"] is None:
            return pages
        cursor = {"cursor": found["next_cursor"]}


def outcome(answer: Answer) -> tuple[int, str, list[str]]:
    return answer.status_code, answer.json["code"], list(answer.json["errors"])


@pytest.mark.parametrize(
    "count, limit, sizes", [(5, 2, [2, 2, 1]), (6, 2, [2, 2, 2]), (3, 3, [3]), (4, 3, [3, 1]), (0, 3, [0])]
)
def test_pages_hold_every_row_once_the_newest_first(
    worker: Client, session: Session, count: int, limit: int, sizes: list[int]
) -> None:
    ids = write_places(session, count)

    pages = walk(worker, limit=limit, kind="shop")

    assert [len(one) for one in pages] == sizes
    assert [item["id"] for one in pages for item in one] == ids


def test_a_page_holds_twenty_rows_unless_asked_otherwise(worker: Client, session: Session) -> None:
    write_places(session, 21)

    assert [len(one) for one in walk(worker, kind="shop")] == [20, 1]
    assert [len(one) for one in walk(worker, kind="shop", limit=100)] == [21]


def test_rows_made_meanwhile_neither_repeat_nor_hide_others(worker: Client, session: Session) -> None:
    ids = write_places(session, 4)
    first = page(worker, limit=2, kind="shop")
    write_places(session, 3)

    second = page(worker, limit=2, kind="shop", cursor=first["next_cursor"])

    assert [item["id"] for item in first["items"] + second["items"]] == ids


def test_areas_are_paged_by_their_code(worker: Client) -> None:
    pages = walk(worker, "/v1/areas", parent="421224100", limit=1)

    assert [[area["code"] for area in one] for one in pages] == [[HOME], ["421224100002"]]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "a", "", "1e1", "9" * 30])
@pytest.mark.parametrize("path", LISTS)
def test_a_limit_out_of_bounds_is_refused(admin: Client, path: str, limit: str) -> None:
    """S-125: at most 100 rows a page, on every list."""
    assert outcome(admin.get(path, query_string={"limit": limit})) == (422, "invalid", ["limit"])


WRONG = {
    "no base64": "x",
    "base64 of nothing": "",
    "no json": base64.urlsafe_b64encode(b"{").decode(),
    "no text": base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode(),
    "a number": cursor_of(7),
    "a list": cursor_of([str(new_id())]),
    "an object": cursor_of({"id": 1}),
    "nothing": cursor_of(None),
    "a null sign": cursor_of("4212\0"),
    "half of a pair": cursor_of("\ud83d"),
    "foreign letters": "é" * 8,
    "too long": "a" * 201,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_we_did_not_give_is_refused(admin: Client, path: str, wrong: str) -> None:
    assert outcome(admin.get(path, query_string={"cursor": wrong})) == (422, "invalid", ["cursor"])


@pytest.mark.parametrize("key", ["", "7", "not-a-uuid", "0" * 31, "{}"])
def test_a_cursor_that_holds_no_id_is_refused(admin: Client, key: str) -> None:
    query = {"cursor": cursor_of(key)}

    assert outcome(admin.get("/v1/places", query_string=query)) == (422, "invalid", ["cursor"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cursor_tampered_with_opens_nothing_beyond_reach(worker: Client, data: st.DataObject) -> None:
    right = cursor_of(str(new_id()))
    position = data.draw(st.integers(0, len(right) - 1))
    sign = data.draw(st.characters(codec="ascii"))

    answer = worker.get(
        "/v1/places", query_string={"cursor": right[:position] + sign + right[position + 1 :]}
    )

    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert {item["area_code"] for item in answer.json["items"]} <= {GRID}


def test_a_cursor_of_another_list_shows_only_what_is_ones_own(worker: Client, admin: Client) -> None:
    cursor = page(admin, "/v1/users", limit=1)["next_cursor"]

    assert {item["area_code"] for item in page(worker, cursor=cursor)["items"]} <= {GRID}


def test_a_parameter_given_twice_is_refused(admin: Client) -> None:
    answer = admin.get("/v1/places?limit=1&limit=2")

    assert answer.status_code == 422
    assert answer.json["errors"] == {"limit": ["这一项填了两次，请只留一个"]}
