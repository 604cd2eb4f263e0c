"""Whoever made an invitation may have set the password himself: for a week no copy is given out by it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import User
from app.people import Numbers
from tests.cast import Person, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.own_data import correcting
from tests.own_data_world import ask, fetch, write_ready_copy

Become = Callable[[str | None], Client]
PASSWORD = "Kiesel 7 Fjordlampe"
LATELY = (409, "invited_lately")


def _outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"] if answer.status_code >= 400 else ""


@pytest.fixture
def invited(be: Become, visitor: Client, app: Flask, session: Session) -> Client:
    """Be whoever set a guardian's password by an invitation, and signed in with it."""
    correcting.give_numbers(session, "resident", Numbers(correcting.PHONE, None))
    user_id = person("resident").user_id
    made = be("system").put(f"/v1/invitations/{new_id()}", json={"user_id": str(user_id)})
    sent = {"token": made.json["token"], "password": PASSWORD}
    assert visitor.post("/v1/invitations/accept", json=sent).status_code == 204
    shown = {"phone": correcting.PHONE, "password": PASSWORD}
    opened = visitor.post("/v1/sessions", json=shown)
    assert opened.status_code == 201, opened.text
    return Client(app, Person(user_id, opened.json["token"]))


def test_no_copy_is_asked_for_or_fetched_within_a_week(invited: Client, app: Flask, session: Session) -> None:
    """S-76: neither the child's nor his own; the answer says from when on, and a week later there is one."""
    child = write_child(session)
    write_guardian(session, child)
    copy_id = write_ready_copy(app, session, "resident")

    of_child, own, file = ask(invited, resident_id=str(child)), ask(invited), fetch(invited, copy_id)

    assert [_outcome(one) for one in (of_child, own, file)] == [LATELY] * 3
    user = session.get_one(User, person("resident").user_id, populate_existing=True)
    assert user.invited_at is not None
    until = user.invited_at + timedelta(days=7)
    day = f"{until.astimezone(clock.SHANGHAI):%Y-%m-%d}"
    assert day in own.json["title"]
    user.invited_at -= timedelta(days=7)
    session.commit()
    assert _outcome(fetch(invited, copy_id)) == (200, "")
    assert _outcome(ask(invited, resident_id=str(child))) == (201, "")


def test_another_password_changes_nothing(invited: Client) -> None:
    """Whoever may know the first one could set the next."""
    sent = {"old_password": PASSWORD, "new_password": "Fjordlampe 8 Kiesel"}
    changed = invited.post("/v1/me/password", json=sent)

    assert changed.status_code < 300, changed.text
    assert _outcome(ask(invited)) == LATELY
