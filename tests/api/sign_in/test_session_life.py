"""How long a session lives, what ends it, and what it is good for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app import clock
from app.api.http.allow import allow
from app.api.http.problems import SignInNeededError
from app.config import Settings
from app.errors import DomainError
from app.identity import Permission, ReauthRequiredError, SessionKind, let_in
from app.models import SignIn, User
from tests.api.sign_in.conftest import SignInAs
from tests.cast import Person, named, person
from tests.client import Answer, Client
from tests.counting import statements

Become = Callable[[str | None], Client]
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"] if answer.status_code >= 400 else ""


@pytest.fixture
def open_as(app: Flask, user: User, sign_in: SignInAs) -> Callable[[str], Client]:
    """Sign the user in to the app or the console."""
    return lambda kind: Client(app, Person(user.id, sign_in(kind=kind).json["token"]))


def change(session: Session, name: str, **values: Any) -> UUID:
    """Change the session of somebody of the cast."""
    sign_in_id = named(f"sign-in {name}")
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(**values))
    session.commit()
    return sign_in_id


@pytest.mark.parametrize("most", [1, 2, 3])
def test_as_many_console_sessions_live_as_are_set(
    session: Session, settings: Settings, user: User, most: int
) -> None:
    """S-11: the oldest ends first, and no other."""
    rules = replace(settings.sessions, console_most=most)
    opened = [let_in(session, rules, user, kind=SessionKind.CONSOLE).session for _ in range(4)]
    session.flush()
    session.expire_all()

    assert [one.ended_at is None for one in opened] == [False] * (4 - most) + [True] * most


@pytest.mark.parametrize("kind, idle, hours", [("app", 30, 12), ("console", 15, 8)])
def test_a_session_ends_idle_or_at_its_longest(
    open_as: Callable[[str], Client], kind: str, idle: int, hours: int
) -> None:
    """S-10: over after 15 minutes idle at the console and 30 in the app, after 8 and 12 hours at most."""
    at = clock.now()
    with clock.set_to(at):
        client = open_as(kind)
    longest = at + hours * HOUR
    with clock.set_to(at + idle * MINUTE):
        assert outcome(client.get("/v1/me")) == (401, "sign_in_needed")
    with clock.set_to(at + idle * MINUTE - 30 * SECOND):
        assert outcome(client.get("/v1/me")) == (200, "")

    while at < longest - idle * MINUTE:
        at += (idle - 1) * MINUTE
        with clock.set_to(at):
            assert outcome(client.get("/v1/me")) == (200, "")
    with clock.set_to(longest - SECOND):
        assert outcome(client.get("/v1/me")) == (200, "")
    with clock.set_to(longest):
        assert outcome(client.get("/v1/me")) == (401, "sign_in_needed")


def test_one_query_finds_the_caller_and_the_use_is_noted_once_a_minute(
    worker: Client, session: Session, connection: Connection
) -> None:
    at = clock.now()
    sign_in_id = change(session, "worker", last_seen_at=at, idle_s=1800)

    def sent(after: timedelta) -> int:
        with clock.set_to(at + after), statements(connection) as seen:
            assert worker.get("/v1/me").status_code == 200
        return sum("sign_ins" in statement for statement in seen)

    assert [sent(seconds * SECOND) for seconds in (0, 59, 61, 62, 119, 122)] == [1, 1, 2, 1, 1, 2]
    session.expire_all()
    assert session.get_one(SignIn, sign_in_id).last_seen_at == at + 122 * SECOND


def test_one_console_session_an_account_and_the_older_is_told(
    open_as: Callable[[str], Client], session: Session, user: User
) -> None:
    """S-11: the second console sign-in ends the first, which hears why; the app goes on."""
    app_session, first, second = open_as("app"), open_as("console"), open_as("console")

    assert outcome(first.get("/v1/me")) == (401, "session_superseded")
    assert "别处登录" in first.get("/v1/me").json["title"]
    assert outcome(second.get("/v1/me")) == outcome(app_session.get("/v1/me")) == (200, "")
    ended = session.scalars(
        select(SignIn.end_reason).where(SignIn.user_id == user.id, SignIn.ended_at.is_not(None))
    ).all()
    assert ended == ["superseded"]


def test_a_superseded_session_is_a_visitor_where_anybody_may_come(open_as: Callable[[str], Client]) -> None:
    first, _ = open_as("console"), open_as("console")

    assert first.get("/healthz").status_code == 200


def test_roles_above_grid_worker_count_only_with_a_second_factor(be: Become, session: Session) -> None:
    """S-8: a session with a password only reaches nothing of an administrator."""
    for name in ("admin", "worker"):
        change(session, name, second_factor_at=None)

    assert outcome(be("admin").get("/v1/users")) == (403, "second_factor_needed")
    assert outcome(be("admin").get("/v1/claims")) == (403, "second_factor_needed")
    assert be("admin").get("/v1/me").json["held"] == []
    assert outcome(be("admin").get("/v1/me")) == outcome(be("worker").get("/v1/places")) == (200, "")
    assert outcome(be("worker").get("/v1/users")) == (403, "forbidden")


@pytest.mark.parametrize(
    "name, waits",
    [
        ("lead", False),
        ("worker", False),
        ("clerk", False),
        ("admin", True),
        ("county", True),
        ("city", True),
        ("system", True),
        ("security", True),
        ("auditor", True),
    ],
)
def test_which_roles_wait_for_a_second_factor(
    be: Become, session: Session, name: str, *, waits: bool
) -> None:
    """S-8: everybody above a grid worker, and nobody else."""
    change(session, name, second_factor_at=None)

    shown = be(name).get("/v1/me").json

    assert (len(shown["held"]), len(shown["waiting"])) == ((0, 1) if waits else (1, 0))


def called(app: Flask, name: str, **asked: Any) -> str:
    """Call a view that asks for something beyond a permission, as somebody of the cast."""
    view: Callable[[], str] = allow(Permission.SELF, **asked)(lambda: "in")
    headers = {"Authorization": f"Bearer {person(name).token}"}
    with app.test_request_context(headers=headers):
        try:
            return view()
        except DomainError as error:
            return error.code


def test_a_session_of_the_app_is_none_at_the_console(app: Flask, session: Session) -> None:
    """S-25: a token is refused where it is not meant for, either way."""
    change(session, "admin", kind=SessionKind.CONSOLE)
    kinds = {"console": SessionKind.CONSOLE, "app": SessionKind.APP}

    assert {name: called(app, "admin", kind=kind) for name, kind in kinds.items()} == {
        "console": "in",
        "app": SignInNeededError.code,
    }
    assert {name: called(app, "resident", kind=kind) for name, kind in kinds.items()} == {
        "console": SignInNeededError.code,
        "app": "in",
    }


@pytest.mark.parametrize("age_s, code", [(0, "in"), (300, "in"), (301, "reauth_required")])
def test_a_check_holds_for_five_minutes(app: Flask, session: Session, age_s: int, code: str) -> None:
    """S-14: a sensitive step asks for a proof that is at most five minutes old."""
    at = clock.now()
    change(session, "worker", checked_at=at - age_s * SECOND)

    with clock.set_to(at):
        assert called(app, "worker", checked=True) == code
    assert ReauthRequiredError.code == "reauth_required"


def test_a_session_without_any_proof_is_not_checked(app: Flask, session: Session) -> None:
    change(session, "worker", checked_at=None)

    assert called(app, "worker", checked=True) == "reauth_required"
    assert called(app, "worker") == "in"
