"""Several phones at once, on connections that really commit."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from app.models import RefreshToken, SignIn, User, WeChatLink
from tests.api.wechat.conftest import SESSIONS, refused
from tests.client import Client
from tests.fakes.wechat.control import Person, WeChatFake
from tests.races.together import at_once
from tests.wechat.installation import settings_for


@pytest.fixture
def racing_app(app_with: Callable[..., Flask], wechat: WeChatFake, engine: Engine) -> Iterator[Flask]:
    """Give an application that commits; what it made goes afterwards."""
    yield app_with(wechat=settings_for(wechat.url))
    with Session(engine) as session:
        made = session.scalars(select(User.id).where(User.area_code.is_(None))).all()
        for table in (WeChatLink, RefreshToken, SignIn):
            session.execute(delete(table).where(table.user_id.in_(made)))
        session.execute(delete(User).where(User.id.in_(made)))
        session.commit()


def test_two_devices_with_one_code(
    racing_app: Flask, engine: Engine, wechat: WeChatFake, lan: Person
) -> None:
    """S-45: two devices posting the same code at once: one session, one clean 401."""
    code = wechat.login_code(lan)

    answers = at_once([partial(Client(racing_app, None).post, SESSIONS, json={"code": code})] * 2)

    assert sorted(answer.status_code for answer in answers) == [201, 401]
    assert [refused(answer) for answer in answers if answer.status_code != 201] == [(401, "wechat_code")]
    with Session(engine) as session:
        opened = (
            select(func.count())
            .select_from(SignIn)
            .join(User, User.id == SignIn.user_id)
            .where(User.area_code.is_(None))
        )
        assert session.scalar(opened) == 1


def test_one_person_with_several_codes_is_one_user(
    racing_app: Flask, engine: Engine, wechat: WeChatFake, lan: Person
) -> None:
    """S-45: pages that sign in side by side make one account and one identity."""
    codes = [wechat.login_code(lan) for _ in range(6)]

    answers = at_once(
        [partial(Client(racing_app, None).post, SESSIONS, json={"code": code}) for code in codes]
    )

    assert [answer.status_code for answer in answers] == [201] * 6
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(WeChatLink)) == 1
        assert session.scalar(select(func.count()).where(User.area_code.is_(None))) == 1
