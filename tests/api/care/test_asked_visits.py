"""Who was visited is asked on his own phone, once, whether somebody came; the words say nothing of care."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.adapters import wechat
from app.clock import now
from app.ids import new_id
from app.messages.wording import facts_of
from app.models import Notice, NoticeKind, Relation, Resident, User
from app.notices import links
from app.notices.pace import URGENT, Pace, pace_of
from app.notices.words import text_of, title_of
from tests.api.care.test_signatures import sign
from tests.care_world import NOON, answer_for, file_visit, move_in, visit, write_care, write_form
from tests.cast import named, person
from tests.child_world import write_ticket
from tests.client import Client
from tests.proxy_world import confirmed

Become = Callable[[str | None], Client]


def asked(session: Session) -> list[Notice]:
    """Give what people were asked."""
    return list(session.scalars(select(Notice).where(Notice.kind == NoticeKind.OWN_VISIT)))


@pytest.mark.parametrize(
    "how, words",
    [
        ({}, "工作人员来过吗？请确认"),
        ({"mode": "phone", "outcome": "fine_by_phone"}, "工作人员联系过您吗？请确认"),
        ({"mode": "video"}, "工作人员联系过您吗？请确认"),
    ],
)
def test_who_was_visited_is_asked_once_in_words_that_say_nothing_of_care(
    session: Session, worker: Client, resident: Client, record: UUID, form: UUID, how: Any, words: str
) -> None:
    """The link leads to the very visit that he can answer for; sent again the visit asks nobody anew."""
    path, body = f"/v1/visits/{new_id()}", visit(record, form, **how)

    assert [worker.put(path, json=body).status_code for _ in range(2)] == [201, 200]

    (told,) = asked(session)
    assert told.user_id == person("resident").user_id
    assert (title_of(told.kind), text_of(told.kind, told.data)) == ("请您确认", words)
    assert not wechat.says_too_much(title_of(told.kind) + words)
    link = links.link_of(told.data)
    assert link is not None
    assert (link.kind, link.id) == ("own_visit", path.rpartition("/")[2])
    assert answer_for(resident, link.id).status_code == 200


def test_the_question_waits_for_the_times_of_digests_and_never_rings_at_night() -> None:
    """Whoever called is gone by then."""
    assert pace_of(NoticeKind.OWN_VISIT) is Pace.DIGEST
    assert NoticeKind.OWN_VISIT not in URGENT


def test_nobody_is_asked_who_signed_or_was_not_met(
    session: Session, worker: Client, record: UUID, form: UUID
) -> None:
    signature = new_id()
    assert sign(worker, signature).status_code == 201

    assert file_visit(worker, record, form, signature_id=str(signature)).status_code == 201
    assert file_visit(worker, record, form, outcome="not_reached", answers={}).status_code == 201

    assert asked(session) == []


def test_nobody_is_asked_of_a_minor_not_even_the_guardian(
    session: Session, worker: Client, child_visited: UUID
) -> None:
    """Nor a minor who has an account; the list of visits has it for whoever answers for the child."""
    assert child_visited
    born = (NOON - timedelta(days=15 * 366)).date()
    session.execute(update(Resident).where(Resident.id == named("neighbour")).values(birth_date=born))
    session.commit()
    care = write_care(session, of="neighbour")
    write_ticket(session, named("neighbour"), "worker")

    assert file_visit(worker, care, write_form(session)).status_code == 201

    assert asked(session) == []


def test_nobody_else_of_the_home_and_no_helper_is_asked(
    session: Session, be: Become, worker: Client, resident: Client, form: UUID
) -> None:
    """A notice to another would say that somebody beside him is called on."""
    home = person("resident").household_id
    moved = update(Resident).where(Resident.id == named("neighbour"))
    session.execute(moved.values(household_id=home, relation=Relation.OTHER))
    session.commit()
    confirmed(be("neighbour"), resident)
    care = write_care(session)
    assert file_visit(worker, care, form).status_code == 201
    assert [one.user_id for one in asked(session)] == [person("resident").user_id]

    session.execute(update(User).where(User.id == person("resident").user_id).values(disabled_at=now()))
    session.commit()
    assert file_visit(worker, care, form).status_code == 201

    assert len(asked(session)) == 1


def test_what_a_case_of_harm_names_asks_nobody(
    session: Session, worker: Client, record: UUID, form: UUID
) -> None:
    """Of a grown-up as well: who does the harm may live there."""
    assert file_visit(worker, record, form, harm_signs=True).status_code == 201
    assert file_visit(worker, record, form, note="孩子身上有伤，说爸爸打他").status_code == 201

    assert asked(session) == []


def test_what_a_case_names_by_now_or_was_answered_rings_no_more(
    session: Session, worker: Client, resident: Client, record: UUID, form: UUID
) -> None:
    first, second, third = (file_visit(worker, record, form).json["id"] for _ in range(3))
    told = {one.data["own_visit_id"]: one for one in asked(session)}
    assert facts_of(session, told[first]) is not None

    answer_for(resident, first)
    answer_for(resident, second, "denied", word="孩子说有人打他")

    assert [facts_of(session, told[one]) is None for one in (first, second, third)] == [True, True, False]


def test_who_made_the_visit_or_left_is_not_asked(session: Session, worker: Client, form: UUID) -> None:
    move_in(session, "worker")
    himself = session.get_one(User, person("worker").user_id).resident_id
    assert himself is not None
    care = write_care(session, resident_id=himself, worker="worker")
    other = write_care(session, of="neighbour")
    session.execute(
        update(Resident)
        .where(Resident.id == named("neighbour"))
        .values(left_on=date(2027, 1, 30), left_why="moved_out")
    )
    session.commit()

    assert file_visit(worker, care, form).status_code == 201
    assert file_visit(worker, other, form).status_code == 201

    assert asked(session) == []


def test_a_visit_that_arrives_late_is_asked_about_as_long_as_it_can_be_answered(
    session: Session, worker: Client, resident: Client, record: UUID, form: UUID
) -> None:
    """The time to answer runs from its arrival."""
    with clock.set_to(NOON + timedelta(days=6)):
        late = file_visit(worker, record, form, captured_at=NOON.isoformat())
        assert late.status_code == 201, late.text
        (told,) = asked(session)
        assert answer_for(resident, told.data["own_visit_id"]).status_code == 200
