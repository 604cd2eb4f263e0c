"""What requests leave in the trail, beyond what the matrix looks at for every route and role."""

import hashlib
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import AuditResult, Resident, User
from tests.api.sign_in.conftest import PHONE
from tests.cast import GRID, HOME, Person, named, person
from tests.client import Client
from tests.matrix.stage import Stage
from tests.snapshot import stored
from tests.trail import entries_of

DONE, REFUSED, FAILED = AuditResult.DONE, AuditResult.REFUSED, AuditResult.FAILED
PLACE = {"area_code": GRID, "kind": "shop", "name": "小卖部"}


def test_an_entry_says_who_did_what_where_and_how(session: Session, admin: Client) -> None:
    """S-100: time, actor, roles, area, record, action, result, address, device, request."""
    place_id = new_id()
    with entries_of(session) as left:
        answer = admin.put(
            f"/v1/places/{place_id}",
            json=PLACE,
            headers={"User-Agent": "a phone"},
            environ_overrides={"REMOTE_ADDR": "10.1.2.3"},
        )

    [entry] = left
    assert answer.status_code == 201
    assert (entry.actor_id, entry.roles) == (person("admin").user_id, ["community_admin"])
    assert entry.session_id == named("sign-in admin")
    assert (entry.action, entry.permission) == ("PUT /v1/places/<uuid:place_id>", "place_write")
    assert (entry.object_kind, entry.object_id, entry.area_code) == ("place", place_id, GRID)
    assert (entry.result, entry.code, entry.facts) == (DONE, None, {})
    assert (entry.ip, entry.device) == ("10.1.2.3", hashlib.sha256(b"a phone").hexdigest()[:12])
    assert entry.request_id == UUID(answer.headers["X-Request-Id"])


def test_the_same_write_again_is_recorded_as_such(session: Session, admin: Client) -> None:
    """S-100: what is sent twice is done once and recorded twice."""
    path = f"/v1/places/{new_id()}"
    with entries_of(session) as left:
        statuses = [admin.put(path, json=PLACE).status_code for _ in range(2)]

    assert statuses == [201, 200]
    assert [(one.result, one.action) for one in left] == [(DONE, "PUT /v1/places/<uuid:place_id>")] * 2


def test_a_query_by_ids_is_told(session: Session, worker: Client) -> None:
    record_id = Stage(session).care_record()
    session.commit()
    with entries_of(session) as left:
        assert worker.get(f"/v1/visits?care_record_id={record_id}").status_code == 200

    assert [one.facts for one in left] == [{"care_record_id": str(record_id)}]


def test_a_read_that_is_not_sensitive_leaves_nothing(session: Session, worker: Client) -> None:
    with entries_of(session) as left:
        assert worker.get("/v1/places").status_code == 200
        assert worker.get(f"/v1/places/{new_id()}").status_code == 404

    assert left == []


def test_malformed_input_and_strangers_leave_nothing(
    session: Session, visitor: Client, admin: Client
) -> None:
    with entries_of(session) as left:
        assert admin.put(f"/v1/places/{new_id()}", json={}).status_code == 422
        assert visitor.put(f"/v1/places/{new_id()}", json=PLACE).status_code == 401
        assert visitor.get("/v1/no/such/thing").status_code == 404
        assert visitor.post("/q/nothing-we-printed/reports").status_code == 404

    assert left == []


def test_a_refusal_leaves_its_code_and_all_roles_of_who_tried(session: Session, worker: Client) -> None:
    """S-100: somebody without the function."""
    with entries_of(session) as left:
        answer = worker.put(f"/v1/places/{new_id()}", json=PLACE)

    assert answer.status_code == 403
    assert [(one.result, one.code, one.roles, one.area_code) for one in left] == [
        (REFUSED, "forbidden", ["grid_worker"], GRID)
    ]


def test_a_visitors_report_leaves_an_entry_without_an_actor(
    session: Session, visitor: Client, code: str
) -> None:
    """S-100: the third of the routes whose success the matrix does not see."""
    report_id = str(new_id())
    form = {"id": report_id, "category": "fire", "text": "楼道堆放杂物"}
    with entries_of(session) as left:
        answer = visitor.post(f"/q/{code}/reports", data=form)

    assert answer.status_code == 303, answer.text
    assert [
        (one.actor_id, one.result, one.object_kind, str(one.object_id), one.area_code) for one in left
    ] == [(None, DONE, "hazard", report_id, GRID)]


def test_a_notice_that_is_read_leaves_an_entry(session: Session, worker: Client) -> None:
    """S-100: the second of them."""
    notice_id = Stage(session).notice("worker")
    session.commit()
    with entries_of(session) as left:
        assert worker.post(f"/v1/me/notices/{notice_id}/read").status_code == 200

    assert [(one.result, one.object_kind, one.object_id) for one in left] == [(DONE, "notice", notice_id)]


def test_sign_in_failure_and_sign_out_leave_entries(
    session: Session, app: Flask, user: User, sign_in: Any
) -> None:
    """S-100: the first of them; the token is in none."""
    with entries_of(session) as left:
        assert sign_in(password="wrong").status_code == 401
        token = sign_in().json["token"]
        assert Client(app, Person(user.id, token)).delete("/v1/sessions/current").status_code == 204

    failed, opened, ended = left
    assert (failed.result, failed.code, failed.actor_id) == (REFUSED, "wrong_credentials", None)
    assert opened.facts == {}
    assert (opened.result, opened.actor_id, opened.area_code) == (DONE, user.id, HOME)
    assert (opened.object_kind, opened.object_id) == ("session", opened.session_id)
    assert (ended.result, ended.actor_id, ended.object_id) == (DONE, user.id, opened.session_id)
    assert token not in str([vars(one) for one in left])


@pytest.mark.usefixtures("user")
def test_failures_of_one_account_are_told_from_those_of_others(session: Session, sign_in: Any) -> None:
    """S-100: by a keyed hash, known or not, and whether it is closed; the phone is in none."""
    with entries_of(session) as left:
        for phone in (PHONE, "13900002222", *[PHONE] * 4):
            assert sign_in(phone=phone, password="wrong").status_code == 401

    tried = [one.facts["tried"] for one in left]
    assert tried[0] == tried[2] == tried[-1] != tried[1]
    assert [one.facts["closed"] for one in left] == [False] * 6
    with entries_of(session) as after:
        assert sign_in().status_code == 401
    assert after[0].facts == {"tried": tried[0], "closed": True}
    assert PHONE not in str([vars(one) for one in (*left, *after)])


@pytest.fixture
def without_trail(session: Session) -> None:
    """Take the trail's table away."""
    session.execute(text("ALTER TABLE audit_entries RENAME TO audit_entries_away"))
    session.commit()


@pytest.mark.usefixtures("without_trail")
def test_without_the_trail_nothing_is_done(session: Session, admin: Client, worker: Client) -> None:
    """S-103: writes, sensitive reads and even refusals that nobody could see later are answered with 503."""
    before = stored(session.connection())
    answers = [
        admin.put(f"/v1/places/{new_id()}", json=PLACE),
        admin.get(f"/v1/residents/{named('resident')}"),
        admin.get("/v1/users"),
        worker.put(f"/v1/places/{new_id()}", json=PLACE),
    ]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(503, "audit_away")] * 4
    assert all(answer.headers["Retry-After"] == "5" for answer in answers)
    assert stored(session.connection()) == before
    assert "王桂兰" not in "".join(answer.text for answer in answers)


@pytest.mark.usefixtures("without_trail")
def test_without_the_trail_nobody_signs_in(session: Session, user: User, sign_in: Any) -> None:
    """S-103: a wrong password reads the same, so that none can be tried unseen."""
    answers = [sign_in(), sign_in(password="wrong")]

    assert [(one.status_code, one.json["code"]) for one in answers] == [(503, "audit_away")] * 2
    assert session.scalar(text("SELECT count(*) FROM sign_ins WHERE user_id = :id"), {"id": user.id}) == 0


@pytest.mark.usefixtures("without_trail")
def test_without_the_trail_other_reads_go_on(worker: Client) -> None:
    """S-103: what would leave no entry needs none."""
    assert worker.get("/v1/places").status_code == 200


def test_a_fault_of_ours_leaves_an_entry(session: Session, admin: Client) -> None:
    """S-100: the write failed, and somebody tried it."""
    session.execute(text("ALTER TABLE places RENAME COLUMN radius_m TO radius_gone"))
    session.commit()
    with entries_of(session) as left:
        answer = admin.put(f"/v1/places/{new_id()}", json=PLACE)

    assert answer.status_code == 500
    assert [(one.result, one.code, one.actor_id) for one in left] == [
        (FAILED, "internal", person("admin").user_id)
    ]


def test_nothing_personal_is_in_an_entry(session: Session, admin: Client) -> None:
    """S-104: a resident is registered and read; the trail knows only his id."""
    resident_id = new_id()
    body = {
        "household_id": str(named("household home")),
        "name": "王小明",
        "sex": "male",
        "birth_date": "2015-05-05",
        "relation": "grandchild",
    }
    with entries_of(session) as left:
        assert admin.put(f"/v1/residents/{resident_id}", json=body).status_code == 201
        assert admin.get(f"/v1/residents/{resident_id}").status_code == 200

    assert [one.object_id for one in left] == [resident_id] * 2
    assert session.get(Resident, resident_id) is not None
    told = str([{**vars(one)} for one in left])
    assert not [word for word in ("王小明", "2015", "male") if word in told.replace(str(resident_id), "")]
