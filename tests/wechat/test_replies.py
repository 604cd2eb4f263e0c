"""Answers are read strictly, with the drift of types that is known of WeChat."""

import json

import pytest

from app.adapters.wechat import WeChatAnswerError, WeChatConfigurationError, WeChatTokenError
from app.adapters.wechat.mini_program import identified
from app.adapters.wechat.reply import Reply


def read(**fields: object) -> Reply:
    return Reply.read("/call", json.dumps(fields).encode())


@pytest.mark.parametrize("fields", [{}, {"errcode": 0}, {"errcode": "0"}, {"errcode": None}])
def test_absent_or_zero_is_success(fields: dict[str, object]) -> None:
    assert read(**fields, openid="o1").text("openid") == "o1"


def test_a_number_may_come_as_text() -> None:
    with pytest.raises(WeChatTokenError) as caught:
        read(errcode="40001", errmsg="invalid credential rid: 65f0a1b2-1f2e3d4c-5b6a7988")

    assert (caught.value.errcode, caught.value.rid) == (40001, "65f0a1b2-1f2e3d4c-5b6a7988")
    assert str(caught.value) == "/call answered 40001 (rid 65f0a1b2-1f2e3d4c-5b6a7988)"


def test_a_number_nobody_knows_needs_somebody_to_look() -> None:
    with pytest.raises(WeChatConfigurationError) as caught:
        read(errcode=12345, errmsg={"odd": True})

    assert (caught.value.errcode, caught.value.rid) == (12345, None)


@pytest.mark.parametrize("errcode", ["zero", "", [], {}, 1.5, True, "１", "9" * 30, 10**20, -(10**4000)])
def test_a_number_that_is_none_is_no_answer(errcode: object) -> None:
    with pytest.raises(WeChatAnswerError):
        read(errcode=errcode)


@pytest.mark.parametrize("value", [None, "", [], {}, 1.5, True])
def test_the_expected_field_must_be_there(value: object) -> None:
    reply = read(errcode=0, field=value)

    with pytest.raises(WeChatAnswerError):
        reply.text("field")
    with pytest.raises(WeChatAnswerError):
        reply.number("field")
    with pytest.raises(WeChatAnswerError):
        reply.text("other")


@pytest.mark.parametrize("value", ["\ud800", "\0", "a\r\nb", "a b", "签", "a" * 4097, 10**20])
def test_what_no_address_and_no_table_could_hold_is_no_answer(value: object) -> None:
    """S-51: a token with half a sign in it ended in a fault that quoted the token."""
    with pytest.raises(WeChatAnswerError):
        read(errcode=0, access_token=value).text("access_token")


def test_tokens_may_grow_and_names_of_messages_have_64_bits() -> None:
    assert read(msgid=2**64 - 1).text("msgid") == str(2**64 - 1)
    assert read(access_token="a" * 4096).text("access_token") == "a" * 4096


@pytest.mark.parametrize(
    "fields",
    [
        {"openid": "o" * 129},
        {"openid": "o1"},
        {"openid": 5},
        {"openid": "o+1234567"},
        {"openid": "o12345678", "unionid": "u" * 129},
        {"openid": "o12345678", "unionid": "u.1234567"},
        {"openid": "o12345678", "unionid": ["u12345678"]},
    ],
)
def test_nobody_is_called_what_cannot_be_a_name_at_wechat(fields: dict[str, object]) -> None:
    """S-51: it would be sealed and kept, and refused whenever it is sent back."""
    with pytest.raises(WeChatAnswerError):
        identified("/sns/jscode2session", read(**fields))


@pytest.mark.parametrize("value", [None, "text", 1, []])
def test_an_inner_object_must_be_one(value: object) -> None:
    with pytest.raises(WeChatAnswerError):
        read(phone_info=value).inner("phone_info")


def test_drift_of_types() -> None:
    reply = read(countryCode=86, expires_in="7200", unionid="")

    assert (reply.text("countryCode"), reply.number("expires_in")) == ("86", 7200)
    assert reply.text_or_none("unionid") is None
    assert reply.text_or_none("absent") is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"ok"',
        b"{",
        b'{"openid": NaN}',
        b"<html></html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_anything_else_is_no_answer(body: bytes) -> None:
    with pytest.raises(WeChatAnswerError) as caught:
        Reply.read("/call", body)

    assert caught.value.__context__ is None
