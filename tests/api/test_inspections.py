"""Inspections over HTTP."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    Checklist,
    Hazard,
    HazardEvent,
    HazardStatus,
    Inspection,
    InspectionAnswer,
    Notice,
    Photo,
    PhotoLink,
    PlaceCode,
    PlaceKind,
)
from tests.cast import FAR, GRID, named, person
from tests.client import Answer, Client
from tests.counting import statements
from tests.hazard_world import BLOCK, inspection_body, problem, write_checklist, write_code
from tests.photos import arrivals, waiting

HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 20, "datum": "wgs84"}


@pytest.fixture
def checklist(session: Session) -> Checklist:
    return write_checklist(session)


def file(client: Client, body: dict[str, Any], inspection_id: UUID | None = None) -> Answer:
    return client.put(f"/v1/inspections/{inspection_id or new_id()}", json=body)


def count(session: Session, table: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def arrive(session: Session, *photo_ids: UUID) -> None:
    for photo_id in photo_ids:
        session.add(Photo(id=photo_id, sha256=photo_id.bytes, width=1, height=1, received_at=now()))
    session.commit()


def test_an_inspection_keeps_its_answers(session: Session, worker: Client, checklist: Checklist) -> None:
    inspection_id = new_id()
    body = inspection_body(checklist, _2={"result": "not_applicable"}, note="天气好")

    answer = file(worker, body, inspection_id)

    assert answer.status_code == 201
    shown = answer.json
    assert [(a["position"], a["result"], a["hazard_id"]) for a in shown["answers"]] == [
        (1, "ok", None),
        (2, "not_applicable", None),
        (3, "ok", None),
    ]
    assert (shown["id"], shown["worker_id"]) == (str(inspection_id), str(person("worker").user_id))
    assert (shown["area_code"], shown["place_name"], shown["checklist_version"]) == (GRID, "1号楼", 1)
    assert (shown["note"], shown["problems"], shown["photos"]) == ("天气好", 0, [])
    assert worker.get(f"/v1/inspections/{inspection_id}").json == shown
    assert count(session, Hazard) == 0


def test_the_same_again_is_the_same_answer(session: Session, worker: Client, checklist: Checklist) -> None:
    inspection_id, photo = new_id(), str(new_id())
    body = inspection_body(checklist, _1=problem(photo_ids=[photo]), photo_ids=[str(new_id())])

    first = file(worker, body, inspection_id)
    again = file(worker, body, inspection_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    tables = (Inspection, InspectionAnswer, Hazard, HazardEvent, PhotoLink)
    assert [count(session, table) for table in tables] == [1, 3, 1, 1, 3]


@pytest.mark.parametrize("other", [{"note": "另写"}, {"_1": problem()}, {"photo_ids": [str(named("x"))]}])
def test_other_content_under_the_same_id_is_refused(
    session: Session, worker: Client, checklist: Checklist, other: dict[str, Any]
) -> None:
    inspection_id, at = new_id(), now().isoformat()
    file(worker, inspection_body(checklist, captured_at=at), inspection_id)

    answer = file(worker, inspection_body(checklist, captured_at=at, **other), inspection_id)

    assert (answer.status_code, answer.json["code"]) == (409, "other_content")
    assert (count(session, Inspection), count(session, Hazard)) == (1, 0)


def test_a_colleague_may_not_reuse_the_id(worker: Client, colleague: Client, checklist: Checklist) -> None:
    inspection_id, body = new_id(), inspection_body(checklist)
    file(worker, body, inspection_id)

    answer = file(colleague, body, inspection_id)

    assert (answer.status_code, answer.json["code"]) == (409, "other_content")


def test_a_problem_raises_a_hazard_with_its_text_and_photos(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    photo = new_id()

    filed = file(worker, inspection_body(checklist, _2=problem("三楼有裂缝", photo_ids=[str(photo)]))).json

    answer = filed["answers"][1]
    assert (answer["recurrence"], answer["photos"]) == (False, [waiting(photo)])
    assert filed["photos"] == answer["photos"]
    hazard = worker.get(f"/v1/hazards/{answer['hazard_id']}").json
    assert hazard["text"] == "「墙体有没有裂缝?」有问题:三楼有裂缝"
    assert (hazard["category"], hazard["level"]) == ("building", "major")
    assert (hazard["source"], hazard["status"], hazard["reported_by_me"]) == ("inspection", "reported", True)
    assert (hazard["inspection_id"], hazard["place_id"]) == (filed["id"], str(BLOCK))
    assert hazard["photos"] == [waiting(photo)]
    assert [(e["number"], e["step"], e["actor_name"]) for e in hazard["events"]] == [(1, "report", "worker")]
    assert count(session, Hazard) == 1


def test_the_same_item_found_again_joins_the_open_hazard(
    session: Session, worker: Client, colleague: Client, checklist: Checklist
) -> None:
    photo = new_id()
    first = file(worker, inspection_body(checklist, _1=problem("堆了纸箱"))).json["answers"][0]

    second = file(colleague, inspection_body(checklist, _1=problem("还在", photo_ids=[str(photo)]))).json

    joined = second["answers"][0]
    assert (joined["hazard_id"], joined["recurrence"]) == (first["hazard_id"], True)
    hazard = worker.get(f"/v1/hazards/{first['hazard_id']}").json
    assert (hazard["recurrences"], hazard["photos"], hazard["status"]) == (1, [], "reported")
    recur = hazard["events"][1]
    assert (recur["number"], recur["step"], recur["note"]) == (2, "recur", "还在")
    assert (recur["photos"], recur["data"]) == (
        [waiting(photo)],
        {"inspection_id": second["id"]},
    )
    told = session.execute(select(Notice.user_id, Notice.data["step"].astext)).all()
    assert told == [(person("worker").user_id, "recur")]


@pytest.mark.parametrize("ended", ["rejected", "duplicate", "closed"])
def test_an_ended_hazard_is_not_joined(
    session: Session, worker: Client, checklist: Checklist, ended: str
) -> None:
    first = file(worker, inspection_body(checklist, _1=problem())).json["answers"][0]
    hazard = session.get_one(Hazard, UUID(first["hazard_id"]))
    hazard.status = HazardStatus(ended)
    hazard.duplicate_of_id = hazard.id if ended == "duplicate" else None
    session.commit()

    second = file(worker, inspection_body(checklist, _1=problem())).json["answers"][0]

    assert second["hazard_id"] != first["hazard_id"]
    assert (second["recurrence"], count(session, Hazard)) == (False, 2)


def test_the_same_item_elsewhere_is_another_hazard(
    session: Session, colleague: Client, checklist: Checklist
) -> None:
    other = write_checklist(session, kind=PlaceKind.WORKSHOP)
    file(colleague, inspection_body(checklist, _1=problem()))

    answer = file(colleague, inspection_body(other, place_id=str(named("workshop")), _1=problem()))

    assert (answer.json["answers"][0]["recurrence"], count(session, Hazard)) == (False, 2)


def test_corrected_on_the_spot_raises_nothing_and_is_kept(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    photo = new_id()
    body = inspection_body(checklist, _1=problem("", corrected=True, photo_ids=[str(photo)]))

    filed = file(worker, body).json

    answer = filed["answers"][0]
    assert (answer["result"], answer["corrected"], answer["hazard_id"]) == ("problem", True, None)
    assert answer["photos"] == [waiting(photo)]
    assert (filed["problems"], count(session, Hazard)) == (1, 0)


def test_late_photos_are_counted_as_they_arrive(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    one, two, three = new_id(), new_id(), new_id()
    arrive(session, two)
    body = inspection_body(checklist, photo_ids=[str(one), str(two)], _1=problem(photo_ids=[str(three)]))

    filed = file(worker, body).json

    assert arrivals(filed["photos"]) == {str(one): False, str(two): True, str(three): False}
    arrive(session, one, three)
    shown = worker.get(f"/v1/inspections/{filed['id']}").json
    assert [photo["arrived"] for photo in shown["photos"]] == [True, True, True]
    assert arrivals(shown["answers"][0]["photos"]) == {str(three): True}


def refusal(answer: Answer) -> tuple[int, str, Any]:
    return answer.status_code, answer.json["code"], answer.json.get("errors")


def test_every_item_is_answered_exactly_once(session: Session, worker: Client, checklist: Checklist) -> None:
    body = inspection_body(checklist)
    whole = body["answers"]
    stranger = str(new_id())

    missing = file(worker, {**body, "answers": whole[1:2]})
    twice = file(worker, {**body, "answers": [*whole, whole[0]]})
    unknown = file(worker, {**body, "answers": [*whole, {"item_id": stranger, "result": "ok"}]})

    assert refusal(missing) == (422, "answers_missing", {"answers": ["这些检查项还没有填:第1、3项"]})
    assert refusal(twice) == (422, "answers_twice", {"answers": ["这些检查项填了两遍,请各留一个:第1项"]})
    assert refusal(unknown)[:2] == (422, "answers_unknown")
    assert stranger in unknown.json["errors"]["answers"][0]
    assert (count(session, Inspection), count(session, PhotoLink)) == (0, 0)


def test_a_problem_needs_a_word_or_a_picture(worker: Client, checklist: Checklist) -> None:
    bare = file(worker, inspection_body(checklist, _1=problem(""), _3=problem("  ", corrected=True)))
    pictured = file(worker, inspection_body(checklist, _1=problem("", photo_ids=[str(new_id())])))

    assert refusal(bare) == (
        422,
        "answers_bare",
        {"answers": ["有问题的检查项要写一句说明或拍一张照片:第1、3项"]},
    )
    assert pictured.status_code == 201


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
    "ago, flag",
    [
        (timedelta(), "ok"),
        (timedelta(days=6, hours=23), "ok"),
        (timedelta(days=8), "stale"),
        (timedelta(minutes=-4), "ok"),
        (timedelta(minutes=-6), "future"),
    ],
)
def test_an_unlikely_clock_is_flagged_and_kept(
    worker: Client, checklist: Checklist, ago: timedelta, flag: str
) -> None:
    at = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
    with set_to(at):
        filed = file(worker, inspection_body(checklist, captured_at=(at - ago).isoformat())).json

    assert filed["clock_flag"] == flag
    assert datetime.fromisoformat(filed["captured_at"]) == at - ago
    assert datetime.fromisoformat(filed["received_at"]) == at
    assert (f"clock_{flag}" in filed["presence_reasons"]) == (flag != "ok")


def presence(answer: Answer) -> tuple[str, list[str]]:
    assert answer.status_code == 201
    return answer.json["presence"], answer.json["presence_reasons"]


def test_presence_lists_its_reasons(
    session: Session, app: Flask, worker: Client, checklist: Checklist
) -> None:
    code = write_code(session, app)
    away = {**HERE, "lat": 29.7}
    blurred = {**HERE, "accuracy_m": 151}

    def filed(**signals: Any) -> tuple[str, list[str]]:
        return presence(file(worker, inspection_body(checklist, **signals)))

    assert filed() == ("unverified", ["code_missing", "position_missing", "no_photo"])
    assert filed(code=code) == ("probable", ["code_scanned", "position_missing", "no_photo"])
    assert filed(code=code, position=HERE) == ("confirmed", ["code_scanned", "inside", "no_photo"])
    assert filed(position=HERE) == ("probable", ["code_missing", "inside", "no_photo"])
    assert filed(code=code, position=away) == ("unverified", ["code_scanned", "outside", "no_photo"])
    assert filed(code=code, position=blurred)[1] == ["code_scanned", "position_unknown", "no_photo"]
    assert filed(code=code[:-1] + "x")[1][0] == "code_unknown"
    assert filed(photo_ids=[str(new_id())])[1][2] == "photo"


def test_another_place_s_code_and_a_revoked_one_prove_nothing(
    session: Session, app: Flask, worker: Client, checklist: Checklist
) -> None:
    elsewhere = write_code(session, app, named("workshop"))
    revoked = write_code(session, app)
    row = session.scalars(select(PlaceCode).where(PlaceCode.place_id == BLOCK)).one()
    row.revoked_at = now()
    session.commit()
    before = (now() - timedelta(hours=1)).isoformat()

    assert presence(file(worker, inspection_body(checklist, code=elsewhere)))[1][0] == "code_other_place"
    assert presence(file(worker, inspection_body(checklist, code=revoked)))[1][0] == "code_revoked"
    offline = file(worker, inspection_body(checklist, code=revoked, captured_at=before))
    assert presence(offline)[1][0] == "code_scanned"


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"lng": 29.6063, "lat": 114.4826}, "lng"),
        ({"lng": 2.35, "lat": 48.85}, "lng"),
        ({"lng": "114"}, "lng"),
        ({"lat": None}, "lat"),
        ({"accuracy_m": 0}, "accuracy_m"),
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


def test_the_list_is_filtered_by_place_worker_and_day(
    session: Session, worker: Client, colleague: Client, checklist: Checklist
) -> None:
    workshop = write_checklist(session, kind=PlaceKind.WORKSHOP)
    late = datetime(2026, 9, 9, 17, 0, tzinfo=UTC)
    with set_to(late):
        mine = file(worker, inspection_body(checklist)).json["id"]
        his = file(colleague, inspection_body(workshop, place_id=str(named("workshop")))).json["id"]
    with set_to(late + timedelta(days=1)):
        next_day = file(colleague, inspection_body(checklist)).json["id"]

    def listed(query: str) -> list[str]:
        return [item["id"] for item in colleague.get(f"/v1/inspections{query}").json["items"]]

    assert listed("") == [next_day, his, mine]
    assert listed(f"?place_id={BLOCK}") == [next_day, mine]
    assert listed("?worker=me") == [next_day, his]
    # 01:00 of the tenth in China.
    assert listed("?since=2026-09-10&until=2026-09-10") == [his, mine]
    assert listed("?until=2026-09-09") == []
    assert listed("?since=2026-09-11") == [next_day]
    assert colleague.get("/v1/inspections?since=0001-01-01").status_code == 422


def test_inspections_end_at_the_border(
    worker: Client, be: Callable[[str], Client], checklist: Checklist
) -> None:
    inspection_id = file(worker, inspection_body(checklist)).json["id"]

    for name, status in {"county": 200, "far_worker": 404, "far_county": 404, "lead": 403}.items():
        assert be(name).get(f"/v1/inspections/{inspection_id}").status_code == status
    assert be("far_admin").get("/v1/inspections").json["items"] == []


def test_the_list_costs_the_same_for_one_and_for_many(
    connection: Connection, worker: Client, checklist: Checklist
) -> None:
    def listed() -> int:
        return len(worker.get("/v1/inspections").json["items"])

    body = inspection_body(checklist, _1=problem(photo_ids=[str(new_id())]))
    file(worker, body)
    with statements(connection) as one:
        assert listed() == 1
    for _ in range(4):
        file(worker, body)
    with statements(connection) as many:
        assert listed() == 5

    assert len(many) == len(one)
