"""What an inspection is refused for."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    Checklist,
    Inspection,
    PhotoLink,
    PlaceKind,
)
from tests.cast import FAR, named
from tests.client import Answer, Client
from tests.hazard_world import HERE, count, file, inspection_body, problem, write_checklist


def refusal(answer: Answer) -> tuple[int, str, Any]:
    return answer.status_code, answer.json["code"], answer.json.get("errors")


def test_every_item_is_answered_exactly_once(session: Session, worker: Client, checklist: Checklist) -> None:
    body = inspection_body(checklist)
    whole = body["answers"]
    stranger = str(new_id())

    missing = file(worker, {**body, "answers": whole[1:2]})
    twice = file(worker, {**body, "answers": [*whole, whole[0]]})
    unknown = file(worker, {**body, "answers": [*whole, {"item_id": stranger, "result": "ok"}]})

    assert refusal(missing) == (422, "answers_missing", {"answers": ["这些检查项还没有填，请填好：第1、3项"]})
    assert refusal(twice) == (422, "answers_twice", {"answers": ["这些检查项填了两遍，请各留一个：第1项"]})
    assert refusal(unknown)[:2] == (422, "answers_unknown")
    assert stranger in unknown.json["errors"]["answers"][0]
    assert (count(session, Inspection), count(session, PhotoLink)) == (0, 0)


def test_a_problem_needs_a_word_or_a_picture(worker: Client, checklist: Checklist) -> None:
    bare = file(worker, inspection_body(checklist, _1=problem(""), _3=problem("  ", corrected=True)))
    pictured = file(worker, inspection_body(checklist, _1=problem("", photo_ids=[str(new_id())])))

    assert refusal(bare) == (
        422,
        "answers_bare",
        {"answers": ["有问题的检查项要写一句说明或拍一张照片：第1、3项"]},
    )
    assert pictured.status_code == 201


def test_an_inspection_names_sixty_photos_at_most(worker: Client, checklist: Checklist) -> None:
    """Nine of each answer and nine besides, each counted once."""
    ids = [str(new_id()) for _ in range(61)]

    def told(named: list[str]) -> dict[str, Any]:
        answers = [
            {"item_id": str(new_id()), "result": "ok", "photo_ids": named[first : first + 9]}
            for first in range(9, 61, 9)
        ]
        body = inspection_body(checklist, photo_ids=named[:9])
        errors: dict[str, Any] = file(worker, body | {"answers": answers}).json["errors"]
        return errors

    assert "photo_ids" not in told(ids[:60]), "there only its items are wrong"
    assert told(ids) == {"photo_ids": ["一次巡查最多60张照片，请去掉一些"]}
    assert "photo_ids" not in told(ids[:52] + ids[:9])


def test_only_a_problem_is_corrected(worker: Client, checklist: Checklist) -> None:
    answer = file(worker, inspection_body(checklist, _2={"corrected": True}))

    assert refusal(answer)[:2] == (422, "corrected_without_problem")


@pytest.mark.parametrize(
    "unfit",
    [{"kind": PlaceKind.WORKSHOP}, {"area_code": FAR}, {"published_at": datetime(2999, 1, 1, tzinfo=UTC)}],
)
def test_the_checklist_must_serve_the_place(session: Session, worker: Client, unfit: dict[str, Any]) -> None:
    answer = file(worker, inspection_body(write_checklist(session, **unfit)))

    assert refusal(answer)[:2] == (422, "checklist_unfit")
    assert list(answer.json["errors"]) == ["checklist_id"]


def test_a_list_retired_meanwhile_is_still_taken(session: Session, worker: Client) -> None:
    assert file(worker, inspection_body(write_checklist(session, retired_at=now()))).status_code == 201


@pytest.mark.parametrize("place", ["far_block", "workshop", "nowhere"])
def test_a_place_out_of_reach_reads_as_not_there(worker: Client, checklist: Checklist, place: str) -> None:
    answer = file(worker, inspection_body(checklist, place_id=str(named(place))))

    assert refusal(answer)[:2] == (404, "not_found")


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"lng": 29.6063, "lat": 114.4826}, "lng"),
        ({"lng": 2.35, "lat": 48.85}, "lng"),
        ({"lng": "114"}, "lng"),
        ({"lat": None}, "lat"),
        ({"accuracy_m": -1}, "accuracy_m"),
        ({"accuracy_m": 100001}, "accuracy_m"),
        ({"datum": "bd09"}, "datum"),
        ({"height": 5}, "height"),
    ],
)
def test_a_wrong_position_is_refused_by_name(
    session: Session, worker: Client, checklist: Checklist, wrong: dict[str, Any], field: str
) -> None:
    answer = file(worker, inspection_body(checklist, position={**HERE, **wrong}))

    assert answer.status_code == 422
    assert list(answer.json["errors"]["position"]) == [field]
    assert count(session, Inspection) == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_what_is_no_number_is_no_json(
    session: Session, worker: Client, checklist: Checklist, number: str
) -> None:
    body = inspection_body(checklist, position=HERE)
    text = json.dumps(body).replace("114.4826", number)

    answer = worker.put(f"/v1/inspections/{new_id()}", data=text, content_type="application/json")

    assert answer.status_code == 400
    assert count(session, Inspection) == 0


@pytest.mark.parametrize("at", ["2026-11-24T08:00:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59Z"])
def test_a_moment_has_an_offset_and_a_sane_year(worker: Client, checklist: Checklist, at: str) -> None:
    answer = file(worker, inspection_body(checklist, captured_at=at))

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["captured_at"])
