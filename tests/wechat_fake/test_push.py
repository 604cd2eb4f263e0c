"""Pushes to an app: their signing, their tries, and the wrong ones (F14)."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.wechat.control import MINI_APPID, Delivery, WeChatFake
from tests.fakes.wechat.signing import encrypt, frame, push_signature
from tests.wechat_fake.receiver import TOKEN, Receiver, decrypted, in_json, listening, sha1

KEY = "A" * 43
EVENT = {
    "ToUserName": "gh_97417a04a28d",
    "FromUserName": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
    "CreateTime": 1714037059,
    "MsgType": "event",
    "Event": "debug_demo",
    "debug_str": "hello world",
}
OFFICIAL_APPID = "wxba5fad812f8e6fb9"
OFFICIAL_CIPHERTEXT = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
    "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
    "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
"""The example of the platform's page on message pushes, with EncodingAESKey AAA...A and Token AAAAA."""


@pytest.fixture
def app_server(wechat: WeChatFake) -> Iterator[Receiver]:
    """Give a server that the mini-program's pushes go to."""
    with listening() as receiver:
        wechat.app(push={"url": receiver.url})
        yield receiver


def ciphertext(body: str) -> str:
    found: str = in_json(body)["Encrypt"]
    return found


def verifies(query: dict[str, str], body: str) -> bool:
    """Check a push in the mode that is called safe."""
    return query.get("msg_signature") == sha1(TOKEN, query["timestamp"], query["nonce"], ciphertext(body))


@pytest.mark.parametrize(
    "timestamp, nonce, encrypted, signature",
    [
        ("1714036504", "1514711492", [], "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("1714037059", "486452656", [], "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        ("1714112445", "415670741", [], "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
        ("1714112445", "415670741", [OFFICIAL_CIPHERTEXT], "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
    ],
)
def test_the_platforms_own_signatures(
    timestamp: str, nonce: str, encrypted: list[str], signature: str
) -> None:
    assert push_signature(TOKEN, timestamp, nonce, *encrypted) == signature


def test_the_platforms_own_ciphertext() -> None:
    random16, message, appid = decrypted(OFFICIAL_CIPHERTEXT, KEY)

    assert in_json(message.decode()) == EVENT | {"CreateTime": 1714112445}
    assert (appid, len(random16 + message + appid.encode()) + 4) == (OFFICIAL_APPID, 205)
    assert encrypt(KEY, frame(message, appid, random16)) == OFFICIAL_CIPHERTEXT


def test_a_plain_push(wechat: WeChatFake, app_server: Receiver) -> None:
    delivery = wechat.push(EVENT, encrypted=False, timestamp=1714037059)

    [(query, body)] = app_server.got
    assert delivery.accepted
    assert in_json(body) == EVENT
    assert set(query) == {"site", "signature", "timestamp", "nonce", "openid"}
    assert query["signature"] == sha1(TOKEN, "1714037059", query["nonce"])
    assert query["openid"] == EVENT["FromUserName"]


def test_an_encrypted_push(wechat: WeChatFake, app_server: Receiver) -> None:
    wechat.set_clock(1_790_000_000)

    wechat.push(EVENT)

    [(query, body)] = app_server.got
    _, message, appid = decrypted(ciphertext(body), KEY)
    assert in_json(message.decode()) == EVENT
    assert (appid, query["timestamp"], query["encrypt_type"]) == (MINI_APPID, "1790000000", "aes")
    assert in_json(body)["ToUserName"] == "gh_97417a04a28d"
    assert verifies(query, body)
    assert query["signature"] == sha1(TOKEN, query["timestamp"], query["nonce"])


def test_a_push_that_is_only_made(wechat: WeChatFake, app_server: Receiver) -> None:
    delivery = wechat.push(EVENT, send=False)

    assert (app_server.got, delivery.attempts, delivery.accepted) == ([], [], False)
    assert verifies(delivery.request.query, delivery.request.body)


def test_a_text_goes_out_as_it_is(wechat: WeChatFake, app_server: Receiver) -> None:
    wechat.push("<xml>not closed", encrypted=False, form="xml")

    assert (app_server.got[0][1], app_server.types) == ("<xml>not closed", ["text/xml"])


@pytest.mark.parametrize("answer", ["", "success"])
def test_an_answer_that_satisfies(wechat: WeChatFake, app_server: Receiver, answer: str) -> None:
    app_server.answers = [(200, answer)]

    assert (wechat.push(EVENT).accepted, len(app_server.got)) == (True, 1)


def test_three_tries_of_the_same_message(wechat: WeChatFake, app_server: Receiver) -> None:
    app_server.answers = [(500, ""), (200, "fail"), (503, "")]

    delivery = wechat.push(EVENT)

    assert [attempt.status for attempt in delivery.attempts] == [500, 200, 503]
    assert not delivery.accepted
    assert app_server.got == [app_server.got[0]] * 3


def test_a_later_try_may_be_accepted(wechat: WeChatFake, app_server: Receiver) -> None:
    app_server.answers = [(500, "")]

    delivery = wechat.push(EVENT)

    assert [attempt.accepted for attempt in delivery.attempts] == [False, True]


def test_an_answer_that_takes_too_long_is_none(wechat: WeChatFake, app_server: Receiver) -> None:
    app_server.waits_s = [4.0]

    delivery = wechat.push(EVENT, answer_s=2.0)

    assert [(attempt.status, attempt.error) for attempt in delivery.attempts] == [
        (None, "TimeoutError"),
        (200, ""),
    ]
    assert len(app_server.got) == 2


def test_an_app_that_is_down(wechat: WeChatFake) -> None:
    with wechat.refusing_url() as url:
        delivery = wechat.push(EVENT, url=url)

    assert [attempt.error for attempt in delivery.attempts] == ["ConnectionRefusedError"] * 3


@pytest.mark.parametrize("url", ["http://192.0.2.1/push", "http://app.example/push", "https://127.0.0.1/"])
def test_pushes_stay_on_this_machine(wechat: WeChatFake, url: str) -> None:
    with pytest.raises(RuntimeError, match="is not on this machine"):
        wechat.push(EVENT, url=url)


def test_a_replay_is_the_same_byte_for_byte(wechat: WeChatFake, app_server: Receiver) -> None:
    first = wechat.push(EVENT)
    wechat.advance(3600)

    again = wechat.replay(first)

    assert again.request == first.request
    assert (again.number, app_server.got[0] == app_server.got[1]) == (first.number + 1, True)


def pushed_wrong(wechat: WeChatFake, wrong: str, **how: Any) -> Delivery:
    return wechat.push(EVENT, send=False, wrong=wrong, **how)


def test_a_wrong_signature_leaves_the_other_one_right(wechat: WeChatFake) -> None:
    request = pushed_wrong(wechat, "signature").request
    assert not verifies(request.query, request.body)
    assert request.query["signature"] == sha1(TOKEN, request.query["timestamp"], request.query["nonce"])

    plain = pushed_wrong(wechat, "signature", encrypted=False).request.query
    assert plain["signature"] != sha1(TOKEN, plain["timestamp"], plain["nonce"])


def test_no_signature(wechat: WeChatFake) -> None:
    query = pushed_wrong(wechat, "no_signature").request.query

    assert set(query) == {"timestamp", "nonce", "openid", "encrypt_type"}


def test_a_wrong_appid_inside_a_right_signature(wechat: WeChatFake) -> None:
    request = pushed_wrong(wechat, "inner_appid").request

    assert verifies(request.query, request.body)
    assert decrypted(ciphertext(request.body), KEY)[2] == "wx00000000deadbeef"


def test_a_bent_ciphertext_with_and_without_a_right_signature(wechat: WeChatFake) -> None:
    for wrong, right in (("ciphertext", False), ("ciphertext_resigned", True)):
        request = pushed_wrong(wechat, wrong).request
        assert verifies(request.query, request.body) is right
        opened = decrypted(ciphertext(request.body), KEY)
        with pytest.raises(ValueError, match=r"codec|Expecting|control|Invalid"):
            in_json(opened[1].decode())


@pytest.mark.parametrize("wrong", ["padding", "length"])
def test_a_frame_that_does_not_hold(wechat: WeChatFake, wrong: str) -> None:
    request = pushed_wrong(wechat, wrong).request

    assert verifies(request.query, request.body)
    with pytest.raises(ValueError, match=wrong):
        decrypted(ciphertext(request.body), KEY)


def test_a_strange_key(wechat: WeChatFake) -> None:
    request = pushed_wrong(wechat, "key").request

    assert verifies(request.query, request.body)
    assert decrypted(ciphertext(request.body), "B" * 43)[2] == MINI_APPID


def test_rotating_the_key(wechat: WeChatFake) -> None:
    new = wechat.rotate_key()

    current = wechat.push(EVENT, send=False).request
    previous = wechat.push(EVENT, send=False, key="previous").request

    assert (len(new), len(base64.b64decode(new + "="))) == (43, 32)
    assert decrypted(ciphertext(current.body), new)[2] == MINI_APPID
    assert decrypted(ciphertext(previous.body), KEY)[2] == MINI_APPID


def test_a_push_that_does_not_exist_is_a_mistake(wechat: WeChatFake) -> None:
    with pytest.raises(RuntimeError, match="there is no such push"):
        pushed_wrong(wechat, "mood")


def test_an_address_is_checked_by_its_echo(wechat: WeChatFake, app_server: Receiver) -> None:
    assert wechat.echoes() is True
    assert wechat.echoes(wrong=True) is False
    assert app_server.got == []
