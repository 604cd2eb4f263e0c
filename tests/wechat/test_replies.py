"""Answers are read strictly, with the drift of types that is known of WeChat."""

import json

import pytest

from app.adapters.wechat import WeChatAnswerError, WeChatConfigurationError, WeChatTokenError
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


@pytest.mark.parametrize("errcode", ["zero", "", [], {}, 1.5, "１", "9" * 30])
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
