"""Filing and reading inspections over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
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
    PlaceKind,
)
from tests.cast import GRID, named, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import BLOCK, count, file, inspection_body, problem, write_checklist
from tests.photos import arrivals, waiting


def arrive(session: Session, *photo_ids: UUID) -> None:
    for photo_id in photo_ids:
        session.add(
            Photo(
                id=photo_id,
                sha256=photo_id.bytes,
                width=1,
                height=1,
                received_at=now(),
                uploaded_by=person("worker").user_id,
            )
        )
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


def test_filing_asks_for_nothing_twice(connection: Connection, worker: Client, checklist: Checklist) -> None:
    with statements(connection) as sent:
        assert file(worker, inspection_body(checklist)).status_code == 201

    asked = [one.partition("FROM ")[2].split()[0] for one in sent if one.startswith("SELECT")]
    assert sorted(asked) == [
        "checklists",
        "inspection_answers",
        "inspections",
        "photo_links",
        "places",
        "policy_changes",
    ]


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
    assert hazard["text"] == "「墙体有没有裂缝?」有问题：三楼有裂缝"
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
    to_worker = Notice.user_id == person("worker").user_id
    assert session.scalars(select(Notice.data["step"].astext).where(to_worker)).all() == ["recur"]


def test_the_same_item_found_in_another_version_joins_the_open_hazard(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    newer = write_checklist(session, code=checklist.code, version=2, title="新的检查表")
    first = file(worker, inspection_body(checklist, _1=problem())).json["answers"][0]

    again = file(worker, inspection_body(newer, _1=problem(), _2=problem())).json["answers"]

    assert (again[0]["hazard_id"], again[0]["recurrence"]) == (first["hazard_id"], True)
    assert again[1]["recurrence"] is False
    hazard = worker.get(f"/v1/hazards/{first['hazard_id']}").json
    assert (hazard["recurrences"], hazard["item_id"]) == (1, str(checklist.items[0].id))
    assert hazard["item_key"] == f"421224/{checklist.code}/exit_clear"
    assert count(session, Hazard) == 2


def test_the_same_code_in_another_list_is_another_hazard(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    other = write_checklist(session)
    above = write_checklist(session, area_code="4212", code=checklist.code)
    file(worker, inspection_body(checklist, _1=problem()))

    for one in (other, above):
        answer = file(worker, inspection_body(one, _1=problem())).json["answers"][0]
        assert answer["recurrence"] is False
    assert count(session, Hazard) == 3


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

    third = file(worker, inspection_body(checklist, _1=problem())).json["answers"][0]

    assert second["hazard_id"] != first["hazard_id"]
    assert (second["recurrence"], count(session, Hazard)) == (False, 2)
    assert (third["hazard_id"], third["recurrence"]) == (second["hazard_id"], True)


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
