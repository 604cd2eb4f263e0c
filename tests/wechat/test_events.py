"""What WeChat tells us, in its two forms: read strictly, and nothing but an envelope is looked at."""

import time
from datetime import UTC, datetime

import pytest
import redis

from app.adapters.wechat import (
    LARGEST_CALLBACK,
    CallbackRefusedError,
    Callbacks,
    EventError,
)
from app.adapters.wechat.events import Event, read_fields
from app.clock import set_to
from tests.fakes.wechat.control import MINI_APPID, Person, PushRequest, WeChatFake

KEY = "A" * 43
VECTOR_APPID = "wxba5fad812f8e6fb9"
VECTOR = {
    "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    "timestamp": "1714112445",
    "nonce": "415670741",
    "openid": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
    "encrypt_type": "aes",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
}
VECTOR_TIME = datetime.fromtimestamp(1714112445, UTC)


@pytest.fixture
def callbacks(store: redis.Redis) -> Callbacks:
    return Callbacks(store, appid=MINI_APPID, token="AAAAA", encoding_keys=(KEY,))


@pytest.fixture
def official(store: redis.Redis) -> Callbacks:
    """Be the app of WeChat's own example."""
    return Callbacks(store, appid=VECTOR_APPID, token="AAAAA", encoding_keys=(KEY,))


def made(fake: WeChatFake, **how: object) -> PushRequest:
    """Let the fake make its one waiting push, and keep it."""
    (delivery,) = fake.deliver(send=False, **how)  # type: ignore[arg-type]
    return delivery.request


def hear(callbacks: Callbacks, request: PushRequest) -> Event:
    return callbacks.open(request.query, request.body.encode())


@pytest.mark.parametrize("form", ["json", "xml"])
def test_duplicates_have_one_id(callbacks: Callbacks, fake: WeChatFake, lan: Person, form: str) -> None:
    """S-61: three equal pushes with nonces of their own carry one id, by which they have one effect."""
    fake.revoke(lan, 13)
    events = [hear(callbacks, delivery.request) for delivery in fake.deliver(send=False, copies=3, form=form)]

    assert len(events) == 3
    assert len({event.id for event in events}) == 1


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("info", [8, 13, 14])
def test_a_revoked_authorisation_is_read(
    callbacks: Callbacks, fake: WeChatFake, lan: Person, form: str, info: int
) -> None:
    """S-63: user_authorization_revoke says whose and which, in both forms."""
    fake.revoke(lan, info)
    event = hear(callbacks, made(fake, form=form))

    assert (event.kind, event.text("OpenID")) == ("user_authorization_revoke", lan.openid)
    assert event.number("RevokeInfo") == info


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_closed_account_is_read(callbacks: Callbacks, fake: WeChatFake, lan: Person, form: str) -> None:
    """S-63: user_authorization_cancellation says whose account is closed."""
    fake.close_account(lan)
    event = hear(callbacks, made(fake, form=form))

    assert (event.kind, event.text("OpenID")) == ("user_authorization_cancellation", lan.openid)


@pytest.mark.parametrize("numbers_as_text", [True, False])
@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("templates", [["one"], ["one", "two"]])
def test_a_list_of_one_is_a_list(
    callbacks: Callbacks,
    fake: WeChatFake,
    lan: Person,
    templates: list[str],
    form: str,
    *,
    numbers_as_text: bool,
) -> None:
    fake.habit(numbers_as_text=numbers_as_text)
    fake.app(templates={name: {"fields": ["thing1"]} for name in templates})
    fake.popup(lan, dict.fromkeys(templates, "reject"))
    event = hear(callbacks, made(fake, form=form))

    assert [(row.text("TemplateId"), row.text("SubscribeStatusString")) for row in event.rows()] == [
        (name, "reject") for name in templates
    ]
    assert event.created_at.year >= 2026


@pytest.fixture
def laughs() -> bytes:
    """Give the billion laughs."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{levels}]><xml><Encrypt>&l9;</Encrypt></xml>'.encode()


def test_the_billion_laughs_are_not_heard(official: Callbacks, laughs: bytes) -> None:
    """S-62: DTD and entities are refused in less than 50 ms."""
    with set_to(VECTOR_TIME):
        took_s = []
        for _ in range(5):
            began = time.perf_counter()
            with pytest.raises(CallbackRefusedError):
                official.open(VECTOR, laughs)
            took_s.append(time.perf_counter() - began)

    assert min(took_s) < 0.05


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"text",
        b"[]",
        b"{}",
        b'{"Encrypt": 1}',
        b'{"Encrypt": ""}',
        b'{"Encrypt": "not base64"}',
        b'{"Encrypt": "\\ud800"}',
        '{"Encrypt": "签"}'.encode(),
        b"<xml><Encrypt>",
        b"<xml></xml>",
        b"<xml>text</xml>",
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml><Encrypt>a</Encrypt></xml>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>',
        b"<a>" * 20_000,
        b"<xml>" + b"<a>" * 2000 + b"x" + b"</a>" * 2000 + b"</xml>",
        b'{"a":' * 10_000,
        b"\xff" * 100,
        b"<?xml version='1.0' encoding='no-such'?><xml/>",
        b" " * (LARGEST_CALLBACK + 1),
    ],
)
def test_other_bodies_are_refused(official: Callbacks, body: bytes) -> None:
    """S-62: nothing but an envelope is looked at."""
    with set_to(VECTOR_TIME), pytest.raises(CallbackRefusedError):
        official.open(VECTOR, body)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Event": "x", "FromUserName": "o1"},
        {"Event": "x", "CreateTime": 1714112445},
        {"FromUserName": "o1", "CreateTime": 1714112445},
        {"Event": "x", "FromUserName": "o1", "CreateTime": "soon"},
        {"Event": "x", "FromUserName": "o1", "CreateTime": 10**15},
        {"Event": ["x"], "FromUserName": "o1", "CreateTime": 1714112445},
        {"Event": True, "FromUserName": "o1", "CreateTime": 1714112445},
    ],
)
def test_an_event_says_what_of_whom_and_when(fields: dict[str, object]) -> None:
    with pytest.raises(EventError):
        Event(fields)


def test_a_message_is_known_by_its_own_id() -> None:
    event = Event({"MsgType": "text", "FromUserName": "o1", "CreateTime": "1714112445", "MsgId": 42})

    assert (event.kind, event.id, event.rows()) == ("text", "42", [])
    with pytest.raises(EventError):
        Event({"MsgType": "text", "FromUserName": "o1", "CreateTime": 1, "List": ["x"]}).rows()


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_fields(b"\xef\xbb\xbf<xml><a>1</a><b><c>2</c><c>3</c></b></xml>") == {
        "a": "1",
        "b": {"c": ["2", "3"]},
    }
