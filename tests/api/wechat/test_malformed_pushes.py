"""Pushes that are none: answered cleanly whatever they hold, and told of in the log without their content."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.adapters.wechat.callbacks import callback_signature
from app.clock import now
from app.ids import new_id
from tests.api.wechat.conftest import refused
from tests.api.wechat.pushes import PATH, events
from tests.client import Answer, Client
from tests.fakes.wechat.control import MINI_APPID

REFUSED = (400, "push_refused")
MARK = "geheimeswort"
"""What stands in every body here, and in no log line."""
TOKEN, KEY = "AAAAA", base64.b64decode(f"{'A' * 43}=")
RIGHT = {
    "ToUserName": "gh_1",
    "FromUserName": "openid",
    "CreateTime": 1_790_000_000,
    "MsgType": "event",
    "Event": "user_authorization_revoke",
    "OpenID": f"o{MARK}",
    "RevokeInfo": "13",
}


def sealed(plain: bytes) -> str:
    """Encrypt as WeChat does, whatever it is."""
    whole = b"r" * 16 + len(plain).to_bytes(4) + plain + MINI_APPID.encode()
    pad = 32 - len(whole) % 32
    encryptor = Cipher(AES(KEY), CBC(KEY[:16])).encryptor()
    return base64.b64encode(encryptor.update(whole + bytes([pad]) * pad) + encryptor.finalize()).decode()


def push(phone: Client, plain: bytes) -> Answer:
    """Post a message that is signed and encrypted as it must be."""
    timestamp, nonce, content = str(int(now().timestamp())), new_id().hex, sealed(plain)
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "msg_signature": callback_signature(TOKEN, timestamp, nonce, content),
    }
    body = json.dumps({"ToUserName": "gh_1", "Encrypt": content})
    return phone.post(PATH, query_string=query, data=body.encode(), content_type="application/json")


def test_what_is_right_is_heard(phone: Client, session: Session) -> None:
    """The messages below differ from it in one thing each."""
    assert push(phone, json.dumps(RIGHT).encode()).text == "success"
    assert len(events(session)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"\x00",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf",
        MARK.encode(),
        f'"{MARK}"'.encode(),
        f'["{MARK}"]'.encode(),
        f'{{"Encrypt": "{MARK}"'.encode(),
        f'{{"Encrypt": ["{MARK}"]}}'.encode(),
        f'{{"Encrypt": "{MARK}=="}}'.encode(),
        b'{"Encrypt": "\\ud800"}',
        b'{"Encrypt": ""}',
        b'{"Encrypt": NaN}',
        b'{"Encrypt": ' + b"9" * 5000 + b"}",
        b"[" * 30_000,
        b'{"a":' * 10_000,
        f"<xml><Encrypt>{MARK}</Encrypt>".encode(),
        f"<xml><Encrypt>{MARK}</Encrypt></xml>".encode(),
        b"<xml/>",
        b"<xml>\x00</xml>",
        b"<a>" * 20_000,
        f'<?xml version="1.0" encoding="{MARK}"?><xml/>'.encode(),
        f'<?xml version="1.0" encoding="utf-16"?><xml>{MARK}</xml>'.encode(),
        b"Encrypt=x&ToUserName=y",
    ],
)
@pytest.mark.parametrize("content_type", ["text/xml", "application/x-www-form-urlencoded", ""])
def test_bodies_that_are_none(phone: Client, session: Session, body: bytes, content_type: str) -> None:
    """S-60, S-62, S-136: 400 and a code; the log says that it came and how long it was."""
    query = {"timestamp": str(int(now().timestamp())), "nonce": "1", "msg_signature": "0" * 40}
    with capture_logs() as lines:
        answer = phone.post(PATH, query_string=query, data=body, content_type=content_type)

    assert refused(answer) == REFUSED
    assert events(session) == []
    (line,) = [line for line in lines if line["event"] == "push_refused"]
    assert (line["log_level"], line["bytes"]) == ("warning", len(body))
    assert MARK not in f"{lines}{answer.text}"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "timestamp=&nonce=&msg_signature=",
        "timestamp=x&nonce=1&msg_signature=0",
        "timestamp=１２３&nonce=1&msg_signature=0",
        "timestamp=99999999999999999999999&nonce=1&msg_signature=0",
        "timestamp=-1&nonce=1&msg_signature=0",
        "timestamp={now}&nonce=&msg_signature=0",
        "timestamp={now}&nonce=%00&msg_signature=0",
        "timestamp={now}&nonce=" + "1" * 65,
        "timestamp={now}&nonce=1&msg_signature=%E7%AD%BE",
        "timestamp={now}&nonce=1&msg_signature=%ED%A0%80",
        "timestamp={now}&nonce=1&msg_signature=%FF%00",
        "timestamp={now}&nonce=1&msg_signature=" + "0" * 4000,
        "timestamp={now}&timestamp=1&nonce=1&nonce=2",
        "%FF=%FF&timestamp={now}&nonce=1",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_queries_that_are_none(phone: Client, query: str, method: str) -> None:
    """S-60, S-116: no signature, an odd one, or one of another time: 400, on both ways."""
    asked = query.replace("{now}", str(int(now().timestamp())))
    body = json.dumps({"Encrypt": sealed(json.dumps(RIGHT).encode())}).encode()
    with capture_logs() as lines:
        answer = phone.open(f"{PATH}?{asked}", method, data=body if method == "POST" else b"")

    assert refused(answer) == REFUSED
    assert [line["event"] for line in lines].count("push_refused") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"OpenID": "\ud800"},
        {"OpenID": None},
        {"OpenID": ["o"]},
        {"OpenID": True},
        {"FromUserName": ""},
        {"FromUserName": "\udfff"},
        {"MsgId": "\ud800"},
        {"MsgId": ["1"]},
        {"Event": {"a": 1}},
        {"Event": "\ud800"},
        {"CreateTime": 2**40},
        {"CreateTime": "gestern"},
        {"CreateTime": -1},
        {"RevokeInfo": "1e9"},
        {"RevokeInfo": 10**30},
        {"Event": "subscribe_msg_sent_event", "List": ["x"]},
        {"Event": "subscribe_msg_popup_event", "List": [{"SubscribeStatusString": "accept"}]},
        {
            "Event": "subscribe_msg_popup_event",
            "List": [{"SubscribeStatusString": "accept", "TemplateId": "\ud800"}],
        },
    ],
)
def test_messages_that_are_signed_and_make_no_sense(
    phone: Client, session: Session, changes: dict[str, Any]
) -> None:
    """S-60, S-136: whoever has the key may send them; nothing is kept, and nothing breaks."""
    with capture_logs() as lines:
        answer = push(phone, json.dumps(RIGHT | changes).encode())

    assert refused(answer) == REFUSED
    assert events(session) == []
    assert [line["event"] for line in lines].count("push_refused") == 1
    assert MARK not in f"{lines}{answer.text}"


@pytest.mark.parametrize("plain", [b"", b"\xff", b"[]", b"7", b"{}", b"<xml/>", b"<xml><Event/></xml>"])
def test_nothing_inside_a_whole_envelope(phone: Client, plain: bytes) -> None:
    """S-60, S-136: signed and encrypted, and no message."""
    assert refused(push(phone, plain)) == REFUSED


def test_a_message_too_long_is_refused_before_it_is_read(phone: Client, session: Session) -> None:
    """S-124: 413, said or not how long."""
    with capture_logs() as lines:
        answer = phone.post(PATH, data=MARK.encode() * 10_000)

    assert refused(answer) == (413, "too_large")
    assert events(session) == []
    assert MARK not in f"{lines}{answer.text}"
