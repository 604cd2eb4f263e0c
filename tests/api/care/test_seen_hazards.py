"""A hazard seen on a visit is on the books, and tells nobody whom the visit was to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareRecord, Hazard, Household, Resident
from tests.care_world import HERE, NOON, count_visits, file_visit, visit
from tests.client import Client

Become = Callable[[str | None], Client]
Asked = dict[str, Any]


def _seen(text: str = "101门口电线破皮", **fields: Any) -> Asked:
    return {"id": str(new_id()), "category": "fire", "text": text, **fields}


def test_what_was_unsafe_is_reported_where_the_resident_lives(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    photo, seen = str(new_id()), [_seen(), _seen("楼道堆着纸箱")]
    seen[0]["photo_ids"] = [photo]
    path, body = f"/v1/visits/{new_id()}", visit(record, form, hazards=seen, position=HERE)

    first, again = worker.put(path, json=body), worker.put(path, json=body)

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert sorted(first.json["hazard_ids"]) == sorted(one["id"] for one in seen)
    assert session.scalar(select(func.count()).select_from(Hazard)) == 2
    hazard = worker.get(f"/v1/hazards/{seen[0]['id']}").json
    home = session.get_one(
        Household, session.get_one(Resident, session.get_one(CareRecord, record).resident_id).household_id
    )
    assert (hazard["place_id"], hazard["text"]) == (str(home.place_id), "101门口电线破皮")
    assert (hazard["status"], hazard["source"], hazard["reported_by_me"]) == ("reported", "staff", True)
    assert [one["id"] for one in hazard["photos"]] == [photo]
    assert hazard["visit_id"] == first.json["id"]


def test_only_who_may_read_the_visit_is_told_of_it(
    be: Become, session: Session, record: UUID, form: UUID
) -> None:
    seen = _seen()
    filed = file_visit(be("worker"), record, form, hazards=[seen], note="膝盖痛").json
    path = f"/v1/hazards/{seen['id']}"

    told = {who: be(who).get(path).json for who in ("worker", "admin", "colleague", "lead", "county")}

    assert {who: one["visit_id"] for who, one in told.items()} == {
        "worker": filed["id"],
        "admin": filed["id"],
        "colleague": None,
        "lead": None,
        "county": None,
    }
    care = session.get_one(CareRecord, record)
    for who in ("colleague", "lead", "county"):
        answers = str(told[who]) + str(be(who).get("/v1/hazards").json)
        for secret in (filed["id"], str(record), str(care.resident_id), "王桂兰", "膝盖痛", "visit_id': '"):
            assert secret not in answers, who


def test_a_minors_visit_is_told_of_with_leave_only(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    born = (NOON - timedelta(days=15 * 366)).date()
    care = session.get_one(CareRecord, record)
    session.execute(update(Resident).where(Resident.id == care.resident_id).values(birth_date=born))
    session.commit()
    seen = _seen()

    assert file_visit(worker, record, form, hazards=[seen]).status_code == 201

    assert worker.get(f"/v1/hazards/{seen['id']}").json["visit_id"] is None


@pytest.mark.parametrize(
    "text, word",
    [
        ("王桂兰家电线破皮", "王桂兰"),
        ("王 桂 兰门口堆着纸箱", "王桂兰"),
        ("桂兰的炉子漏气", "桂兰"),
        ("独居老人家电线破皮", "独居"),
    ],
)
def test_nothing_tells_who_of_the_home_is_looked_after(
    worker: Client, session: Session, record: UUID, form: UUID, text: str, word: str
) -> None:
    """The refusal names the field, the word and what to write; the visit is kept with it or not at all."""
    answer = file_visit(worker, record, form, hazards=[_seen("楼道堆着纸箱"), _seen(text)])

    assert (answer.status_code, answer.json["code"]) == (422, "hazard_names")
    said = answer.json["errors"]["hazards"]["1"]["text"]
    assert said == [answer.json["title"]]
    assert (f"第2条里的“{word}”" in said[0], "只写哪里、什么坏了" in said[0]) == (True, True)
    assert session.scalar(select(func.count()).select_from(Hazard)) == 0
    assert count_visits(session) == 0


def test_a_place_for_them_is_named_as_ever(worker: Client, record: UUID, form: UUID) -> None:
    seen = [_seen("留守儿童之家的窗户松了"), _seen("残疾人坡道被车堵了")]

    assert file_visit(worker, record, form, hazards=seen).status_code == 201


def test_a_visit_made_offline_says_what_to_change_and_is_taken_once_it_is(
    worker: Client, record: UUID, form: UUID
) -> None:
    """The draft is the phone's until then: nothing of the visit is lost."""
    seen = _seen("低保户家没有灭火器")
    draft = {"kind": "visit", "id": str(new_id()), "body": visit(record, form, hazards=[seen], note="膝盖痛")}

    (refused,) = worker.post("/v1/drafts", json={"drafts": [draft]}).json["results"]
    seen["text"] = "厨房没有灭火器"
    (taken,) = worker.post("/v1/drafts", json={"drafts": [draft]}).json["results"]

    assert (refused["status"], refused["problem"]["code"]) == (422, "hazard_names")
    assert "低保" in refused["problem"]["errors"]["hazards"]["0"]["text"][0]
    assert taken["status"] == 201, taken
    assert worker.get(f"/v1/visits/{draft['id']}").json["note"] == "膝盖痛"


def test_an_id_is_of_one_hazard(worker: Client, record: UUID, form: UUID) -> None:
    seen = _seen()
    file_visit(worker, record, form, hazards=[seen])

    other = file_visit(worker, record, form, hazards=[seen | {"text": "别的"}])
    same = file_visit(worker, record, form, hazards=[seen])
    twice = file_visit(worker, record, form, hazards=[_seen() | {"id": seen["id"]}, seen])

    for answer in (other, same, twice):
        assert (answer.status_code, answer.json["code"]) == (409, "other_content")
    assert len(worker.get("/v1/visits", query_string={"care_record_id": str(record)}).json["items"]) == 1


def test_a_visit_made_offline_brings_its_hazard_once(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    draft = {"kind": "visit", "id": str(new_id()), "body": visit(record, form, hazards=[_seen()])}

    for status in (201, 200):
        (result,) = worker.post("/v1/drafts", json={"drafts": [draft]}).json["results"]
        assert result["status"] == status, result

    assert session.scalar(select(func.count()).select_from(Hazard)) == 1


def test_a_visit_sent_before_it_could_bring_hazards_is_the_same_after(
    worker: Client, record: UUID, form: UUID
) -> None:
    path, body = f"/v1/visits/{new_id()}", visit(record, form)

    assert worker.put(path, json=body).status_code == 201
    assert worker.put(path, json=body | {"hazards": []}).status_code == 200


def test_words_of_harm_to_the_visited_minor_open_a_case_of_the_hazard(
    worker: Client, admin: Client, session: Session, record: UUID, form: UUID
) -> None:
    """About a minor a plain word is enough, also where his visit brings a hazard."""
    born = (NOON - timedelta(days=15 * 366)).date()
    care = session.get_one(CareRecord, record)
    session.execute(update(Resident).where(Resident.id == care.resident_id).values(birth_date=born))
    session.commit()
    seen = _seen("门锁坏了，他爸打他")

    assert file_visit(worker, record, form, hazards=[seen]).status_code == 201

    (case,) = admin.get("/v1/harm-cases").json["items"]
    assert (case["record_kind"], case["record_id"]) == ("hazard", seen["id"])
