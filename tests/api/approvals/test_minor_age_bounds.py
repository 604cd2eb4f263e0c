"""What needs no second person is not asked of one, and nobody who wished it is the second."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Correction, User
from tests.approval_world import asked, outcome
from tests.cast import named, person
from tests.client import Client
from tests.minor_age_world import give_number, number_of, question, wish

GROWN = "2000-06-01"


@pytest.mark.parametrize("what", ["a name", "no number", "of age"])
def test_nobody_is_asked_where_no_age_is_at_stake(
    session: Session, resident: Client, admin: Client, child: UUID, what: str
) -> None:
    """S-40: the second person would read that a number is to go, or how old somebody is, for nothing."""
    wanted = question(child, wish(resident, child, "王小亮", field="name")) if what == "a name" else None
    if what == "of age":
        give_number(session, named("resident"))
        wanted = question(named("resident"))
    body = {"minor_age": wanted or question(child), "reason": "户口本"}

    assert outcome(admin.put(f"/v1/approvals/{new_id()}", json=body)) == (404, "not_found")


@pytest.mark.parametrize("column", ["asked_by", "let_in_by"])
def test_who_may_have_made_the_wish_does_not_agree_to_it(
    session: Session, resident: Client, admin: Client, second: Client, child: UUID, column: str
) -> None:
    """S-40: the second person is somebody else than the one who asked, or who let him in by a code."""
    correction = wish(resident, child, GROWN)
    approval_id = asked(admin, minor_age=question(child, correction))
    session.execute(update(Correction).values({column: person("colleague").user_id}))
    session.commit()

    answer = second.post(f"/v1/approvals/{approval_id}/approve", json={})
    assert outcome(answer) == (403, "own_approval")


def test_who_invited_the_guardian_agrees_to_nothing_she_wishes_within_a_year(
    session: Session, resident: Client, admin: Client, second: Client, child: UUID
) -> None:
    """S-40: afterwards he does not know her password any more than others."""
    guardian = session.get_one(User, person("resident").user_id)
    guardian.invited_by, guardian.invited_at = person("colleague").user_id, now()
    session.commit()
    path = f"/v1/approvals/{asked(admin, minor_age=question(child, wish(resident, child, GROWN)))}"
    assert outcome(second.post(f"{path}/approve", json={})) == (403, "own_approval")

    guardian.invited_at = now() - timedelta(days=366)
    session.commit()
    other = wish(resident, child, number_of(date(2000, 6, 1)), "id_number")
    path = f"/v1/approvals/{asked(admin, minor_age=question(child, other))}"
    assert second.post(f"{path}/approve", json={}).status_code == 200
