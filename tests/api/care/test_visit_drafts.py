"""The next visit begins with what lasts, and only what changed is entered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import CareRecord, Resident, Visit
from tests.care_world import (
    ANSWERS,
    NOON,
    file_visit,
    visit,
    write_care,
    write_form,
    write_resident,
)
from tests.client import Answer, Client
from tests.counting import statements
from tests.trail import entries_of

Become = Callable[[str | None], Client]
LASTING: list[dict[str, Any]] = [
    {
        "key": "living_with",
        "label": "和谁住",
        "kind": "choice",
        "options": [{"value": "alone", "label": "一个人"}, {"value": "children", "label": "儿女"}],
        "required": True,
        "lasting": True,
    },
    {"key": "medicines", "label": "吃什么药", "kind": "text", "required": False, "lasting": True},
    {"key": "rooms", "label": "几间房", "kind": "number", "required": True, "lasting": True},
]
HELD = {"living_with": "alone", "medicines": "降压药", "rooms": 2}
FRESH = {key: ANSWERS[key] for key in ("mood", "gas_safe")}


@pytest.fixture
def form(session: Session) -> UUID:
    """Give a form some of whose answers last."""
    return write_form(session, more=LASTING)


@pytest.fixture
def first(worker: Client, record: UUID, form: UUID) -> str:
    """Give a complete visit of some days before."""
    return _filed(file_visit(worker, record, form, answers=ANSWERS | HELD, captured_at=_days_ago(5)))


def _days_ago(days: int) -> str:
    return (NOON - timedelta(days=days)).isoformat()


def _filed(answer: Answer) -> str:
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def _draft(client: Client, record: UUID) -> dict[str, Any]:
    answer = client.get(f"/v1/care-records/{record}/visit-draft")
    assert answer.status_code == 200, answer.json
    told: dict[str, Any] = answer.json
    return told


def test_before_the_first_visit_there_is_nothing_to_begin_with(
    worker: Client, record: UUID, form: UUID
) -> None:
    assert _draft(worker, record) == {
        "care_record_id": str(record),
        "form_id": str(form),
        "unchanged_from": None,
        "visited_on": None,
        "answers": {},
        "contacts": [],
    }


def test_a_draft_has_what_lasts_of_the_last_complete_visit(
    worker: Client, record: UUID, form: UUID, first: str
) -> None:
    for outcome, mode in (("not_reached", "phone"), ("emergency", "phone")):
        _filed(file_visit(worker, record, form, outcome=outcome, mode=mode, answers={}))
    late = file_visit(worker, record, form, answers=ANSWERS | HELD | {"rooms": 9}, captured_at=_days_ago(6))
    assert late.status_code == 201

    draft = _draft(worker, record)

    assert (draft["unchanged_from"], draft["visited_on"], draft["answers"]) == (first, "2027-01-26", HELD)


def test_only_what_changed_is_entered_and_the_visit_stands_alone(
    worker: Client, session: Session, record: UUID, form: UUID, first: str
) -> None:
    path = f"/v1/visits/{new_id()}"
    body = visit(record, form, unchanged_from=first, answers=FRESH | {"rooms": 3}, cleared=["medicines"])

    made, again = worker.put(path, json=body), worker.put(path, json=body)
    session.execute(
        update(Visit).where(Visit.id == UUID(first)).values(answers_sealed=None, note_sealed=None)
    )
    session.commit()
    alone = worker.get(path).json

    assert (made.status_code, again.status_code, again.json) == (201, 200, made.json)
    assert made.json["answers"] == FRESH | {"living_with": "alone", "rooms": 3}
    assert made.json["unchanged_from"] == first
    assert (made.json["unchanged"], made.json["changed"]) == (["living_with"], ["medicines", "rooms"])
    assert alone["answers"] == made.json["answers"]
    assert (alone["unchanged"], alone["changed"]) == ([], [])


def test_sent_again_it_is_the_same_though_a_newer_visit_came(
    worker: Client, record: UUID, form: UUID, first: str
) -> None:
    path, body = f"/v1/visits/{new_id()}", visit(record, form, unchanged_from=first, answers=FRESH)
    made = worker.put(path, json=body)
    _filed(file_visit(worker, record, form, answers=ANSWERS | HELD | {"rooms": 5}))

    again, other = worker.put(path, json=body), worker.put(path, json=body | {"cleared": ["rooms"]})

    assert (again.status_code, again.json) == (200, made.json)
    assert (other.status_code, other.json["code"]) == (409, "other_content")


def test_a_visit_sent_before_there_were_drafts_is_the_same_after(
    worker: Client, record: UUID, form: UUID
) -> None:
    path, body = f"/v1/visits/{new_id()}", visit(record, form, answers=ANSWERS | HELD)
    made = worker.put(path, json=body)

    again = worker.put(path, json=body | {"unchanged_from": None, "cleared": []})

    assert (made.status_code, again.status_code, again.json) == (201, 200, made.json)


def test_what_is_not_the_newest_confirms_nothing(
    worker: Client, session: Session, record: UUID, form: UUID, first: str
) -> None:
    other = write_care(session, of="colleague_kin") if False else record
    newer = _filed(file_visit(worker, other, form, answers=ANSWERS | HELD, captured_at=_days_ago(1)))

    stale = file_visit(worker, record, form, unchanged_from=first, answers=FRESH)
    unknown = file_visit(worker, record, form, unchanged_from=str(new_id()), answers=FRESH)
    before_it = file_visit(
        worker, record, form, unchanged_from=first, answers=FRESH, captured_at=_days_ago(2)
    )
    good = file_visit(worker, record, form, unchanged_from=newer, answers=FRESH)

    for answer in (stale, unknown):
        assert (answer.status_code, answer.json["code"]) == (409, "not_newest_visit")
        assert list(answer.json["errors"]) == ["unchanged_from"]
    assert before_it.status_code == 201, "made offline, before the newer one"
    assert good.status_code == 201


def test_what_the_form_in_force_does_not_know_any_more_is_asked_anew(
    worker: Client, session: Session, record: UUID, first: str
) -> None:
    """An option that is gone, a bound that is narrower, a key that is new: each is asked, and named."""
    narrower = [
        LASTING[0]
        | {"options": [{"value": "children", "label": "儿女"}, {"value": "spouse", "label": "老伴"}]},
        LASTING[1],
        LASTING[2] | {"most": 1},
        {"key": "stairs", "label": "几楼", "kind": "number", "required": True, "lasting": True},
    ]
    form = write_form(session, version=2, more=narrower)

    draft = _draft(worker, record)
    lacking = file_visit(worker, record, form, unchanged_from=first, answers=FRESH)
    anew = {"living_with": "children", "rooms": 1, "stairs": 3}
    made = file_visit(worker, record, form, unchanged_from=first, answers=FRESH | anew)

    assert (draft["form_id"], draft["answers"]) == (str(form), {"medicines": "降压药"})
    assert (lacking.status_code, lacking.json["code"]) == (422, "answer_missing")
    assert list(lacking.json["errors"]["answers"]) == ["living_with"]
    assert made.json["answers"] == FRESH | {"medicines": "降压药"} | anew
    assert (made.json["unchanged"], made.json["changed"]) == (
        ["medicines"],
        ["living_with", "rooms", "stairs"],
    )


def test_only_what_was_there_is_cleared(worker: Client, record: UUID, form: UUID, first: str) -> None:
    wrong = file_visit(worker, record, form, unchanged_from=first, answers=FRESH, cleared=["mood"])
    alone = file_visit(worker, record, form, answers=ANSWERS | HELD, cleared=["rooms"])
    needed = file_visit(worker, record, form, unchanged_from=first, answers=FRESH, cleared=["rooms"])

    for answer in (wrong, alone):
        assert (answer.status_code, answer.json["code"]) == (422, "answer_unknown")
        assert list(answer.json["errors"]) == ["cleared"]
    assert (needed.status_code, needed.json["code"]) == (422, "answer_missing")


@pytest.mark.usefixtures("first")
def test_who_reads_a_draft(be: Become, record: UUID) -> None:
    path = f"/v1/care-records/{record}/visit-draft"
    roles = ("worker", "admin", "colleague", "lead", "county", "resident", "far_worker")

    statuses = {who: be(who).get(path).status_code for who in roles}

    assert statuses == {
        "worker": 200,
        "admin": 200,
        "colleague": 403,
        "lead": 403,
        "county": 403,
        "resident": 403,
        "far_worker": 404,
    }


@pytest.mark.usefixtures("first")
def test_reading_a_draft_is_recorded(worker: Client, session: Session, record: UUID) -> None:
    with entries_of(session) as came:
        _draft(worker, record)

    (entry,) = came
    assert entry.facts["resident_id"] == str(session.get_one(CareRecord, record).resident_id)


def test_a_minors_draft_takes_leave_to_read(
    worker: Client, session: Session, first: str, record: UUID, form: UUID
) -> None:
    """Somebody of 15: no consent is asked for, but a ticket; without it the visit is entered whole."""
    born = (NOON - timedelta(days=15 * 366)).date()
    session.execute(
        update(Resident)
        .where(Resident.id == session.get_one(CareRecord, record).resident_id)
        .values(birth_date=born)
    )
    session.commit()

    read = worker.get(f"/v1/care-records/{record}/visit-draft")
    filed = file_visit(worker, record, form, unchanged_from=first, answers=FRESH)
    whole = file_visit(worker, record, form, answers=ANSWERS | HELD)

    for answer in (read, filed):
        assert (answer.status_code, answer.json["code"]) == (403, "ticket_needed")
    assert whole.status_code == 201


def test_a_day_has_the_drafts_of_who_is_due(
    worker: Client, session: Session, record: UUID, first: str
) -> None:
    with clock.set_to(NOON + timedelta(days=8)), entries_of(session) as came:
        day = worker.get("/v1/me/today")
        tag = worker.get("/v1/me/today", headers={"If-None-Match": day.headers["ETag"]})

    (draft,) = day.json["visit_drafts"]
    assert (draft["care_record_id"], draft["unchanged_from"], draft["answers"]) == (str(record), first, HELD)
    assert tag.status_code == 304
    assert came[0].facts["resident_ids"] == [str(session.get_one(CareRecord, record).resident_id)]


@pytest.mark.usefixtures("first")
def test_a_longer_day_takes_no_more_queries(
    worker: Client, session: Session, connection: Connection, form: UUID
) -> None:
    def counted() -> int:
        with statements(connection) as seen:
            assert worker.get("/v1/me/today").status_code == 200
        return len(seen)

    with clock.set_to(NOON + timedelta(days=8)):
        few = counted()
        for _ in range(4):
            somebody = write_resident(session, name="孙大爷")
            care = write_care(session, resident_id=somebody)
            _filed(file_visit(worker, care, form, answers=ANSWERS | HELD))
        with clock.set_to(NOON + timedelta(days=16)):
            assert len(worker.get("/v1/me/today").json["visit_drafts"]) == 5
            assert counted() == few


def test_words_of_harm_that_last_keep_each_visit_that_has_them(
    worker: Client, admin: Client, record: UUID, form: UUID
) -> None:
    """What is joined from the visit before is read as if it had been written anew."""
    told = {"medicines": "孩子身上有伤，他爸打孩子"}
    first = _filed(file_visit(worker, record, form, answers=ANSWERS | HELD | told))

    again = _filed(file_visit(worker, record, form, unchanged_from=first, answers=FRESH))

    cases = admin.get("/v1/harm-cases").json["items"]
    assert {one["record_id"] for one in cases} == {first, again}
