"""Checklists over HTTP."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Checklist, PlaceKind
from tests.cast import FAR, GRID, HOME, NEXT, named
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import BLOCK, CODES, ITEMS, write_checklist


@pytest.fixture
def county_list(session: Session) -> Checklist:
    return write_checklist(session)


def listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/v1/checklists{query}")
    assert answer.status_code == 200
    return [item["id"] for item in answer.json["items"]]


@pytest.mark.parametrize("area_code", ["4212", "421224", "421224100", HOME, GRID])
def test_a_list_of_any_parent_area_serves_a_place(session: Session, worker: Client, area_code: str) -> None:
    checklist = write_checklist(session, area_code=area_code)

    assert listed(worker, f"?place_id={BLOCK}") == [str(checklist.id)]


@pytest.mark.parametrize("area_code", ["421222", FAR, NEXT])
def test_a_list_of_another_area_does_not_serve(session: Session, worker: Client, area_code: str) -> None:
    checklist = write_checklist(session, area_code=area_code)

    assert listed(worker) == []
    assert worker.get(f"/v1/checklists/{checklist.id}").status_code == 404


def test_an_office_sees_the_lists_below_it(session: Session, be: Callable[[str], Client]) -> None:
    below = write_checklist(session, area_code=HOME)
    write_checklist(session, area_code=FAR)

    assert listed(be("county")) == [str(below.id)]


def test_the_kind_narrows_the_lists(session: Session, worker: Client, county_list: Checklist) -> None:
    workshop = write_checklist(session, kind=PlaceKind.WORKSHOP)

    assert listed(worker, "?kind=workshop") == [str(workshop.id)]
    assert listed(worker, "?kind=residential") == [str(county_list.id)]
    assert listed(worker, f"?place_id={BLOCK}") == [str(county_list.id)]


def test_retired_and_coming_lists_are_not_listed_but_readable(session: Session, worker: Client) -> None:
    retired = write_checklist(session, retired_at=now())
    write_checklist(session, published_at=now() + timedelta(days=1))

    assert listed(worker) == []
    assert worker.get(f"/v1/checklists/{retired.id}").status_code == 200


def test_one_list_shows_its_items_in_order(worker: Client, county_list: Checklist) -> None:
    answer = worker.get(f"/v1/checklists/{county_list.id}")

    assert answer.status_code == 200
    shown = [
        (item["position"], item["code"], item["text"], item["category"], item["level"], item["deadline_days"])
        for item in answer.json["items"]
    ]
    assert shown == [
        (number, code, *item) for number, (code, item) in enumerate(zip(CODES, ITEMS, strict=True), start=1)
    ]


@pytest.mark.parametrize(
    "codes, refusal",
    [
        (["exit_clear", "wall_crack", "exit_clear"], "uq_checklist_items_checklist_id_code"),
        (["exit_clear", "wall_crack", "Lamp"], "ck_checklist_items_code"),
        (["exit_clear", "wall_crack", ""], "ck_checklist_items_code"),
        (["exit_clear", "wall_crack", "x" * 41], "ck_checklist_items_code"),
    ],
)
def test_the_codes_of_a_version_are_different_plain_words(
    session: Session, codes: list[str], refusal: str
) -> None:
    with pytest.raises(IntegrityError, match=refusal):
        write_checklist(session, codes=codes)


def test_a_list_has_each_version_once(session: Session, county_list: Checklist) -> None:
    write_checklist(session, code=county_list.code, version=2, title=county_list.title)

    with pytest.raises(IntegrityError, match="uq_checklists_area_code_code_version"):
        write_checklist(session, code=county_list.code, version=2)


def test_a_place_out_of_reach_has_no_lists(worker: Client) -> None:
    assert worker.get(f"/v1/checklists?place_id={named('far_block')}").status_code == 404


def test_residents_have_no_checklists(resident: Client, visitor: Client) -> None:
    assert resident.get("/v1/checklists").status_code == 403
    assert visitor.get("/v1/checklists").status_code == 401


def test_the_list_costs_the_same_for_one_and_for_many(
    session: Session, connection: Connection, worker: Client
) -> None:
    write_checklist(session)
    with statements(connection) as one:
        listed(worker)
    for _ in range(4):
        write_checklist(session)
    with statements(connection) as many:
        assert len(listed(worker)) == 5

    assert len(many) == len(one)
