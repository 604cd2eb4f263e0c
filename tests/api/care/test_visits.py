from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareCategory, FollowUp, Notice, NoticeKind, Photo, PhotoLink, Visit
from tests.care_world import ANSWERS, HERE, NOON, count_visits, file_visit, visit, write_form
from tests.cast import person
from tests.client import Client
from tests.counting import statements
from tests.photos import arrivals

Become = Callable[[str | None], Client]


def _urgent(session: Session) -> list[tuple[UUID, dict[str, Any]]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.VISIT_URGENT))
    return [(row.user_id, row.data) for row in rows]


def test_a_visit_is_filed_once(worker: Client, session: Session, record: UUID, form: UUID) -> None:
    path = f"/v1/visits/{new_id()}"
    follow_ups = [{"need": "修扶手", "due_on": "2027-02-05"}]
    photos = [str(new_id()), str(new_id())]
    body = visit(record, form, note="第一行\n第二行", photo_ids=photos, follow_ups=follow_ups)
    session.add(
        Photo(
            id=UUID(photos[1]),
            sha256=b"",
            width=1,
            height=1,
            received_at=NOON,
            uploaded_by=person("worker").user_id,
        )
    )
    session.commit()

    first, again = worker.put(path, json=body), worker.put(path, json=body)
    other = worker.put(path, json=body | {"note": "改过"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == worker.get(path).json
    assert (first.json["answers"], first.json["note"]) == (ANSWERS, "第一行\n第二行")
    assert (first.json["form_id"], first.json["worker_id"]) == (str(form), str(person("worker").user_id))
    assert arrivals(first.json["photos"]) == {photos[0]: False, photos[1]: True}
    assert [(one["need"], one["owner_id"]) for one in first.json["follow_ups"]] == [
        ("修扶手", str(person("worker").user_id))
    ]
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert count_visits(session) == 1
    assert session.scalar(select(func.count()).select_from(FollowUp)) == 1
    assert session.scalar(select(func.count()).select_from(PhotoLink)) == 2


def test_a_repetition_after_the_care_ended_gets_the_first_answer(
    worker: Client, admin: Client, record: UUID, form: UUID
) -> None:
    path, body = f"/v1/visits/{new_id()}", visit(record, form)
    first = worker.put(path, json=body)
    assert (
        admin.post(
            f"/v1/care-records/{record}/end", json={"ended_on": "2027-01-30", "why": "other"}
        ).status_code
        == 200
    )

    again = worker.put(path, json=body)
    another = file_visit(worker, record, form)

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert (another.status_code, another.json["code"]) == (409, "care_ended")
    late = file_visit(worker, record, form, captured_at=(NOON - timedelta(days=1)).isoformat())
    assert late.status_code == 201


def test_who_mayfile_visit(be: Become, session: Session, record: UUID, form: UUID) -> None:
    roles = ("worker", "admin", "colleague", "lead", "county", "resident", "far_worker", "far_admin")

    answers = {who: file_visit(be(who), record, form) for who in roles}

    assert {who: answer.status_code for who, answer in answers.items()} == {
        "worker": 201,
        "admin": 201,
        "colleague": 403,
        "lead": 403,
        "county": 403,
        "resident": 403,
        "far_worker": 404,
        "far_admin": 404,
    }
    assert answers["colleague"].json["code"] == "not_responsible"
    assert count_visits(session) == 2


def test_who_may_read(be: Become, record: UUID, form: UUID) -> None:
    path = f"/v1/visits/{file_visit(be('worker'), record, form).json['id']}"
    roles = ("worker", "admin", "colleague", "lead", "county", "resident", "far_worker", "far_admin")

    for called in (path, f"/v1/visits?care_record_id={record}"):
        statuses = {who: be(who).get(called).status_code for who in roles}
        assert statuses == {
            "worker": 200,
            "admin": 200,
            "colleague": 403,
            "lead": 403,
            "county": 403,
            "resident": 403,
            "far_worker": 404,
            "far_admin": 404,
        }


def test_lists_do_not_show_what_was_said(worker: Client, record: UUID, form: UUID) -> None:
    newest = [file_visit(worker, record, form, note="私下说的").json["id"] for _ in range(3)][::-1]

    answer = worker.get("/v1/visits", query_string={"care_record_id": record, "limit": 2})

    assert [item["id"] for item in answer.json["items"]] == newest[:2]
    assert not {"answers", "note", "follow_ups"} & set(answer.json["items"][0])
    assert "私下" not in answer.text
    rest = {"care_record_id": record, "cursor": answer.json["next_cursor"]}
    assert [item["id"] for item in worker.get("/v1/visits", query_string=rest).json["items"]] == newest[2:]
    assert worker.get("/v1/visits").json["errors"] == {"care_record_id": ["请填写这一项"]}


def test_an_older_form_is_taken_and_kept(worker: Client, session: Session, record: UUID, form: UUID) -> None:
    write_form(session, version=2)

    answer = file_visit(worker, record, form)

    assert (answer.status_code, answer.json["form_id"]) == (201, str(form))


def test_a_form_for_others_is_refused(worker: Client, session: Session, record: UUID) -> None:
    wrong = [
        write_form(session, CareCategory.LEFT_BEHIND_CHILD),
        write_form(session, version=3, published_at=NOON + timedelta(days=1)),
        new_id(),
    ]

    for form_id in wrong:
        answer = file_visit(worker, record, form_id)
        assert (answer.status_code, answer.json["code"]) == (422, "wrong_form")
    assert count_visits(session) == 0


@pytest.mark.parametrize(
    "outcome", ["seen_well", "fine_by_phone", "not_reached", "needs_referral", "emergency"]
)
@pytest.mark.parametrize("mode", ["in_person", "phone", "video"])
def test_the_outcome_fits_the_contact(
    worker: Client, session: Session, record: UUID, form: UUID, mode: str, outcome: str
) -> None:
    answer = file_visit(worker, record, form, mode=mode, outcome=outcome)

    if (mode, outcome) in {("phone", "seen_well"), ("in_person", "fine_by_phone")}:
        assert (answer.status_code, answer.json["code"]) == (422, "outcome")
        assert count_visits(session) == 0
    else:
        assert (answer.status_code, answer.json["mode"], answer.json["outcome"]) == (201, mode, outcome)


@pytest.mark.parametrize("outcome", ["not_reached", "emergency"])
def test_the_form_may_stay_open_where_nobody_could_be_asked(
    worker: Client, record: UUID, form: UUID, outcome: str
) -> None:
    assert file_visit(worker, record, form, outcome=outcome, answers={}).status_code == 201
    answer = file_visit(worker, record, form, answers={"gas_safe": True})
    assert (answer.status_code, answer.json["code"]) == (422, "answer_missing")
    assert answer.json["errors"] == {"answers": {"mood": ["“心情怎么样”还没有填，请填好"]}}


def test_presence_counts_at_the_door_and_a_call_keeps_no_position(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    there = file_visit(worker, record, form, position=HERE)
    nowhere = file_visit(worker, record, form)
    call = file_visit(worker, record, form, position=HERE, mode="phone", outcome="fine_by_phone")

    assert (there.json["presence"], there.json["presence_reasons"]) == (
        "probable",
        ["code_missing", "inside", "no_photo"],
    )
    assert nowhere.json["presence"] == "unverified"
    assert (call.json["presence"], call.json["presence_reasons"]) == ("unverified", ["not_in_person"])
    kept = session.get_one(Visit, UUID(call.json["id"]))
    assert (kept.lng, kept.lat, kept.datum, kept.code_id) == (None, None, None, None)
    assert session.get_one(Visit, UUID(there.json["id"])).lng == HERE["lng"]


def test_the_scanned_code_of_the_building_confirms(
    worker: Client, admin: Client, record: UUID, form: UUID
) -> None:
    place = worker.get(f"/v1/care-records/{record}").json["place_id"]
    code = admin.post(f"/v1/places/{place}/codes").json["url"].rsplit("/", 1)[1]

    assert file_visit(worker, record, form, position=HERE, code=code).json["presence"] == "confirmed"


@pytest.mark.parametrize(
    "fields, told",
    [
        ({"outcome": "emergency"}, 1),
        ({"outcome": "needs_referral"}, 1),
        ({"follow_ups": [{"need": "马上送医", "due_on": "2027-01-31", "urgent": True}]}, 1),
        ({"follow_ups": [{"need": "修扶手", "due_on": "2027-02-03"}]}, 0),
        ({"outcome": "not_reached"}, 0),
        ({"outcome": "seen_well"}, 0),
    ],
)
def test_the_admin_is_told_at_once_of_what_cannot_wait(
    worker: Client, session: Session, record: UUID, form: UUID, fields: dict[str, Any], told: int
) -> None:
    path = f"/v1/visits/{new_id()}"
    answers = [worker.put(path, json=visit(record, form, **fields)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    what = {"what": "emergency"} if fields.get("outcome") == "emergency" else {}
    about = {"visit_id": path.rsplit("/", 1)[1], "care_record_id": str(record)} | what
    assert _urgent(session) == ([(person("admin").user_id, about)] if told else [])


def test_an_admin_needs_no_notice_of_his_own_visit(
    admin: Client, session: Session, record: UUID, form: UUID
) -> None:
    assert file_visit(admin, record, form, outcome="emergency").status_code == 201
    assert _urgent(session) == []


def test_a_longer_list_takes_no_more_queries(
    worker: Client, connection: Connection, record: UUID, form: UUID
) -> None:
    def counted() -> int:
        with statements(connection) as seen:
            assert worker.get("/v1/visits", query_string={"care_record_id": record}).status_code == 200
        return len(seen)

    file_visit(worker, record, form)
    few = counted()
    for _ in range(5):
        file_visit(worker, record, form)

    assert counted() == few
