import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import CareCategory, CareRecord, FollowUp, Notice, NoticeKind, Photo, PhotoLink, Visit
from tests.care_world import ANSWERS, NOON, TODAY, visit, write_care, write_form
from tests.cast import person
from tests.client import Answer, Client
from tests.counting import statements

Become = Callable[[str | None], Client]
HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 12, "datum": "wgs84"}


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.set_to(NOON):
        yield


@pytest.fixture
def form(session: Session) -> UUID:
    """Give a form for the elderly."""
    return write_form(session)


@pytest.fixture
def record(session: Session) -> UUID:
    """Give the care record of an elderly woman, whom ``worker`` looks after every seven days."""
    return write_care(session)


def _file(client: Client, record: UUID, form: UUID, **fields: Any) -> Answer:
    return client.put(f"/v1/visits/{new_id()}", json=visit(record, form, **fields))


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Visit)) or 0


def _urgent(session: Session) -> list[tuple[UUID, dict[str, Any]]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.VISIT_URGENT))
    return [(row.user_id, row.data) for row in rows]


def test_a_visit_is_filed_once(worker: Client, session: Session, record: UUID, form: UUID) -> None:
    path = f"/v1/visits/{new_id()}"
    follow_ups = [{"need": "修扶手", "due_on": "2027-02-05"}]
    photos = [str(new_id()), str(new_id())]
    body = visit(record, form, note="第一行\n第二行", photo_ids=photos, follow_ups=follow_ups)
    session.add(Photo(id=UUID(photos[1]), sha256=b"", width=1, height=1, received_at=NOON))
    session.commit()

    first, again = worker.put(path, json=body), worker.put(path, json=body)
    other = worker.put(path, json=body | {"note": "改过"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == worker.get(path).json
    assert (first.json["answers"], first.json["note"]) == (ANSWERS, "第一行\n第二行")
    assert (first.json["form_id"], first.json["worker_id"]) == (str(form), str(person("worker").user_id))
    assert first.json["photos"] == [{"id": photos[0], "arrived": False}, {"id": photos[1], "arrived": True}]
    assert [(one["need"], one["owner_id"]) for one in first.json["follow_ups"]] == [
        ("修扶手", str(person("worker").user_id))
    ]
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert _count(session) == 1
    assert session.scalar(select(func.count()).select_from(FollowUp)) == 1
    assert session.scalar(select(func.count()).select_from(PhotoLink)) == 2


def test_a_repetition_after_the_care_ended_gets_the_first_answer(
    worker: Client, admin: Client, record: UUID, form: UUID
) -> None:
    path, body = f"/v1/visits/{new_id()}", visit(record, form)
    first = worker.put(path, json=body)
    assert admin.post(f"/v1/care-records/{record}/end", json={"ended_on": "2027-01-30"}).status_code == 200

    again = worker.put(path, json=body)
    another = _file(worker, record, form)

    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert (another.status_code, another.json["code"]) == (409, "care_ended")
    late = _file(worker, record, form, captured_at=(NOON - timedelta(days=1)).isoformat())
    assert late.status_code == 201


def test_who_may_file(be: Become, session: Session, record: UUID, form: UUID) -> None:
    roles = ("worker", "admin", "colleague", "lead", "county", "resident", "far_worker", "far_admin")

    answers = {who: _file(be(who), record, form) for who in roles}

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
    assert _count(session) == 2


def test_who_may_read(be: Become, record: UUID, form: UUID) -> None:
    path = f"/v1/visits/{_file(be('worker'), record, form).json['id']}"
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
    newest = [_file(worker, record, form, note="私下说的").json["id"] for _ in range(3)][::-1]

    answer = worker.get("/v1/visits", query_string={"care_record_id": record, "limit": 2})

    assert [item["id"] for item in answer.json["items"]] == newest[:2]
    assert not {"answers", "note", "follow_ups"} & set(answer.json["items"][0])
    assert "私下" not in answer.text
    rest = {"care_record_id": record, "cursor": answer.json["next_cursor"]}
    assert [item["id"] for item in worker.get("/v1/visits", query_string=rest).json["items"]] == newest[2:]
    assert worker.get("/v1/visits").json["errors"] == {"care_record_id": ["请填写这一项"]}


def test_an_older_form_is_taken_and_kept(worker: Client, session: Session, record: UUID, form: UUID) -> None:
    write_form(session, version=2)

    answer = _file(worker, record, form)

    assert (answer.status_code, answer.json["form_id"]) == (201, str(form))


def test_a_form_for_others_is_refused(worker: Client, session: Session, record: UUID) -> None:
    wrong = [
        write_form(session, CareCategory.LEFT_BEHIND_CHILD),
        write_form(session, version=3, published_at=NOON + timedelta(days=1)),
        new_id(),
    ]

    for form_id in wrong:
        answer = _file(worker, record, form_id)
        assert (answer.status_code, answer.json["code"]) == (422, "wrong_form")
    assert _count(session) == 0


@pytest.mark.parametrize(
    "outcome", ["seen_well", "fine_by_phone", "not_reached", "needs_referral", "emergency"]
)
@pytest.mark.parametrize("mode", ["in_person", "phone", "video"])
def test_the_outcome_fits_the_contact(
    worker: Client, session: Session, record: UUID, form: UUID, mode: str, outcome: str
) -> None:
    answer = _file(worker, record, form, mode=mode, outcome=outcome)

    if (mode, outcome) in {("phone", "seen_well"), ("in_person", "fine_by_phone")}:
        assert (answer.status_code, answer.json["code"]) == (422, "outcome")
        assert _count(session) == 0
    else:
        assert (answer.status_code, answer.json["mode"], answer.json["outcome"]) == (201, mode, outcome)


@pytest.mark.parametrize("outcome", ["not_reached", "emergency"])
def test_the_form_may_stay_open_where_nobody_could_be_asked(
    worker: Client, record: UUID, form: UUID, outcome: str
) -> None:
    assert _file(worker, record, form, outcome=outcome, answers={}).status_code == 201
    answer = _file(worker, record, form, answers={"gas_safe": True})
    assert (answer.status_code, answer.json["code"]) == (422, "answer_missing")
    assert answer.json["errors"] == {"answers.mood": ["“心情怎么样”还没有填"]}


def test_presence_counts_at_the_door_and_a_call_keeps_no_position(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    there = _file(worker, record, form, position=HERE)
    nowhere = _file(worker, record, form)
    call = _file(worker, record, form, position=HERE, mode="phone", outcome="fine_by_phone")

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

    assert _file(worker, record, form, position=HERE, code=code).json["presence"] == "confirmed"


@pytest.mark.parametrize(
    "filed, last, due",
    [
        # outcome and how many hours before noon of 31 January, in the order of arrival
        ([("seen_well", 0)], "2027-01-31", "2027-02-07"),
        ([("needs_referral", 0)], "2027-01-31", "2027-02-07"),
        ([("emergency", 0)], "2027-01-31", "2027-02-07"),
        ([("not_reached", 0)], None, "2027-02-01"),
        ([("seen_well", 24)], "2027-01-30", "2027-02-06"),
        ([("seen_well", 11)], "2027-01-31", "2027-02-07"),
        ([("seen_well", 13)], "2027-01-30", "2027-02-06"),
        # a late older visit moves nothing
        ([("seen_well", 0), ("seen_well", 72)], "2027-01-31", "2027-02-07"),
        ([("seen_well", 0), ("not_reached", 72)], "2027-01-31", "2027-02-07"),
        # in whatever order they arrive, the last to happen decides
        ([("not_reached", 24), ("seen_well", 0)], "2027-01-31", "2027-02-07"),
        ([("seen_well", 0), ("not_reached", 24)], "2027-01-31", "2027-02-07"),
        ([("seen_well", 24), ("not_reached", 0)], "2027-01-30", "2027-02-01"),
        ([("not_reached", 0), ("seen_well", 24)], "2027-01-30", "2027-02-01"),
        ([("not_reached", 0), ("not_reached", 48)], None, "2027-02-01"),
        # a clock that is a year slow or an hour fast is not believed: the day of arrival counts
        ([("seen_well", 24 * 365)], "2027-01-31", "2027-02-07"),
        ([("seen_well", -1)], "2027-01-31", "2027-02-07"),
        ([("seen_well", -24 * 5)], "2027-01-31", "2027-02-07"),
    ],
)
def test_when_the_next_visit_is_due(
    worker: Client, record: UUID, form: UUID, filed: list[tuple[str, int]], last: str | None, due: str
) -> None:
    for outcome, hours in filed:
        at = NOON - timedelta(hours=hours)
        assert _file(worker, record, form, outcome=outcome, captured_at=at.isoformat()).status_code == 201

    now = worker.get(f"/v1/care-records/{record}").json
    assert (now["last_visited_on"], now["next_due_on"]) == (last, due)


@pytest.mark.parametrize(
    "every_days, day, due",
    [
        (30, datetime(2027, 1, 31, 4, tzinfo=UTC), "2027-03-02"),
        (30, datetime(2028, 1, 31, 4, tzinfo=UTC), "2028-03-01"),
        (31, datetime(2027, 8, 31, 4, tzinfo=UTC), "2027-10-01"),
        (1, datetime(2027, 2, 28, 4, tzinfo=UTC), "2027-03-01"),
        (92, datetime(2027, 12, 31, 4, tzinfo=UTC), "2028-04-01"),
        (7, datetime(2027, 12, 31, 15, 59, tzinfo=UTC), "2028-01-07"),
        (7, datetime(2027, 12, 31, 16, 1, tzinfo=UTC), "2028-01-08"),
    ],
)
def test_months_and_years_end_in_china(
    worker: Client, session: Session, form: UUID, every_days: int, day: datetime, due: str
) -> None:
    record = write_care(session, every_days=every_days)

    with clock.set_to(day):
        assert _file(worker, record, form, captured_at=day.isoformat()).status_code == 201
        assert worker.get(f"/v1/care-records/{record}").json["next_due_on"] == due


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
    ids = {"visit_id": path.rsplit("/", 1)[1], "care_record_id": str(record)}
    assert _urgent(session) == ([(person("admin").user_id, ids)] if told else [])


def test_an_admin_needs_no_notice_of_his_own_visit(
    admin: Client, session: Session, record: UUID, form: UUID
) -> None:
    assert _file(admin, record, form, outcome="emergency").status_code == 201
    assert _urgent(session) == []


@pytest.mark.parametrize(
    "change, field",
    [
        ({"need": ""}, "follow_ups"),
        ({"due_on": "2027-01-30"}, "follow_ups"),
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
    answer = _file(worker, record, form, follow_ups=[{"need": "修扶手", "due_on": "2027-02-03"} | change])

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert _count(session) == 0
    assert session.get_one(CareRecord, record).next_due_on == TODAY + timedelta(days=7)


def test_nan_coordinates_are_no_json(worker: Client, session: Session, record: UUID, form: UUID) -> None:
    for word in ("NaN", "Infinity", "-Infinity"):
        text = json.dumps(visit(record, form, position=HERE)).replace("114.4826", word)
        answer = worker.put(f"/v1/visits/{new_id()}", data=text, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
    assert _count(session) == 0


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
        ({"answers": ANSWERS | {"mood": "great"}}, "answers.mood"),
        ({"answers": ANSWERS | {"meals": 6}}, "answers.meals"),
        ({"answers": ANSWERS | {"illness": "痛" * 501}}, "answers.illness"),
        ({"answers": ANSWERS | {"shoe": 1}}, "answers.shoe"),
        ({"follow_ups": [{"need": "x", "due_on": "2027-02-01"}] * 11}, "follow_ups"),
        ({"worker_id": str(new_id())}, "worker_id"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    worker: Client, session: Session, record: UUID, form: UUID, fields: dict[str, Any], field: str
) -> None:
    answer = _file(worker, record, form, **fields)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert _count(session) == 0


def test_control_signs_are_dropped_from_answers(worker: Client, record: UUID, form: UUID) -> None:
    answer = _file(worker, record, form, answers=ANSWERS | {"illness": "膝\x00盖\u202e痛\n腰痛 "})

    assert (answer.status_code, answer.json["answers"]["illness"]) == (201, "膝盖痛\n腰痛")


def test_a_longer_list_takes_no_more_queries(
    worker: Client, connection: Connection, record: UUID, form: UUID
) -> None:
    def counted() -> int:
        with statements(connection) as seen:
            assert worker.get("/v1/visits", query_string={"care_record_id": record}).status_code == 200
        return len(seen)

    _file(worker, record, form)
    few = counted()
    for _ in range(5):
        _file(worker, record, form)

    assert counted() == few
