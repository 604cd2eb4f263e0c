"""Households, who is to be asked, and care on a route come as people count: 2栋 before 10栋."""

import base64
import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Household, Place, PlaceKind
from tests.care_world import write_care, write_resident
from tests.cast import GRID, HOME, LONG_AGO, named
from tests.client import Client
from tests.explaining import asked_of, counted, most_read

pytestmark = pytest.mark.usefixtures("swept")

WANTED = [
    ("2栋", "1单元102"),
    ("2栋", "1单元201"),
    ("2栋", "1单元1001"),
    ("2栋", "2单元101"),
    ("2栋", "十单元101"),
    ("10栋", "1 - 2"),
    ("10栋", "1 - 10"),
    ("10栋", "三单元101"),
    ("10栋", "20单元101"),
]
"""In order; they are written in the order of their signs."""


@pytest.fixture
def homes(session: Session) -> dict[tuple[str, str], UUID]:
    """Give households behind all these doors."""
    places, made = {name: new_id() for name, _ in WANTED}, {}
    common: dict[str, Any] = {"area_code": GRID, "content_hash": b"", "created_at": LONG_AGO}
    for name, place_id in sorted(places.items()):
        session.add(Place(id=place_id, kind=PlaceKind.RESIDENTIAL, name=name, **common))
    session.flush()
    for name, door in sorted(WANTED):
        made[name, door] = new_id()
        session.add(Household(id=made[name, door], place_id=places[name], door=door, **common))
    session.commit()
    return made


def _pages(client: Client, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    query |= {"limit": 1}
    while True:
        answer = client.get(path, query_string=query)
        assert answer.status_code == 200, answer.json
        yield from answer.json["items"]
        if answer.json["next_cursor"] is None:
            return
        query["cursor"] = answer.json["next_cursor"]


def test_households_come_as_people_count(admin: Client, homes: dict[tuple[str, str], UUID]) -> None:
    seen = [(one["place_name"], one["door"]) for one in _pages(admin, "/v1/households")]

    assert [one for one in seen if one in homes] == WANTED
    assert len(seen) == len(set(seen)) == len(WANTED) + 2
    assert seen[0][0] == "1号楼"


def test_a_cursor_holds_while_doors_come_and_go(admin: Client, homes: dict[tuple[str, str], UUID]) -> None:
    query: dict[str, Any] = {"limit": 3, "area_code": HOME}
    first = admin.get("/v1/households", query_string=query).json
    last = first["items"][-1]
    body = {"place_id": last["place_id"], "door": "1单元101室"}
    assert admin.put(f"/v1/households/{new_id()}", json=body).status_code == 201
    moved = {"place_id": last["place_id"], "door": "9单元901", "moved_on": "2026-01-01"}
    assert admin.step(f"/v1/households/{last['id']}/move", moved, new_id()).status_code == 200

    rest = admin.get(
        "/v1/households", query_string=query | {"limit": 50, "cursor": first["next_cursor"]}
    ).json

    assert [one["door"] for one in rest["items"]][:3] == ["1单元201", "1单元1001", "2单元101"]
    assert len(homes) == len(WANTED)


def test_a_page_goes_on_behind_a_very_long_door(admin: Client, session: Session) -> None:
    common: dict[str, Any] = {"area_code": GRID, "content_hash": b"", "created_at": LONG_AGO}
    for number in range(3):
        door = f"{number}{'长' * 39}"
        home = Household(id=new_id(), place_id=named("block"), door=door, **common)
        session.add(home)
        session.flush()
        write_care(session, resident_id=write_resident(session, household_id=home.id))

    assert len(list(_pages(admin, "/v1/households"))) == 5
    assert len(list(_pages(admin, "/v1/care-records", sort="route"))) == 3


def test_whom_to_ask_comes_by_door(
    worker: Client, session: Session, homes: dict[tuple[str, str], UUID]
) -> None:
    for key in sorted(homes):
        for _ in range(2):
            write_resident(session, household_id=homes[key], birth_date=date(1990, 1, 1))

    seen = [(one["place_name"], one["door"]) for one in _pages(worker, "/v1/employments/due")]
    by_home = [(one["place_name"], one["door"]) for one in _pages(worker, "/v1/employments/homes")]

    assert [one for one in seen if one in homes] == [one for one in WANTED for _ in range(2)]
    assert [one for one in by_home if one in homes] == WANTED


def test_care_on_a_route_comes_by_door(
    admin: Client, session: Session, homes: dict[tuple[str, str], UUID]
) -> None:
    for key in sorted(homes):
        write_care(session, resident_id=write_resident(session, household_id=homes[key]))
    place_of = {str(home): key for key, home in homes.items()}

    seen = [place_of.get(one["household_id"]) for one in _pages(admin, "/v1/care-records", sort="route")]

    assert [one for one in seen if one] == WANTED


def test_a_page_reads_no_more_than_its_building(
    admin: Client, session: Session, connection: Connection
) -> None:
    """S-125: of 2,000 households in one building an index gives the page, the first and a deep one."""
    session.execute(
        text(
            "INSERT INTO households (id, area_code, place_id, door, content_hash, created_at)"
            " SELECT uuidv7(), area_code, place_id, '2单元' || n, content_hash, created_at"
            " FROM households, generate_series(1, 2000) AS n WHERE id = :id"
        ),
        {"id": named("household home")},
    )
    session.execute(text("ANALYZE households"))
    session.commit()

    def page_from(after: int | None) -> tuple[float, list[str]]:
        query: dict[str, Any] = {"limit": 20}
        if after is not None:
            row = session.execute(
                text("SELECT area_code, place_id, id, id, door FROM households WHERE door = :door"),
                {"door": f"2单元{after}"},
            ).one()
            key = json.dumps(" ".join(map(str, row)), ensure_ascii=False)
            query["cursor"] = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
        with asked_of(connection, "as_counted", "LIMIT") as asked:
            items = admin.get("/v1/households", query_string=query).json["items"]
        read = [most_read(counted(connection, *one)) for one in asked]
        assert len(read) == 1
        return read[0], [one["door"] for one in items]

    first, doors = page_from(None)
    deep, others = page_from(1800)

    assert doors[:4] == ["1单元101", "1单元201", "2单元1", "2单元2"]
    assert others[0] == "2单元1801"
    assert max(first, deep) <= 100
