"""What was said on a visit and does not open any more: lists and records answer all the same."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareCategory
from tests.breaking import UNREADABLE, break_sealed, lose_key
from tests.care_world import file_visit, visit, write_care, write_form
from tests.child_world import write_child
from tests.client import Client

NEED = {"need": "买药", "due_on": "2027-02-03", "owner_id": None}


def test_a_visit_and_its_follow_ups_answer(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    """S-108: answers, note, need and result each say in their own place that they are unreadable."""
    path = f"/v1/visits/{new_id()}"
    made = worker.put(path, json=visit(record, form, note="身体很好", follow_ups=[NEED])).json
    follow_up = made["follow_ups"][0]["id"]
    done = worker.post(f"/v1/follow-ups/{follow_up}/finish", json={"result": "买了"})
    break_sealed(session, "visits", "note_sealed")
    lose_key(session, "visits", "answers_sealed")
    break_sealed(session, "follow_ups", "need_sealed", "result_sealed")

    shown = worker.get(path)
    again = worker.post(f"/v1/follow-ups/{follow_up}/finish", json={"result": "买了"})

    assert (done.status_code, shown.status_code) == (200, 200)
    assert (shown.json["note"], shown.json["answers"]) == (UNREADABLE, {"unreadable": UNREADABLE})
    assert [(one["need"], one["result"]) for one in shown.json["follow_ups"]] == [(UNREADABLE, UNREADABLE)]
    assert (again.status_code, again.json["code"]) == (500, "unreadable"), "what is compared must open"


def test_follow_ups_and_cases_of_harm_are_listed(worker: Client, admin: Client, session: Session) -> None:
    child = write_care(session, resident_id=write_child(session), category=CareCategory.LEFT_BEHIND_CHILD)
    form = write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    filed = file_visit(worker, child, form, harm_signs=True)
    old = file_visit(worker, write_care(session), write_form(session), follow_ups=[NEED])
    (case,) = admin.get("/v1/harm-cases").json["items"]
    closed = admin.post(f"/v1/harm-cases/{case['id']}/close", json={"result": "已经报警"})
    break_sealed(session, "harm_cases", "result_sealed")
    break_sealed(session, "follow_ups", "need_sealed")

    assert (filed.status_code, old.status_code, closed.status_code) == (201, 201, 200)
    assert [one["result"] for one in admin.get("/v1/harm-cases").json["items"]] == [UNREADABLE]
    assert [one["need"] for one in worker.get("/v1/follow-ups").json["items"]] == [UNREADABLE]
