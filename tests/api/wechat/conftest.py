"""The application with the fake's WeChat, and people who have it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.adapters import connect
from app.config import Settings
from tests.cast import Person as Somebody
from tests.cast import person
from tests.client import Answer, Client
from tests.fakes.wechat.control import H5_APPID, Person, WeChatFake
from tests.wechat.installation import settings_for

SESSIONS = "/v1/sessions/wechat"
HOST = "gongdi.example.cn"


@pytest.fixture(autouse=True)
def _fresh_counts(settings: Settings) -> None:
    """Forget what is kept of WeChat, and the shares of a minute that applications of other tests took."""
    with connect(settings.redis_url) as client:
        for kind in ("wechat:*", "rate:*"):
            for key in client.scan_iter(kind):
                client.delete(key)


@pytest.fixture
def wechat_app(app_with: Callable[..., Flask], wechat: WeChatFake, connection: Connection) -> Flask:
    """Give an application whose WeChat is the fake."""
    wechat.app(H5_APPID, oauth_domain=HOST, js_domains=[HOST])
    assert connection is not None, "its writes are undone"
    return app_with(
        wechat=settings_for(wechat.url), trusted_hosts=(HOST, "localhost"), public_url=f"https://{HOST}"
    )


@pytest.fixture
def phone(wechat_app: Flask) -> Client:
    """Be a phone on which nobody is signed in."""
    return Client(wechat_app, None)


@pytest.fixture
def lan(wechat: WeChatFake) -> Person:
    """Be somebody with WeChat and a phone."""
    return wechat.user("lan", phone="13900000001")


@pytest.fixture
def enter(phone: Client, wechat: WeChatFake) -> Callable[[Person], Answer]:
    """Sign somebody in by the mini-program."""

    def entered(who: Person) -> Answer:
        return phone.post(SESSIONS, json={"code": wechat.login_code(who)})

    return entered


@pytest.fixture
def signed_in(wechat_app: Flask, enter: Callable[[Person], Answer]) -> Callable[[Person], Client]:
    """Be somebody who signed in by the mini-program."""

    def become(who: Person) -> Client:
        answer = enter(who)
        assert answer.status_code == 201, answer.text
        token: str = answer.json["token"]
        user_id = Client(wechat_app, Somebody(UUID(int=0), token)).get("/v1/me").json["user_id"]
        return Client(wechat_app, Somebody(UUID(user_id), token))

    return become


@pytest.fixture
def be_there(wechat_app: Flask) -> Callable[[str], Client]:
    """Be somebody of the cast at this application."""

    def become(name: str) -> Client:
        return Client(wechat_app, person(name))

    return become


def refused(answer: Answer) -> tuple[int, Any]:
    """Give status and code of a refusal."""
    return answer.status_code, answer.json.get("code")
