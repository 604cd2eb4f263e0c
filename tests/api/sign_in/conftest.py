"""Somebody who can sign in, and ways to do so."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.identity import HASHER, sealed_phone
from app.ids import new_id
from app.models import User
from tests.cast import HOME, LONG_AGO, Person
from tests.client import Answer, Client
from tests.sealer import SEALER

PHONE, PASSWORD = "13900001111", "十二个字以上的密码才行哦"
HASH = HASHER.hash(PASSWORD)
SignInAs = Callable[..., Answer]


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
        content_hash=b"",
        created_at=LONG_AGO,
    )
    session.add(made)
    session.commit()
    return made


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
def signed_in(app: Flask, user: User, sign_in: SignInAs) -> Client:
    """Be the user, by the token that his sign-in gave."""
    return Client(app, Person(user.id, sign_in().json["token"]))
