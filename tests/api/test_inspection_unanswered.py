"""Items of an inspection that need not be answered, and of which nothing or only a word was said."""

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    AnswerResult,
    Checklist,
    ChecklistItem,
    HazardCategory,
    HazardLevel,
    InspectionAnswer,
    ItemKind,
    PlaceKind,
)
from tests.api.test_inspection_values import body, list_of, refusal
from tests.client import Client
from tests.hazard_world import count, file, inspection_body

_UNSAID: dict[str, Any] = {
    "value_text": "",
    "note": "",
    "corrected": False,
    "photo_ids": [],
    "recurrence": False,
}


@pytest.mark.parametrize("kind", ItemKind)
@pytest.mark.parametrize("empty", [None, {}, {"value": None, "note": " "}])
def test_of_what_was_left_out_or_empty_nothing_is_said(
    session: Session, worker: Client, kind: ItemKind, empty: dict[str, Any] | None
) -> None:
    """No answer is kept, for nobody gave one; whoever reads it sees which items that were."""
    checklist = list_of(session, kind, required=False)
    sent = body(checklist, **empty or {})
    if empty is None:
        del sent["answers"][1]

    filed = file(worker, sent)

    assert filed.status_code == 201, filed.text
    assert [one["position"] for one in filed.json["answers"]] == [1, 3]
    item = checklist.items[1]
    assert filed.json["unanswered"] == [
        {"id": str(item.id), "position": 2, "section": item.section, "text": item.text, "kind": kind}
    ]
    assert (filed.json["problems"], count(session, InspectionAnswer)) == (0, 2)
    assert worker.get(f"/v1/inspections/{filed.json['id']}").json == filed.json


def test_a_list_may_be_left_empty_where_nothing_is_required(session: Session, worker: Client) -> None:
    given = {"area_code": "421224", "kind": PlaceKind.RESIDENTIAL, "code": "words", "title": "随手记"}
    item: dict[str, Any] = {"code": "seen", "section": "", "text": "看到什么?", "kind": ItemKind.TEXT}
    item |= {"category": HazardCategory.FIRE, "level": HazardLevel.GENERAL, "required": False}
    checklist = Checklist(id=new_id(), version=1, published_at=now(), **given)
    checklist.items = [ChecklistItem(id=new_id(), position=1, deadline_days=7, **item)]
    session.add(checklist)
    session.commit()

    filed = file(worker, inspection_body(checklist) | {"answers": []})

    assert filed.status_code == 201, filed.text
    assert (filed.json["answers"], len(filed.json["unanswered"])) == ([], 1)


def test_what_was_kept_of_items_left_out_before_stays_as_it_is(session: Session, worker: Client) -> None:
    checklist = list_of(session, ItemKind.TEXT, required=False)
    sent = inspection_body(checklist)
    left = sent["answers"].pop(1)["item_id"]
    filed = file(worker, sent).json
    kept = {"inspection_id": filed["id"], "item_id": left, "position": 2}
    session.execute(insert(InspectionAnswer).values(**kept, result=AnswerResult.NOT_APPLICABLE, **_UNSAID))
    session.commit()

    shown = worker.get(f"/v1/inspections/{filed['id']}").json

    assert [one["result"] for one in shown["answers"]] == ["ok", "not_applicable", "ok"]
    assert shown["unanswered"] == []


@pytest.mark.parametrize("kind", ItemKind)
def test_who_says_that_an_item_does_not_apply_has_said_it(
    session: Session, worker: Client, kind: ItemKind
) -> None:
    filed = file(worker, body(list_of(session, kind, required=False), result="not_applicable"))

    assert filed.status_code == 201, filed.text
    answer = filed.json["answers"][1]
    assert (answer["result"], answer["value"], answer["value_text"]) == ("not_applicable", None, "")
    assert filed.json["unanswered"] == []


@pytest.mark.parametrize("kind", [ItemKind.TEXT, ItemKind.PHOTO])
def test_words_and_pictures_that_are_not_required_are_called_a_problem_by_a_note_alone(
    session: Session, worker: Client, kind: ItemKind
) -> None:
    checklist = list_of(session, kind, required=False)

    filed = file(worker, body(checklist, result="problem", note="墙脚湿了，拍不到"))

    assert filed.status_code == 201, filed.text
    answer = filed.json["answers"][1]
    assert (answer["result"], answer["note"], filed.json["problems"]) == ("problem", "墙脚湿了，拍不到", 1)
    hazard = worker.get(f"/v1/hazards/{answer['hazard_id']}").json
    assert hazard["text"] == f"「{checklist.items[1].text}」有问题：墙脚湿了，拍不到"
    corrected = file(worker, body(checklist, result="problem", note="擦干了", corrected=True)).json
    assert corrected["answers"][1]["hazard_id"] is None


@pytest.mark.parametrize(
    "kind, required, said, code",
    [
        (ItemKind.TEXT, False, {"result": "problem"}, "answers_bare"),
        (ItemKind.PHOTO, False, {"result": "problem"}, "answers_bare"),
        (ItemKind.TEXT, False, {"result": "ok", "note": "湿"}, "answers_judged"),
        (ItemKind.PHOTO, False, {"result": "ok"}, "answers_judged"),
        (ItemKind.NUMBER, False, {"result": "problem", "note": "湿"}, "answers_judged"),
        (ItemKind.SINGLE, False, {"result": "problem", "note": "湿"}, "answers_judged"),
        (ItemKind.TEXT, False, {"note": "湿", "corrected": True}, "corrected_without_problem"),
        (ItemKind.TEXT, True, {"result": "problem", "note": "湿"}, "answers_missing"),
        (ItemKind.PHOTO, True, {"result": "problem", "note": "湿"}, "answers_missing"),
    ],
)
def test_what_is_empty_is_a_problem_by_a_note_only_where_people_judge(
    session: Session, worker: Client, kind: ItemKind, *, required: bool, said: dict[str, Any], code: str
) -> None:
    filed = file(worker, body(list_of(session, kind, required=required), **said))

    assert refusal(filed) == (422, code)


@pytest.mark.parametrize("kind", ItemKind)
def test_words_to_an_item_left_empty_are_kept_and_say_nothing_of_how_it_is(
    session: Session, worker: Client, kind: ItemKind
) -> None:
    """Who had no ruler with him did not say that nothing is to be measured there."""
    filed = file(worker, body(list_of(session, kind, required=False), note="没有带尺子"))

    assert filed.status_code == 201, filed.text
    answer = filed.json["answers"][1]
    assert (answer["result"], answer["value"], answer["note"]) == (None, None, "没有带尺子")
    assert (filed.json["problems"], filed.json["unanswered"]) == (0, [])
    assert worker.get(f"/v1/inspections/{filed.json['id']}").json == filed.json
