"""Items that are answered by a choice, a figure, words or pictures."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    AnswerResult,
    Checklist,
    HarmCase,
    Hazard,
    Inspection,
    InspectionAnswer,
    ItemKind,
)
from app.once import content_hash
from tests.client import Answer, Client
from tests.hazard_world import answers, count, file, inspection_body, write_checklist

_OPTIONS = [
    {"code": "none", "text": "没有裂缝", "problem": False},
    {"code": "thin", "text": "有细裂缝", "problem": False},
    {"code": "wide", "text": "有宽裂缝", "problem": True},
]
KINDS: dict[ItemKind, dict[str, Any]] = {
    ItemKind.SINGLE: {"options": _OPTIONS},
    ItemKind.MULTIPLE: {"options": _OPTIONS},
    ItemKind.NUMBER: {"unit": "毫米", "decimals": 1, "least": 0, "most": 5},
    ItemKind.TEXT: {},
    ItemKind.PHOTO: {"photos": 2},
}


def list_of(session: Session, kind: ItemKind, *, required: bool = True) -> Checklist:
    """Write a list whose second item is of this kind."""
    return write_checklist(session, second={"kind": kind, "required": required, **KINDS.get(kind, {})})


def body(checklist: Checklist, **answer: Any) -> dict[str, Any]:
    """Answer the second item so, and all others with "fine"."""
    others = answers(checklist)
    second = {"item_id": str(checklist.items[1].id), **answer}
    return inspection_body(checklist) | {"answers": [others[0], second, others[2]]}


def photos(number: int) -> list[str]:
    return [str(new_id()) for _ in range(number)]


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


@pytest.mark.parametrize(
    "kind, answer, shown",
    [
        (ItemKind.SINGLE, {"value": "thin"}, ("ok", "thin", "有细裂缝")),
        (ItemKind.SINGLE, {"value": "wide"}, ("problem", "wide", "有宽裂缝")),
        (ItemKind.SINGLE, {"value": "wide", "result": "problem"}, ("problem", "wide", "有宽裂缝")),
        (ItemKind.MULTIPLE, {"value": ["thin", "none"]}, ("ok", ["thin", "none"], "没有裂缝、有细裂缝")),
        (ItemKind.MULTIPLE, {"value": ["none", "wide"]}, ("problem", ["none", "wide"], "没有裂缝、有宽裂缝")),
        (ItemKind.NUMBER, {"value": 5}, ("ok", 5, "5毫米")),
        (ItemKind.NUMBER, {"value": 0}, ("ok", 0, "0毫米")),
        (ItemKind.NUMBER, {"value": 5.1}, ("problem", 5.1, "5.1毫米")),
        (ItemKind.NUMBER, {"value": -0.1}, ("problem", -0.1, "-0.1毫米")),
        (ItemKind.TEXT, {"value": " 1998年建 "}, ("ok", None, "1998年建")),
        (ItemKind.TEXT, {"value": "墙脚湿了", "result": "problem"}, ("problem", None, "墙脚湿了")),
    ],
)
def test_the_result_follows_from_what_was_filled_in(
    session: Session, worker: Client, kind: ItemKind, answer: dict[str, Any], shown: tuple[Any, ...]
) -> None:
    filed = file(worker, body(list_of(session, kind), **answer))

    assert filed.status_code == 201, filed.text
    found = filed.json["answers"][1]
    assert (found["result"], found["value"], found["value_text"]) == shown
    assert found["kind"] == kind
    assert (found["hazard_id"] is not None) == (shown[0] == "problem")
    assert worker.get(f"/v1/inspections/{filed.json['id']}").json == filed.json


def test_pictures_answer_by_being_named_and_may_arrive_later(session: Session, worker: Client) -> None:
    checklist, named = list_of(session, ItemKind.PHOTO), photos(2)

    filed = file(worker, body(checklist, photo_ids=named)).json["answers"][1]

    assert (filed["result"], filed["value"], filed["value_text"]) == ("ok", None, "")
    assert [(one["id"], one["arrived"]) for one in filed["photos"]] == [(one, False) for one in named]
    assert refusal(file(worker, body(checklist, photo_ids=named[:1]))) == (422, "answers_few_photos")
    assert refusal(file(worker, body(checklist, photo_ids=named[:1] * 2)))[0] == 422


@pytest.mark.parametrize("named", [0, 1, 2])
def test_a_problem_with_what_need_not_be_photographed_is_told_with_any_number_of_pictures(
    session: Session, worker: Client, named: int
) -> None:
    checklist = list_of(session, ItemKind.PHOTO, required=False)

    filed = file(
        worker, body(checklist, result="problem", note="太暗，拍不清", photo_ids=photos(named))
    ).json["answers"][1]
    fine = file(worker, body(checklist, result="ok", photo_ids=photos(1)))
    must = file(
        worker, body(list_of(session, ItemKind.PHOTO), result="problem", note="太暗", photo_ids=photos(1))
    )

    assert (filed["result"], filed["hazard_id"] is not None, len(filed["photos"])) == ("problem", True, named)
    assert refusal(fine) == refusal(must) == (422, "answers_few_photos")


def test_a_hazard_tells_what_was_measured(session: Session, worker: Client) -> None:
    checklist = list_of(session, ItemKind.NUMBER)

    filed = file(worker, body(checklist, value=7.5, note="三楼")).json["answers"][1]

    hazard = worker.get(f"/v1/hazards/{filed['hazard_id']}").json
    assert hazard["text"] == "「墙体有没有裂缝?」有问题：7.5毫米；三楼"
    again = file(worker, body(checklist, value=8)).json["answers"][1]
    assert (again["hazard_id"], again["recurrence"]) == (filed["hazard_id"], True)
    seen = worker.get(f"/v1/hazards/{filed['hazard_id']}").json
    assert seen["events"][1]["note"] == "8毫米"


def test_a_bad_figure_may_be_put_right_on_the_spot(session: Session, worker: Client) -> None:
    filed = file(worker, body(list_of(session, ItemKind.NUMBER), value=9, corrected=True)).json

    answer = filed["answers"][1]
    assert (answer["result"], answer["corrected"], answer["hazard_id"]) == ("problem", True, None)
    assert count(session, Hazard) == 0


@pytest.mark.parametrize(
    "kind, answer, code",
    [
        (ItemKind.CHECK, {"result": "ok", "value": "x"}, "answers_needless"),
        (ItemKind.PHOTO, {"value": "x"}, "answers_needless"),
        (ItemKind.CHECK, {}, "answers_missing"),
        (ItemKind.SINGLE, {}, "answers_missing"),
        (ItemKind.SINGLE, {"result": "ok"}, "answers_missing"),
        (ItemKind.MULTIPLE, {"value": []}, "answers_missing"),
        (ItemKind.NUMBER, {"value": None}, "answers_missing"),
        (ItemKind.NUMBER, {"result": "not_applicable"}, "answers_missing"),
        (ItemKind.TEXT, {"value": "   "}, "answers_missing"),
        (ItemKind.PHOTO, {"result": "ok"}, "answers_missing"),
        (ItemKind.SINGLE, {"value": "no_option"}, "answers_unchosen"),
        (ItemKind.SINGLE, {"value": ["thin"]}, "answers_unchosen"),
        (ItemKind.SINGLE, {"value": 1}, "answers_unchosen"),
        (ItemKind.MULTIPLE, {"value": "thin"}, "answers_unchosen"),
        (ItemKind.MULTIPLE, {"value": ["thin", "thin"]}, "answers_unchosen"),
        (ItemKind.MULTIPLE, {"value": ["thin", "no_option"]}, "answers_unchosen"),
        (ItemKind.NUMBER, {"value": "5"}, "answers_unmeasured"),
        (ItemKind.NUMBER, {"value": 1.25}, "answers_unmeasured"),
        (ItemKind.NUMBER, {"value": 2000000000}, "answers_unmeasured"),
        (ItemKind.TEXT, {"value": 5}, "answers_unwritten"),
        (ItemKind.TEXT, {"value": ["thin"]}, "answers_unwritten"),
        (ItemKind.TEXT, {"value": "有", "result": "not_applicable"}, "answers_judged"),
        (ItemKind.SINGLE, {"value": "wide", "result": "ok"}, "answers_judged"),
        (ItemKind.NUMBER, {"value": 3, "result": "problem", "note": "看着不对"}, "answers_judged"),
        (ItemKind.NUMBER, {"value": 3, "corrected": True}, "corrected_without_problem"),
        (ItemKind.NUMBER, {"value": True}, "invalid"),
        (ItemKind.NUMBER, {"value": {"figure": 3}}, "invalid"),
        (ItemKind.TEXT, {"value": "长" * 251}, "invalid"),
        (ItemKind.MULTIPLE, {"value": ["thin"] * 17}, "invalid"),
    ],
)
def test_what_does_not_fit_is_refused_by_the_number_of_its_item(
    session: Session, worker: Client, kind: ItemKind, answer: dict[str, Any], code: str
) -> None:
    refused = file(worker, body(list_of(session, kind), **answer))

    assert refusal(refused) == (422, code)
    if code != "invalid":
        assert "第2项" in refused.json["errors"]["answers"][0]
    assert count(session, Inspection) == 0


def test_an_answer_without_a_value_has_the_hash_it_had_before_there_were_values(
    session: Session, worker: Client
) -> None:
    checklist = list_of(session, ItemKind.CHECK)
    inspection_id, sent = new_id(), body(checklist, result="ok")
    file(worker, sent, inspection_id)
    kept = session.scalars(select(Inspection)).one()

    before = {
        "place_id": kept.place_id,
        "checklist_id": kept.checklist_id,
        "answers": [
            {"item_id": item.id, "result": AnswerResult.OK, "note": "", "corrected": False, "photo_ids": []}
            for item in checklist.items
        ],
        "signals": {
            "captured_at": kept.captured_at,
            "code": None,
            "position": None,
        },
        "note": "",
        "photo_ids": [],
    }
    assert kept.content_hash == content_hash(kept.worker_id, before)


def test_the_same_again_is_the_same_answer(session: Session, worker: Client) -> None:
    inspection_id, sent = new_id(), body(list_of(session, ItemKind.NUMBER), value=2.5)

    first, again = file(worker, sent, inspection_id), file(worker, sent, inspection_id)
    sent["answers"][1]["value"] = 2.6
    other = file(worker, sent, inspection_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert refusal(other) == (409, "other_content")
    assert session.scalar(select(func.count()).select_from(InspectionAnswer)) == 3


def test_words_that_tell_of_harm_to_a_minor_open_a_case(session: Session, worker: Client) -> None:
    filed = file(worker, body(list_of(session, ItemKind.TEXT), value="听见有人打孩子")).json

    case = session.scalars(select(HarmCase)).one()
    assert str(case.inspection_id) == filed["id"]
