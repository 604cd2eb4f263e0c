"""What is done about harm to a child stays hidden from who is asked whether somebody came."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Grant, HarmCase, User, Visit, VisitBasis
from tests.care_world import NOON, answer_for, told_of_care, write_not_reached, write_resident
from tests.cast import GRID, person
from tests.client import Client

MINE = "/v1/me/visits"


def _named_by_a_case(session: Session, visit_id: UUID, child: UUID) -> None:
    session.add(_case(child, visit_id=visit_id))


def _during_a_case(session: Session, visit_id: UUID, child: UUID) -> None:
    session.add(_earlier_case(session, visit_id, child, opened_at=NOON - timedelta(days=1)))


def _by_duty(session: Session, visit_id: UUID, _: UUID) -> None:
    session.execute(update(Visit).where(Visit.id == visit_id).values(basis=VisitBasis.MANDATORY_REPORT))


def _earlier_case(session: Session, visit_id: UUID, child: UUID, **columns: Any) -> HarmCase:
    """Make a case about the child that another visit opened."""
    visit = session.get_one(Visit, visit_id)
    other = write_not_reached(session, visit.care_record_id, visit.form_id)
    return _case(child, visit_id=other, **columns)


def _case(child: UUID, **columns: Any) -> HarmCase:
    values = {"opened_at": now(), "opened_by": person("worker").user_id, "signals": ["flag"]}
    case_id = new_id()
    return HarmCase(id=case_id, area_code=GRID, resident_id=child, told_id=case_id, **values | columns)


@pytest.mark.parametrize("hide", [_named_by_a_case, _during_a_case, _by_duty])
def test_a_guardian_finds_nothing_of_what_is_done_about_harm(
    session: Session, resident: Client, child_visited: UUID, hide: Callable[[Session, UUID, UUID], None]
) -> None:
    """S-98: who does the harm may read on that phone; what is hidden is answered as what is not there."""
    child = UUID(resident.get(MINE).json["items"][0]["resident_id"])
    hide(session, child_visited, child)
    session.commit()

    absent = answer_for(resident, new_id(), "denied")
    hidden = answer_for(resident, child_visited, "denied")

    assert resident.get(MINE).json["items"] == []
    assert hidden.status_code == absent.status_code == 404
    assert {**hidden.json, "request_id": 0} == {**absent.json, "request_id": 0}


def test_after_the_case_was_closed_visits_are_shown_again(
    session: Session, resident: Client, child_visited: UUID
) -> None:
    child = UUID(resident.get(MINE).json["items"][0]["resident_id"])
    at = NOON - timedelta(days=2)
    closed = {"closed_at": at, "closed_by": person("admin").user_id}
    session.add(_earlier_case(session, child_visited, child, opened_at=at, **closed))
    session.commit()

    assert [one["id"] for one in resident.get(MINE).json["items"]] == [str(child_visited)]


def test_words_that_tell_of_harm_open_a_case_and_what_was_sent_again_gets_its_answer(
    session: Session, resident: Client, child_visited: UUID
) -> None:
    """S-98: the visit is shown no more, and whoever lost the reply learns nothing by that."""
    body = {"step_id": str(new_id()), "answer": "denied", "word": "他爸爸打他"}
    first, again = (resident.post(f"{MINE}/{child_visited}/answer", json=body) for _ in range(2))

    case = session.scalars(select(HarmCase)).one()
    assert (case.visit_id, str(case.told_id)) == (child_visited, body["step_id"])
    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert resident.get(MINE).json["items"] == []


def test_admins_of_the_childs_home_are_not_told(
    session: Session, resident: Client, child_visited: UUID
) -> None:
    lives = update(User).where(User.id == person("admin").user_id)
    session.execute(lives.values(resident_id=write_resident(session, name="赵干部")))
    session.execute(
        update(Grant).where(Grant.user_id == person("next_admin").user_id).values(area_code="421224100001")
    )
    session.commit()

    assert answer_for(resident, child_visited, "denied").status_code == 200
    assert told_of_care(session) == [(person("next_admin").user_id, "denied")]
