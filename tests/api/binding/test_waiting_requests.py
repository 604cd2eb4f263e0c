"""Requests that wait while posts change: whoever can see to them then is told, once."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.identity.waiting_requests import tell_of_waiting_requests
from app.ids import new_id
from app.models import Grant, Notice, User
from tests.binding_world import ask
from tests.cast import HOME, LONG_AGO, person
from tests.client import Client


def notices_of(session: Session, name: str) -> list[Any]:
    query = select(Notice.data["what"].astext).where(Notice.user_id == person(name).user_id)
    return list(session.scalars(query.order_by(Notice.id)))


def tell_now(session: Session) -> int:
    """Tell of all requests there are; give of how many."""
    return tell_of_waiting_requests(session, limit=200)[0]


def disable(session: Session, name: str) -> None:
    session.execute(update(User).where(User.id == person(name).user_id).values(disabled_at=now()))
    session.flush()


def make_admin(session: Session, name: str) -> None:
    """Let somebody decide for the community from now on."""
    session.add(
        Grant(
            id=new_id(),
            user_id=person(name).user_id,
            role="community_admin",
            area_code=HOME,
            valid_from=LONG_AGO,
            granted_by=person("security").user_id,
            content_hash=b"",
            created_at=LONG_AGO,
        )
    )
    session.flush()


def test_nothing_is_told_twice(newcomer: Client, session: Session) -> None:
    assert ask(newcomer).status_code == 201

    assert tell_now(session) == 0
    assert notices_of(session, "admin") == ["asked"]


def test_the_office_above_is_told_when_the_last_admin_goes(newcomer: Client, session: Session) -> None:
    ask(newcomer)
    disable(session, "admin")

    assert [tell_now(session) for _ in range(2)] == [1, 0]
    assert (notices_of(session, "county"), notices_of(session, "city")) == (["nobody_decides"], [])


def test_a_new_admin_is_told_of_what_waits(newcomer: Client, session: Session) -> None:
    ask(newcomer)
    disable(session, "admin")
    make_admin(session, "worker")

    assert [tell_now(session) for _ in range(2)] == [1, 0]
    assert (notices_of(session, "worker"), notices_of(session, "county")) == (["asked"], [])


def test_what_was_answered_is_told_to_nobody(newcomer: Client, admin: Client, session: Session) -> None:
    request_id = ask(newcomer).json["id"]
    admin.post(f"/v1/binding-requests/{request_id}/reject", json={"note": "不是本社区的"})
    disable(session, "admin")

    assert tell_now(session) == 0
    assert notices_of(session, "county") == []
