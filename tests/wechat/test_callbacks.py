"""What WeChat sends to us: the official vectors, and everything that is not from WeChat or comes twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis

from app.adapters import connect
from app.adapters.wechat import (
    CallbackRefusedError,
    CallbackRepeatedError,
    Callbacks,
    CallbackUncertainError,
)
from app.adapters.wechat.callbacks import callback_signature
from app.adapters.wechat.events import Event
from app.clock import set_to
from dev.servers import valkey
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
SEALED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
    "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
    "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
VECTOR_TIME = datetime.fromtimestamp(1714112445, UTC)


@pytest.fixture
def callbacks(store: redis.Redis) -> Callbacks:
    return Callbacks(store, appid=MINI_APPID, token="AAAAA", encoding_keys=(KEY,))


@pytest.fixture
def official(store: redis.Redis) -> Callbacks:
    """Be the app of WeChat's own example."""
    return Callbacks(store, appid=VECTOR_APPID, token="AAAAA", encoding_keys=(KEY,))


def envelope(sealed: str = SEALED) -> bytes:
    return f'{{"ToUserName": "gh_97417a04a28d", "Encrypt": "{sealed}"}}'.encode()


def made(fake: WeChatFake, **how: object) -> PushRequest:
    """Let the fake make its one waiting push, and keep it."""
    (delivery,) = fake.deliver(send=False, **how)  # type: ignore[arg-type]
    return delivery.request


def hear(callbacks: Callbacks, request: PushRequest) -> Event:
    return callbacks.open(request.query, request.body.encode())


@pytest.mark.parametrize(
    "parts, signature",
    [
        (("1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("1714112445", "415670741"), "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
        (("1714112445", "415670741", SEALED), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
    ],
)
def test_the_official_signatures(parts: tuple[str, ...], signature: str) -> None:
    """S-60: the official vectors of signature and msg_signature, token AAAAA."""
    assert callback_signature("AAAAA", *parts) == signature


def test_the_official_message(official: Callbacks) -> None:
    """S-60: the official encrypted message opens."""
    with set_to(VECTOR_TIME):
        event = official.open(VECTOR, envelope())

    assert (event.kind, event.openid) == ("debug_demo", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY")
    assert event.text("debug_str") == "hello world"
    assert event.created_at == VECTOR_TIME
    assert event.id == "o9AgO5Kd5ggOC-bXrbNODIiE3bGY:1714112445:debug_demo"


def test_the_official_check_of_the_address(official: Callbacks) -> None:
    """S-60: GET verification echoes what is signed, and nothing else."""
    asked = {"timestamp": "1714036504", "nonce": "1514711492", "echostr": "4375120948345356249"}
    right = asked | {"signature": "f464b24fc39322e44b38aa78f5edd27bd1441696"}
    with set_to(datetime.fromtimestamp(1714036504, UTC)):
        assert official.echo(right) == "4375120948345356249"
        for wrong in (
            asked,
            right | {"signature": "0" * 40},
            right | {"signature": "签" * 40},
            right | {"nonce": "1514711493"},
            right | {"echostr": "<script>"},
            right | {"echostr": ""},
        ):
            with pytest.raises(CallbackRefusedError):
                official.echo(wrong)


def test_any_changed_bit_is_refused(official: Callbacks, store: redis.Redis) -> None:
    """S-60: tamper 1 bit: in each sign of the ciphertext, with the signature as it was."""
    with set_to(VECTOR_TIME):
        for at in range(0, len(SEALED), 7):
            bent = SEALED[:at] + ("B" if SEALED[at] != "B" else "C") + SEALED[at + 1 :]
            with pytest.raises(CallbackRefusedError):
                official.open(VECTOR, envelope(bent))
        assert list(store.scan_iter("wechat:*")) == [], "what was refused was not heard"
        assert official.open(VECTOR, envelope()).kind == "debug_demo"


@pytest.mark.parametrize(
    "change",
    [
        {"msg_signature": ""},
        {"msg_signature": "0" * 40},
        {"msg_signature": "签名" * 20},
        {"nonce": "415670742"},
        {"nonce": ""},
        {"nonce": "4156 70741"},
        {"timestamp": "1714112446"},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "９"},
    ],
)
def test_another_query_is_refused(official: Callbacks, change: dict[str, str]) -> None:
    """S-60: msg_signature is compared in bytes, so that Chinese signs are refused and not a fault."""
    with set_to(VECTOR_TIME), pytest.raises(CallbackRefusedError):
        official.open(VECTOR | change, envelope())


def test_the_plain_signature_does_not_open_a_message(official: Callbacks) -> None:
    """S-60: signature covers no body, so a body is taken on msg_signature alone."""
    without = {name: value for name, value in VECTOR.items() if name != "msg_signature"}
    with set_to(VECTOR_TIME), pytest.raises(CallbackRefusedError):
        official.open(without, envelope())


@pytest.mark.parametrize("skew_s, heard", [(-301, False), (-300, True), (300, True), (301, False)])
def test_old_and_early_messages_are_refused(official: Callbacks, skew_s: int, *, heard: bool) -> None:
    """S-60: timestamp ±5 min."""
    with set_to(datetime.fromtimestamp(1714112445 + skew_s, UTC)):
        if heard:
            assert official.open(VECTOR, envelope()).kind == "debug_demo"
        else:
            with pytest.raises(CallbackRefusedError):
                official.open(VECTOR, envelope())


def test_a_replay_is_heard_once(official: Callbacks, store: redis.Redis) -> None:
    """S-60: nonce once, for all processes."""
    other = Callbacks(store, appid=VECTOR_APPID, token="AAAAA", encoding_keys=(KEY,))
    with set_to(VECTOR_TIME):
        official.open(VECTOR, envelope())
        for again in (official, other):
            with pytest.raises(CallbackRepeatedError):
                again.open(VECTOR, envelope())
        official.forget(VECTOR)
        assert other.open(VECTOR, envelope()).kind == "debug_demo"


def test_without_redis_nothing_is_taken_twice(tmp_path: Path) -> None:
    """S-60: whether a nonce was used is unknown, so WeChat is asked to send it again."""
    with valkey(tmp_path / "valkey") as url:
        pass
    with connect(url) as client, set_to(VECTOR_TIME):
        official = Callbacks(client, appid=VECTOR_APPID, token="AAAAA", encoding_keys=(KEY,))
        with pytest.raises(CallbackUncertainError):
            official.open(VECTOR, envelope())
        official.forget(VECTOR)


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    "wrong",
    [
        "signature", "no_signature", "inner_appid", "ciphertext", "ciphertext_resigned", "key", "padding",
        "length",
    ],
)  # fmt: skip
def test_what_is_not_for_us_or_not_whole_is_refused(
    callbacks: Callbacks, fake: WeChatFake, lan: Person, wrong: str, form: str
) -> None:
    """S-60: wrong signature, other appid inside, tampered ciphertext, foreign key, broken frame."""
    fake.revoke(lan, 13)

    with pytest.raises(CallbackRefusedError):
        hear(callbacks, made(fake, wrong=wrong, form=form))


def test_a_message_without_encryption_is_refused(callbacks: Callbacks, fake: WeChatFake, lan: Person) -> None:
    """S-60: only 安全模式 is taken: the body of a plain message is signed by nobody."""
    fake.revoke(lan, 13)

    with pytest.raises(CallbackRefusedError):
        hear(callbacks, made(fake, encrypted=False))


def test_two_keys_are_taken_while_the_key_is_changed(
    fake: WeChatFake, lan: Person, store: redis.Redis
) -> None:
    """S-60: EncodingAESKey rotation: the new and the old one, and no third."""
    new = fake.rotate_key()
    both = Callbacks(store, appid=MINI_APPID, token="AAAAA", encoding_keys=(new, KEY))
    only_new = Callbacks(store, appid=MINI_APPID, token="AAAAA", encoding_keys=(new,))
    for key in ("current", "previous"):
        fake.revoke(lan, 13)
        assert hear(both, made(fake, key=key)).kind == "user_authorization_revoke"
    fake.revoke(lan, 13)
    with pytest.raises(CallbackRefusedError):
        hear(only_new, made(fake, key="previous"))
