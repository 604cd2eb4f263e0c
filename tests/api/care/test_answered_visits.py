"""Who was visited says on his own phone that somebody came, or that nobody did."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import CareRecord, SignIn, User, Visit
from app.visits import Confirmation
from tests.breaking import break_sealed
from tests.care_world import (
    NOON,
    answer_for,
    file_visit,
    told_of_care,
    write_not_reached,
)
from tests.cast import GRID, named, person
from tests.child_world import write_ticket
from tests.client import Client
from tests.counting import statements
from tests.proxy_world import acting, confirmed
from tests.trail import entries_of

Become = Callable[[str | None], Client]
MINE = "/v1/me/visits"


def test_who_was_visited_sees_when_by_whom_and_how_and_nothing_else(resident: Client, visited: UUID) -> None:
    (seen,) = resident.get(MINE).json["items"]

    assert seen == {
        "id": str(visited),
        "resident_id": str(named("resident")),
        "resident_name": "王桂兰",
        "visited_at": NOON.isoformat(),
        "mode": "in_person",
        "worker_name": "worker",
        "confirmation": "none",
        "answered_at": None,
        "open": True,
    }


def test_a_yes_stands_on_the_visit_and_is_told_to_nobody(
    session: Session, resident: Client, worker: Client, visited: UUID
) -> None:
    step = str(new_id())
    body = {"step_id": step, "answer": "confirmed", "word": "谢谢"}

    first, again = (resident.post(f"{MINE}/{visited}/answer", json=body) for _ in range(2))
    other = resident.post(f"{MINE}/{visited}/answer", json=body | {"word": "不谢"})
    second = answer_for(resident, visited, "denied")

    assert (first.status_code, again.json) == (200, first.json)
    assert (first.json["confirmation"], first.json["open"]) == ("confirmed", False)
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert (second.status_code, second.json["code"]) == (409, "visit_answered")
    seen = worker.get(f"/v1/visits/{visited}").json
    assert (seen["confirmation"], seen["answered_as"]) == ("confirmed", "resident")
    assert told_of_care(session) == []


def test_a_no_is_told_to_the_admin_who_alone_reads_the_words(
    session: Session, resident: Client, worker: Client, admin: Client, visited: UUID
) -> None:
    """Who called there learns that it was denied, and not in which words."""
    with entries_of(session) as entries:
        assert answer_for(resident, visited, "denied", word="那天我不在家").status_code == 200

    assert told_of_care(session) == [(person("admin").user_id, "denied")]
    assert [one.facts["resident_id"] for one in entries] == [str(named("resident"))]
    for reader, word in ((admin, "那天我不在家"), (worker, None)):
        seen = reader.get(f"/v1/visits/{visited}").json
        assert (seen["confirmation"], seen["word"]) == ("denied", word)
    listed = worker.get(f"/v1/visits?care_record_id={seen['care_record_id']}").json["items"]
    assert [one["confirmation"] for one in listed] == ["denied"]
    row = session.get_one(Visit, visited, populate_existing=True)
    assert row.word_sealed is not None
    assert "那天我不在家".encode() not in row.word_sealed


def test_the_admin_lists_what_was_denied(
    resident: Client, worker: Client, admin: Client, record: UUID, form: UUID, visited: UUID
) -> None:
    other = file_visit(worker, record, form).json["id"]
    file_visit(worker, record, form)
    assert answer_for(resident, visited, "denied").status_code == 200
    assert answer_for(resident, other).status_code == 200

    def listed(query: str) -> list[str]:
        return [one["id"] for one in admin.get(f"/v1/answered-visits{query}").json["items"]]

    assert listed("") == sorted([str(visited), other], reverse=True)
    assert (listed("?answer=denied"), listed("?answer=confirmed")) == ([str(visited)], [other])
    assert worker.get("/v1/answered-visits").status_code == 403


def test_of_a_minors_visit_the_list_tells_without_a_ticket_only_what_was_answered(
    session: Session, resident: Client, admin: Client, child_visited: UUID
) -> None:
    """S-95: else it would say that a child is called on, when, by whom and how; each look is recorded."""
    assert answer_for(resident, child_visited).status_code == 200
    care = session.get_one(CareRecord, session.get_one(Visit, child_visited).care_record_id)
    child = str(care.resident_id)

    with entries_of(session) as entries:
        (without,) = admin.get("/v1/answered-visits").json["items"]
        ticket = write_ticket(session, UUID(child), "admin")
        (by_ticket,) = admin.get("/v1/answered-visits").json["items"]

    told = {"id": str(child_visited), "area_code": GRID, "confirmation": "confirmed", "ticket_needed": True}
    assert without == dict.fromkeys(by_ticket) | told
    assert (by_ticket["answered_as"], by_ticket["mode"]) == ("guardian", "in_person")
    assert None not in by_ticket.values()
    assert by_ticket["ticket_needed"] is False
    facts = [(one.facts.get("resident_ids"), one.facts.get("ticket_ids")) for one in entries]
    assert facts == [(None, None), ([child], [str(ticket)])]


def test_where_the_admin_called_himself_the_office_above_is_told(
    session: Session, admin: Client, resident: Client, record: UUID, form: UUID
) -> None:
    """It learns that somebody must see to it, and no more."""
    made = file_visit(admin, record, form).json["id"]

    assert answer_for(resident, made, "denied", word="没人来").status_code == 200
    assert told_of_care(session) == [(person("county").user_id, "nobody_decides")]
    assert admin.get(f"/v1/visits/{made}").json["word"] is None


def test_a_guardian_answers_for_a_child(
    session: Session, resident: Client, be: Become, child_visited: UUID
) -> None:
    (seen,) = resident.get(MINE).json["items"]
    answered = answer_for(resident, child_visited)

    assert (seen["id"], seen["resident_name"]) == (str(child_visited), "王小明")
    assert answered.status_code == 200
    row = session.get_one(Visit, child_visited, populate_existing=True)
    assert (row.confirmation, row.answered_as) == (Confirmation.CONFIRMED, "guardian")
    neighbour = be("neighbour")
    assert neighbour.get(MINE).json["items"] == []
    assert answer_for(neighbour, child_visited).status_code == 404


def test_somebody_who_acts_for_him_answers_for_whoever_has_no_phone(
    session: Session, clerk_kin: Client, visited: UUID
) -> None:
    listed = clerk_kin.get(MINE, **acting()).json["items"]
    answered = answer_for(clerk_kin, visited, options=acting())

    assert [one["id"] for one in listed] == [str(visited)]
    assert answered.status_code == 200, answered.text
    assert session.get_one(Visit, visited, populate_existing=True).answered_as == "family"


@pytest.fixture
def clerk_kin(worker: Client, resident: Client, be: Become) -> Client:
    """Let a neighbour act for the resident."""
    confirmed(worker, resident, user_id=str(person("neighbour").user_id), functions=["visits"])
    return be("neighbour")


def test_a_colleague_who_acts_as_his_duty_does_not_say_so_for_him(
    be: Become, admin: Client, resident: Client, visited: UUID
) -> None:
    colleague = be("colleague")
    confirmed(
        admin,
        resident,
        user_id=str(person("colleague").user_id),
        relation="staff",
        functions=["see", "visits"],
    )

    assert colleague.get(MINE, **acting()).status_code == 403
    assert answer_for(colleague, visited, options=acting()).status_code == 403


def test_who_called_there_does_not_confirm_it_himself(
    session: Session, worker: Client, record: UUID, form: UUID
) -> None:
    """He may be the resident's son."""
    made = file_visit(worker, record, form).json["id"]
    session.execute(update(User).where(User.resident_id == named("resident")).values(resident_id=None))
    lives = update(User).where(User.id == person("worker").user_id)
    session.execute(lives.values(resident_id=named("resident")))
    session.commit()

    refused = answer_for(worker, made)
    assert (refused.status_code, refused.json["code"]) == (403, "own_visit")


def test_nor_in_a_session_that_he_let_in_but_there_it_may_be_denied(
    session: Session, resident: Client, visited: UUID
) -> None:
    """Who handed out the code may sit there himself; whoever denies does him no favour."""
    let_in = update(SignIn).where(SignIn.user_id == person("resident").user_id)
    session.execute(let_in.values(let_in_by=person("worker").user_id))
    session.commit()

    refused = answer_for(resident, visited)

    assert (refused.status_code, refused.json["code"]) == (403, "own_visit")
    assert answer_for(resident, visited, "denied").status_code == 200


def test_after_thirty_days_nobody_is_asked_any_more(resident: Client, visited: UUID) -> None:
    with clock.set_to(NOON + timedelta(days=30, minutes=1)):
        (seen,) = resident.get(MINE).json["items"]
        refused = answer_for(resident, visited, "denied")

    assert not seen["open"]
    assert (refused.status_code, refused.json["code"]) == (409, "answer_over")


def test_a_visit_that_reached_nobody_is_not_asked_about(
    session: Session, resident: Client, record: UUID, form: UUID
) -> None:
    missed = write_not_reached(session, record, form)

    assert resident.get(MINE).json["items"] == []
    assert answer_for(resident, missed, "denied").status_code == 404


def test_the_lists_ask_the_database_as_often_for_many_as_for_one(
    connection: Any, worker: Client, resident: Client, admin: Client, record: UUID, form: UUID, visited: UUID
) -> None:
    assert answer_for(resident, visited).status_code == 200
    with statements(connection) as few:
        resident.get(MINE), admin.get("/v1/answered-visits")
    for _ in range(3):
        assert answer_for(resident, file_visit(worker, record, form).json["id"]).status_code == 200
    with statements(connection) as many:
        resident.get(MINE), admin.get("/v1/answered-visits")

    assert len(many) == len(few)


def test_a_word_that_does_not_open_any_more_is_said_so(
    session: Session, resident: Client, admin: Client, visited: UUID
) -> None:
    assert answer_for(resident, visited, "denied", word="没人来").status_code == 200
    break_sealed(session, "visits", "word_sealed")

    assert admin.get(f"/v1/visits/{visited}").json["word"] == "无法读取"
