"""WeChat's routes against the description: with WeChat, with what does not fit, and with WeChat away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from sqlalchemy import Connection

from app.api.http.limits import limiter
from app.ids import new_id
from tests.api.contract_check import AS_DESCRIBED, WECHAT, checked_with, same_each_time, takes
from tests.api.contract_mix import Mix, as_sent, never_right, spoiled
from tests.api.contract_samples import Sample
from tests.api.wechat.conftest import HOST
from tests.cast import person
from tests.client import Client
from tests.fakes.wechat.control import Person, WeChatFake
from tests.snapshot import stored
from tests.wechat.installation import TEMPLATE_ID

_EXAMPLES = 5
_START = "/v1/oauth/wechat/start"
_ROUTES = sorted(WECHAT)
_TEMPLATES, _ACCEPTANCES = "/v1/me/message-templates", "/v1/me/message-acceptances/{acceptance_id}"
_TAKING = [route for route in _ROUTES if route[1] not in {_START, _TEMPLATES}]
"""Those that take something; the others send the browser to WeChat, and list what there is."""
_ASKING = [route for route in _TAKING if route[1] != _ACCEPTANCES]
"""Those that ask WeChat itself."""


@dataclass(frozen=True)
class Ready:
    """A request that is answered as wished, and the headers and cookies that go with it."""

    sample: Sample
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def fresh(
    wechat_app: Flask, wechat: WeChatFake, lan: Person, signed_in: Callable[[Person], Client]
) -> Callable[[str], Ready]:
    """Make the right request for a path, each time with a new code of WeChat's and a new browser."""
    newcomer = signed_in(lan)
    assert newcomer.person is not None
    bearer = {"Authorization": f"Bearer {newcomer.person.token}"}

    worker = {"Authorization": f"Bearer {person('worker').token}"}
    codes: dict[str, tuple[Callable[[], str], dict[str, str]]] = {
        "/v1/sessions/wechat": (lambda: wechat.login_code(lan), {}),
        "/v1/me/wechat": (lambda: wechat.login_code(wechat.user("wei")), worker),
        "/v1/me/phone/wechat": (lambda: wechat.phone_code(lan), bearer),
    }

    def make(path: str) -> Ready:
        if path in codes:
            code, headers = codes[path]
            return Ready(_of({"code": code()}), headers)
        if path == "/v1/wechat/page-signature":
            return Ready(Sample(who=None, path={}, query={"url": f"https://{HOST}/report"}))
        if path == "/v1/oauth/wechat/callback":
            started = wechat_app.test_client().get(_START)
            back = urlsplit(wechat.authorize(started.headers["Location"], lan))
            name, mark = started.headers["Set-Cookie"].partition(";")[0].split("=", 1)
            return Ready(Sample(who=None, path={}, query=dict(parse_qsl(back.query))), cookies={name: mark})
        if path in {_TEMPLATES, _ACCEPTANCES}:
            return Ready(_of_messages(path), bearer)
        assert path == _START, path
        return Ready(Sample(who=None, path={}))

    return make


@pytest.fixture
def operation(wechat_app: Flask) -> Callable[[str, str], Any]:
    """Give a route of the description, at the application with WeChat."""
    description = schemathesis.openapi.from_wsgi("/openapi.json", wechat_app)
    return lambda method, path: description[path][method]


def _of_messages(path: str) -> Sample:
    if path == _TEMPLATES:
        return Sample(who=None, path={})
    return Sample(who=None, path={"acceptance_id": str(new_id())}, body={"accepted": [TEMPLATE_ID]})


def _of(body: dict[str, str]) -> Sample:
    return Sample(who=None, path={}, body=body)


@pytest.mark.parametrize("method, path", _ROUTES)
def test_answers_are_as_described(
    operation: Callable[[str, str], Any],
    fresh: Callable[[str], Ready],
    connection: Connection,
    method: str,
    path: str,
) -> None:
    """S-119, S-139: the right request is answered with success, and what is mixed with it as described."""
    route = operation(method, path)

    def status_of(ready: Ready, parts: dict[str, Any]) -> int:
        with connection.begin_nested() as again:
            status = checked_with(route.Case(**parts), ready.headers, ready.cookies)
            again.rollback()
        return status

    @same_each_time(_EXAMPLES)
    @given(generated=route.as_strategy(), choose=st.randoms(use_true_random=False))
    def call(generated: Any, choose: Random) -> None:
        ready = fresh(path)
        status_of(ready, Mix({"acceptance_id": [str(new_id())]}, ready.sample).parts(generated, choose))

    limiter.reset()
    ready = fresh(path)
    assert status_of(ready, as_sent(ready.sample, route)) in {200, 201, 204, 302}
    call()


@pytest.mark.parametrize("method, path", _TAKING)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    operation: Callable[[str, str], Any],
    fresh: Callable[[str], Ready],
    connection: Connection,
    wechat: WeChatFake,
    method: str,
    path: str,
) -> None:
    """S-119: wrong types, missing and unknown fields: WeChat is not even asked for those surely wrong."""
    route = operation(method, path)

    def status_of(ready: Ready, parts: dict[str, Any]) -> int:
        before = stored(connection)
        with connection.begin_nested() as again:
            status = checked_with(route.Case(**parts), ready.headers, ready.cookies)
            if status >= 400:
                assert stored(connection) == before
            again.rollback()
        return status

    @same_each_time(_EXAMPLES)
    @given(
        generated=route.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        choose=st.randoms(use_true_random=False),
    )
    def call(generated: Any, choose: Random) -> None:
        ready = fresh(path)
        status_of(ready, spoiled(ready.sample, generated, choose))

    limiter.reset()
    ready = fresh(path)
    asked = len(wechat.journal())
    for wrong in never_right(ready.sample, {what for what in ("query", "body") if takes(method, path, what)}):
        assert status_of(ready, as_sent(wrong, route)) in {400, 422}, wrong
    assert len(wechat.journal()) == asked
    call()


@pytest.mark.parametrize("method, path", _ASKING)
def test_wechat_away_is_said_as_described(
    operation: Callable[[str, str], Any],
    fresh: Callable[[str], Ready],
    connection: Connection,
    wechat: WeChatFake,
    method: str,
    path: str,
) -> None:
    """S-44: 503 with when to come back, in a problem document, and nothing is stored."""
    route, ready = operation(method, path), fresh(path)
    before = stored(connection)
    wechat.chance("*", 1, "html_502")

    case = route.Case(**as_sent(ready.sample, route))
    answer = case.call(headers=ready.headers, cookies=ready.cookies)

    case.validate_response(answer, checks=AS_DESCRIBED, headers=ready.headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "wechat_away")
    assert answer.headers["content-type"] == ["application/problem+json"]
    assert answer.headers["retry-after"] == ["5"]
    assert stored(connection) == before
