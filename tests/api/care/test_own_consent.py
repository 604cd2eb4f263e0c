"""How an adult fares whom no law has the community look after: noted with his own consent, or not at all."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareCategory, Consent, ConsentPurpose, ConsentText, FollowUp, VisitBasis
from app.visits import BY_LAW
from tests.care_world import NOON, count_visits, file_visit, write_care, write_form, write_resident
from tests.cast import named
from tests.child_world import write_consent, write_guarded_child
from tests.client import Answer, Client

HARDSHIP = ConsentPurpose.HEALTH_HARDSHIP
NO_BASIS = (403, "no_basis")
SILENT: dict[str, Any] = {"answers": {}, "note": ""}
NEED: dict[str, Any] = {"follow_ups": [{"need": "买药", "due_on": "2027-02-03"}]}
KIND = CareCategory.MONITORED


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json.get("code") or answer.json["basis"]


@pytest.fixture
def record(session: Session) -> UUID:
    """Give the care record of an adult of a monitored household."""
    return write_care(session, category=KIND)


@pytest.fixture
def form(session: Session) -> UUID:
    """Give the form for monitored households."""
    return write_form(session, KIND)


def take_back(session: Session) -> None:
    session.scalars(select(Consent).where(Consent.purpose == HARDSHIP)).one().withdrawn_at = NOON
    session.commit()


@pytest.mark.parametrize("told", [{}, SILENT | {"note": "夜里睡不好"}, SILENT | NEED])
def test_how_he_fares_waits_for_his_own_consent(
    worker: Client, session: Session, record: UUID, form: UUID, told: dict[str, Any]
) -> None:
    """S-72: answers, notes and needs alike; 403 ``no_basis``, and no row, until he agreed himself."""
    write_consent(session, named("neighbour"), HARDSHIP, by="neighbour")
    refused = file_visit(worker, record, form, **told)
    rows = count_visits(session)
    write_consent(session, named("resident"), HARDSHIP)
    agreed = file_visit(worker, record, form, **told)

    assert (outcome(refused), rows) == (NO_BASIS, 0)
    assert outcome(agreed) == (201, "consent")


def test_he_need_not_say_anything(worker: Client, session: Session, record: UUID, form: UUID) -> None:
    """S-72, S-74: before and after he takes it back a visit is filed without words, and books the next."""
    before = file_visit(worker, record, form, **SILENT)
    write_consent(session, named("resident"), HARDSHIP)
    told = file_visit(worker, record, form)
    take_back(session)
    no_more, after = file_visit(worker, record, form), file_visit(worker, record, form, **SILENT)

    assert [outcome(one) for one in (before, told, no_more, after)] == [
        (201, "duty"),
        (201, "consent"),
        NO_BASIS,
        (201, "duty"),
    ]


def test_whoever_says_something_fills_the_form_in(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    write_consent(session, named("resident"), HARDSHIP)
    half = file_visit(worker, record, form, answers={"mood": "low"})

    assert (half.status_code, half.json["code"]) == (422, "answer_missing")


def test_a_changed_text_is_agreed_to_anew(worker: Client, session: Session, record: UUID, form: UUID) -> None:
    """S-73: the next words after a new version are 409."""
    write_consent(session, named("resident"), HARDSHIP)
    text = {"title": "新的", "text": "新的", "text_hash": b"new", "published_at": NOON}
    session.add(ConsentText(id=new_id(), purpose=HARDSHIP, version=99, **text))
    session.commit()

    assert outcome(file_visit(worker, record, form)) == (409, "consent_changed")


def test_an_emergency_is_written_whatever_he_said(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    """S-72: PIPL 13(4); once he agreed it is his consent."""
    unasked = file_visit(worker, record, form, outcome="emergency", note="晕倒了")
    write_consent(session, named("resident"), HARDSHIP)
    agreed = file_visit(worker, record, form, outcome="emergency", note="晕倒了")

    assert [outcome(one) for one in (unasked, agreed)] == [(201, "emergency"), (201, "consent")]


@pytest.mark.parametrize("category", CareCategory)
def test_whom_a_law_has_the_community_look_after_is_visited_by_duty(
    worker: Client, session: Session, category: CareCategory
) -> None:
    """S-72: with the law in the table; of the other groups only minors are."""
    adult = write_care(session, category=category)
    minor = write_resident(session, name="王小明", birth_date=NOON.date().replace(year=2012))
    minors = write_care(session, resident_id=minor, category=category)
    form = write_form(session, category)
    answers = [file_visit(worker, one, form) for one in (adult, minors)]

    assert outcome(answers[0]) == ((201, "duty") if category in BY_LAW else NO_BASIS)
    assert outcome(answers[1]) == (201, "duty")


def test_what_came_of_a_need_is_told_only_while_he_agrees(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    """S-72, S-74: after he took it back a follow-up is finished without a word."""
    write_consent(session, named("resident"), HARDSHIP)
    first, second = (_need(session, file_visit(worker, record, form, **NEED)) for _ in range(2))
    during = _finish(worker, first, "已经送到")
    take_back(session)
    told, silent, again = (_finish(worker, second, result) for result in ("已经送到", "", ""))

    assert (during.status_code, during.json["result"]) == (200, "已经送到")
    assert (told.status_code, told.json["code"]) == NO_BASIS
    assert (silent.status_code, silent.json["result"], again.json) == (200, "", silent.json)


def test_what_came_of_a_childs_need_is_told_only_while_its_guardian_agrees(
    worker: Client, session: Session
) -> None:
    """S-72, S-91: the result is something written about the child, as the visit was."""
    kind = CareCategory.LEFT_BEHIND_CHILD
    child = write_guarded_child(session)
    record, form = write_care(session, resident_id=child, category=kind), write_form(session, kind)
    need = _need(session, file_visit(worker, record, form, **NEED))
    reported = _need(session, file_visit(worker, record, form, outcome="emergency", **NEED))
    session.scalars(select(Consent).where(Consent.resident_id == child)).one().withdrawn_at = NOON
    session.commit()
    told, silent = (_finish(worker, need, result) for result in ("已经送到", ""))

    assert (told.status_code, told.json["code"]) == NO_BASIS
    assert silent.status_code == 200
    assert _finish(worker, reported, "送到医院了").status_code == 200


def test_what_tells_of_harm_to_a_child_waits_for_no_consent(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    """S-72, S-98: on a visit to somebody who did not agree, and in the result of a follow-up later."""
    told = "隔壁天天打孩子，哭得厉害"
    unasked = file_visit(worker, record, form, **SILENT | {"note": told})
    write_consent(session, named("resident"), HARDSHIP)
    need = _need(session, file_visit(worker, record, form, **NEED))
    take_back(session)

    assert outcome(unasked) == (201, "mandatory_report")
    assert _finish(worker, need, told).status_code == 200


def test_by_duty_the_result_is_told(worker: Client, session: Session) -> None:
    record, form = write_care(session), write_form(session)
    need = _need(session, file_visit(worker, record, form, **NEED))
    refused = _finish(worker, need, "")

    assert (refused.status_code, refused.json["code"]) == (422, "result_needed")
    assert list(refused.json["errors"]) == ["result"]


def _need(session: Session, filed: Answer) -> UUID:
    assert filed.status_code == 201, filed.text
    return session.scalars(select(FollowUp.id).where(FollowUp.visit_id == UUID(filed.json["id"]))).one()


def _finish(client: Client, follow_up_id: UUID, result: str) -> Answer:
    return client.post(f"/v1/follow-ups/{follow_up_id}/finish", json={"result": result})


def test_the_words_for_what_a_visit_rests_on() -> None:
    """S-72: each is one of the law's: duty, consent of his own or a guardian's, emergency, report."""
    assert set(VisitBasis) == {"duty", "guardian_consent", "mandatory_report", "consent", "emergency"}
