"""Whose WeChat is older than the invitation that set his password is not held up by it: that one is his."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import SignIn, User
from tests.api.wechat.conftest import refused
from tests.cast import Person as Somebody
from tests.client import Answer, Client
from tests.fakes.wechat.control import Person
from tests.own_data_world import ask


def _invited(session: Session, user_id: UUID, ago: timedelta) -> None:
    """Let an invitation have set his password then, and him have proved himself by it just now."""
    session.get_one(User, user_id).invited_at = now() - ago
    session.execute(update(SignIn).where(SignIn.user_id == user_id).values(checked_at=now()))
    session.commit()


@pytest.mark.parametrize("later", [False, True])
def test_a_session_by_an_older_wechat_gets_a_copy(
    wechat_app: Flask,
    signed_in: Callable[[Person], Client],
    enter: Callable[[Person], Answer],
    phone: Client,
    session: Session,
    lan: Person,
    *,
    later: bool,
) -> None:
    """S-76: also once its phone went on by itself; by one that came after the invitation nobody does."""
    who = signed_in(lan).person
    assert who is not None
    opened = enter(lan).json
    opened = phone.post("/v1/sessions/refresh", json={"refresh_token": opened["refresh_token"]}).json
    _invited(session, who.user_id, timedelta(days=1) if later else timedelta(0))

    answer = ask(Client(wechat_app, Somebody(who.user_id, opened["token"])))

    assert refused(answer) == ((409, "invited_lately") if later else (201, None))
