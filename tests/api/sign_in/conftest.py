"""Somebody who can sign in, and ways to do so."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.actors import Role
from app.identity import HASHER, sealed_phone, sealed_secret
from app.ids import new_id
from app.models import Grant, SecondFactor, User
from tests.cast import HOME, LONG_AGO, Person, person, sign_in_again
from tests.client import Answer, Client
from tests.sealer import SEALER

PHONE, PASSWORD = "13900001111", "十二个字以上的密码才行哦"
HASH = HASHER.hash(PASSWORD)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SignInAs = Callable[..., Answer]
LetIn = Callable[[Client], Client]


def code(steps: int = 0) -> str:
    """Give what the authenticator app shows now, or that many steps of 30 seconds later."""
    return pyotp.TOTP(SECRET).at(clock.now(), counter_offset=steps)


def refused(answer: Answer) -> tuple[int, str]:
    """Give how a call was answered: its status, and its code if it was refused."""
    return answer.status_code, answer.json["code"] if answer.status_code >= 400 else ""


def grant(session: Session, user_id: UUID, **changes: Any) -> Grant:
    """Give a user a role, by default a grid worker's."""
    values = {"role": Role.GRID_WORKER, "area_code": HOME, "valid_from": LONG_AGO} | changes
    made = Grant(id=new_id(), user_id=user_id, content_hash=b"", created_at=LONG_AGO, **values)
    session.add(made)
    session.commit()
    return made


@pytest.fixture
def user(session: Session) -> User:
    """Give somebody who can sign in and may do nothing yet."""
    user_id = new_id()
    made = User(
        id=user_id,
        area_code=HOME,
        **sealed_phone(SEALER, user_id, PHONE),
        name="赵六",
        password_hash=HASH,
        password_set_at=clock.now(),
        content_hash=b"",
        created_at=LONG_AGO,
    )
    session.add(made)
    session.commit()
    return made


@pytest.fixture
def administrator(user: User, session: Session) -> User:
    """Make the user a community admin with a second factor."""
    grant(session, user.id, role=Role.COMMUNITY_ADMIN)
    row_id = new_id()
    session.add(
        SecondFactor(
            id=row_id,
            user_id=user.id,
            secret_sealed=sealed_secret(SEALER, row_id, SECRET),
            created_at=LONG_AGO,
            confirmed_at=LONG_AGO,
        )
    )
    session.commit()
    return user


@pytest.fixture
def sign_in(visitor: Client, address: str) -> SignInAs:
    """Sign in, by default rightly."""

    def signed_in(*, query: str = "", at: str = address, **changes: Any) -> Answer:
        return visitor.post(
            f"/v1/sessions{query}",
            json={"phone": PHONE, "password": PASSWORD} | changes,
            environ_overrides={"REMOTE_ADDR": at},
        )

    return signed_in


@pytest.fixture
def with_token(app: Flask, user: User) -> Callable[[str], Client]:
    """Be the user, by this token."""
    return lambda token: Client(app, Person(user.id, token))


@pytest.fixture
def signed_in(with_token: Callable[[str], Client], sign_in: SignInAs) -> Client:
    """Be the user, by the token that his sign-in gave."""
    return with_token(sign_in().json["token"])


@pytest.fixture
def let_in(app: Flask, visitor: Client) -> LetIn:
    """Be the resident by a code that somebody handed out."""

    def signed_in(staff: Client) -> Client:
        resident = person("resident")
        asked = staff.post(f"/v1/residents/{resident.resident_id}/sign-in-codes", json={"id": str(new_id())})
        opened = visitor.post("/v1/sessions/code", json={"code": asked.json["code"]})
        return Client(app, Person(resident.user_id, opened.json["token"]))

    return signed_in


@pytest.fixture
def second(be: Callable[[str], Client], session: Session) -> Client:
    """Be a second admin of the community, beside ``admin``."""
    grant(session, person("colleague").user_id, role=Role.COMMUNITY_ADMIN)
    sign_in_again(session, "colleague")
    return be("colleague")
