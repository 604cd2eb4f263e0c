import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareRecord
from tests.care_world import ANSWERS, HERE, TODAY, count_visits, file_visit, visit
from tests.cast import person
from tests.client import Client


@pytest.mark.parametrize(
    "change, field",
    [
        ({"need": ""}, "follow_ups"),
        ({"due_on": "2027-01-30"}, "follow_ups"),
        ({"due_on": "2028-02-02"}, "follow_ups"),
        ({"due_on": "9999-12-31"}, "follow_ups"),
        ({"owner_id": str(person("lead").user_id)}, "follow_ups"),
        ({"owner_id": str(person("far_worker").user_id)}, "follow_ups"),
        ({"owner_id": str(new_id())}, "follow_ups"),
        ({"urgent": "yes"}, "follow_ups"),
        ({"wish": "x"}, "follow_ups"),
    ],
)
def test_a_follow_up_that_cannot_be_stops_the_visit(
    worker: Client, session: Session, record: UUID, form: UUID, change: dict[str, Any], field: str
) -> None:
    answer = file_visit(
        worker, record, form, follow_ups=[{"need": "修扶手", "due_on": "2027-02-03"} | change]
    )

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert count_visits(session) == 0
    assert session.get_one(CareRecord, record).next_due_on == TODAY + timedelta(days=7)


def test_nan_coordinates_are_no_json(worker: Client, session: Session, record: UUID, form: UUID) -> None:
    for word in ("NaN", "Infinity", "-Infinity"):
        text = json.dumps(visit(record, form, position=HERE)).replace("114.4826", word)
        answer = worker.put(f"/v1/visits/{new_id()}", data=text, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
    assert count_visits(session) == 0


@pytest.mark.parametrize(
    "fields, field",
    [
        ({"position": HERE | {"lng": 29.6063, "lat": 114.4826}}, "position"),
        ({"position": HERE | {"lng": 2.35, "lat": 48.85}}, "position"),
        ({"position": HERE | {"datum": "bd09"}}, "position"),
        ({"position": HERE | {"lng": "114.4826"}}, "position"),
        ({"captured_at": "2027-01-31T12:00:00"}, "captured_at"),
        ({"captured_at": None}, "captured_at"),
        ({"mode": "letter"}, "mode"),
        ({"outcome": "dead"}, "outcome"),
        ({"note": "长" * 1001}, "note"),
        ({"photo_ids": [str(new_id()) for _ in range(10)]}, "photo_ids"),
        ({"answers": [1]}, "answers"),
        ({"answers": ANSWERS | {"illness": {"deep": 1}}}, "answers"),
        ({"answers": ANSWERS | {"illness": None}}, "answers"),
        ({"answers": ANSWERS | {"needs": [1]}}, "answers"),
        ({"answers": {f"k{number}": 1 for number in range(101)}}, "answers"),
        ({"answers": ANSWERS | {"mood": "great"}}, "answers"),
        ({"answers": ANSWERS | {"meals": 6}}, "answers"),
        ({"answers": ANSWERS | {"illness": "痛" * 501}}, "answers"),
        ({"answers": ANSWERS | {"shoe": 1}}, "answers"),
        ({"follow_ups": [{"need": "x", "due_on": "2027-02-01"}] * 11}, "follow_ups"),
        ({"worker_id": str(new_id())}, "worker_id"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    worker: Client, session: Session, record: UUID, form: UUID, fields: dict[str, Any], field: str
) -> None:
    answer = file_visit(worker, record, form, **fields)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert count_visits(session) == 0


@pytest.mark.parametrize(
    "key, sent", [("mood", "great"), ("meals", 6), ("shoe", 1), ("illness", {"deep": 1}), ("needs", [1])]
)
def test_a_wrong_answer_is_named_where_it_stands(
    worker: Client, record: UUID, form: UUID, key: str, sent: Any
) -> None:
    """Whether its kind, the form or the question refuses it: nested as it was sent (docs/api.md)."""
    answer = file_visit(worker, record, form, answers=ANSWERS | {key: sent})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["answers"]
    [(at, [message])] = answer.json["errors"]["answers"].items()
    assert at == key
    assert message


def test_an_empty_key_is_refused_at_its_place(worker: Client, record: UUID, form: UUID) -> None:
    answer = file_visit(worker, record, form, answers=ANSWERS | {"": 1})

    assert (answer.status_code, list(answer.json["errors"]["answers"])) == (422, [""])


def test_control_signs_are_dropped_from_answers(worker: Client, record: UUID, form: UUID) -> None:
    answer = file_visit(worker, record, form, answers=ANSWERS | {"illness": "膝\x07盖\u202e痛\n腰痛 "})

    assert (answer.status_code, answer.json["answers"]["illness"]) == (201, "膝盖痛\n腰痛")
