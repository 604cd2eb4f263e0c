"""Be somebody who is nobody's resident yet."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.binding_world import PHONE, write_newcomer
from tests.client import Client


@pytest.fixture
def be_new(app: Flask, session: Session) -> Callable[..., Client]:
    """Be a new person each time, with the phone that is told."""

    def become(phone: str | None = None, *, vouched: bool = True) -> Client:
        return Client(app, write_newcomer(session, phone, vouched=vouched))

    return become


@pytest.fixture
def newcomer(be_new: Callable[..., Client]) -> Client:
    """Be somebody with a phone that WeChat vouches for."""
    return be_new(PHONE)
