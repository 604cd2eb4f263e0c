"""The circuit breaker: who is away is not asked again and again."""

import time

import pytest

from app.adapters.wechat import (
    CircuitOpenError,
    RiskScene,
    WeChat,
    WeChatError,
    WeChatUnreachableError,
)
from app.adapters.wechat.breaker import Breaker
from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.transport import Transport
from tests.fakes.wechat.control import MINI_APPID, MINI_SECRET, Person, WeChatFake
from tests.wechat.conftest import Open

LOGIN = "/sns/jscode2session"
RISK = "/wxa/getuserriskrank"


def rank(client: WeChat, person: Person) -> int:
    """Make a call that may be repeated."""
    return client.mini.risk_rank(person.openid, RiskScene.BONUS, client_ip="203.0.113.7")


def test_the_circuit_opens_and_says_so_at_once(open_client: Open, fake: WeChatFake, lan: Person) -> None:
    """S-52: after N failures in a row nobody waits for WeChat any more, and a typed error says until when."""
    with fake.refusing_url() as url:
        away = open_client(url)
        for _ in range(5):
            with pytest.raises(WeChatUnreachableError):
                away.mini.code2session("0" * 32)
        began = time.monotonic()
        for _ in range(1000):
            with pytest.raises(CircuitOpenError) as caught:
                away.mini.code2session("0" * 32)
        assert time.monotonic() - began < 2
        with pytest.raises(CircuitOpenError):
            rank(away, lan)

    assert caught.value.retry_after_s is not None
    assert 1 <= caught.value.retry_after_s <= 16


def test_after_the_rest_one_may_try_and_success_closes_the_circuit(fake: WeChatFake, lan: Person) -> None:
    """S-52: half-open: one probe, and its outcome decides."""
    breaker = Breaker(opens_after=2, rest_s=0.3)
    breaker.failed()
    assert breaker.rest_left_s() == 0
    breaker.failed()
    assert 0 < breaker.rest_left_s() <= 0.3
    time.sleep(0.35)
    assert (breaker.rest_left_s(), breaker.rest_left_s() > 0) == (0, True)
    breaker.failed()
    assert breaker.rest_left_s() > 0
    time.sleep(0.35)

    query = {"appid": MINI_APPID, "secret": MINI_SECRET, "js_code": fake.login_code(lan)}
    transport = Transport(fake.url, breaker=breaker)
    transport.ask(
        LOGIN, query | {"grant_type": "authorization_code"}, repeatable=False, deadline=Deadline.after(5)
    )
    breaker.failed()
    assert breaker.rest_left_s() == 0


def test_refusals_of_wechat_do_not_open_the_circuit(client: WeChat, fake: WeChatFake, lan: Person) -> None:
    """S-52: an answer is an answer, even "no"."""
    for errcode in [40029] * 10:
        fake.fault(LOGIN, "errcode", errcode=errcode)
        with pytest.raises(WeChatError):
            client.mini.code2session("0" * 32)

    assert client.mini.code2session(fake.login_code(lan)).openid == lan.openid
