"""What comes first on a visit: the report of harm, and help, whatever else is said of it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Notice, NoticeKind
from app.notices.words import text_of
from tests.care_world import ANSWERS, NOON, TODAY, count_visits, file_visit, write_care, write_form
from tests.cast import person
from tests.child_world import write_guarded_child, write_ticket
from tests.client import Client

_SIGNS = {
    "key": "harm_signs",
    "label": "发现这些情况了吗",
    "kind": "multi",
    "options": [{"value": "injury", "label": "身上有伤"}],
    "required": False,
}


def _urgent(session: Session) -> list[tuple[UUID, str]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.VISIT_URGENT))
    return [(row.user_id, text_of(row.kind, row.data)) for row in rows]


@pytest.mark.parametrize(
    "said",
    [
        {"harm_signs": True},
        {"harm_signs": True, "answers": {}},
        {"answers": ANSWERS | {"harm_signs": ["injury"]}},
        {"answers": {"mood": "good", "harm_signs": ["injury"]}},
    ],
)
def test_signs_of_harm_open_their_case_beside_all_well_and_an_unfinished_form(
    worker: Client, admin: Client, session: Session, said: dict[str, Any]
) -> None:
    """Who sees signs reports them at once; what contradicts them is for the admin to ask."""
    child = write_guarded_child(session)
    care, form = write_care(session, resident_id=child), write_form(session, more=[_SIGNS])
    write_ticket(session, child, "worker")

    filed = file_visit(worker, care, form, outcome="seen_well", **said)

    assert filed.status_code == 201, filed.text
    (case,) = admin.get("/v1/harm-cases").json["items"]
    assert (case["record_id"], case["signals"]) == (filed.json["id"], ["flag"])
    seen = admin.get(f"/v1/visits/{filed.json['id']}").json
    assert seen["outcome"] == "seen_well"


def test_words_of_harm_alone_finish_no_form(worker: Client, session: Session) -> None:
    """Else whoever wrote them would learn that they were found."""
    child = write_guarded_child(session)
    care, form = write_care(session, resident_id=child), write_form(session)
    write_ticket(session, child, "worker")

    refused = file_visit(worker, care, form, answers={}, note="他爸打他")

    assert (refused.status_code, refused.json["code"]) == (422, "answer_missing")
    assert count_visits(session) == 0


@pytest.mark.parametrize("note", ["", "摔倒了，叫了救护车"])
def test_an_emergency_is_taken_without_a_word_and_told_as_what_it_is(
    worker: Client, session: Session, record: UUID, form: UUID, note: str
) -> None:
    filed = file_visit(worker, record, form, outcome="emergency", answers={}, note=note)

    assert filed.status_code == 201, filed.text
    assert _urgent(session) == [(person("admin").user_id, "走访遇到紧急情况，请马上处理")]


def test_what_is_to_be_passed_on_is_told_as_a_visit_to_be_seen_to(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    assert file_visit(worker, record, form, outcome="needs_referral").status_code == 201

    assert _urgent(session) == [(person("admin").user_id, "有一项走访需要尽快处理")]


def test_a_visit_of_a_day_before_care_began_is_refused_with_the_day_from_which_it_counts(
    worker: Client, session: Session, form: UUID
) -> None:
    """Of that very day it is taken, and an emergency or signs of harm of any."""
    care = write_care(session, started_on=TODAY)
    before = (NOON - timedelta(days=1)).isoformat()

    refused = file_visit(worker, care, form, captured_at=before)

    assert (refused.status_code, refused.json["code"]) == (409, "care_not_begun")
    assert TODAY.isoformat() in refused.json["errors"]["captured_at"][0]
    assert count_visits(session) == 0
    assert file_visit(worker, care, form).status_code == 201
    for first in ({"outcome": "emergency", "answers": {}}, {"harm_signs": True}):
        assert file_visit(worker, care, form, captured_at=before, **first).status_code == 201


def test_the_same_level_again_is_no_change(admin: Client, session: Session) -> None:
    """Nothing is written into the history; another interval is a change."""
    care = write_care(session, next_due_on=date(2027, 2, 3))

    def change(step: int, **more: Any) -> Any:
        body = {"step_id": f"00000000-0000-4000-8000-00000000000{step}", "level": "high", "reason": "再看看"}
        return admin.post(f"/v1/care-records/{care}/level", json=body | more)

    same = change(1)
    other = change(2, every_days=5)

    assert (same.status_code, same.json["code"]) == (409, "same_care")
    assert (other.status_code, change(2, every_days=5).json) == (200, other.json)
    history = admin.get(f"/v1/care-records/{care}/history").json["items"]
    assert [one["data"]["now"]["every_days"] for one in history] == ["5"]
