"""Bodies that are no JSON we take."""

from typing import Any

import pytest

from app.api.http.body_bounds import MOST_BYTES
from app.api.http.strict_json import MAX_PARTS, StrictJSONError, read
from app.ids import new_id
from tests.cast import GRID
from tests.client import Answer, Client
from tests.cpu import least_cpu_s

_SLOWEST_S = 0.25
"""Of this thread's own work, so that a busy machine changes nothing."""


@pytest.fixture
def path() -> str:
    """Give an address that takes a JSON body."""
    return f"/v1/places/{new_id()}"


def put(client: Client, path: str, body: bytes, content_type: str = "application/json") -> Answer:
    return client.put(path, data=body, content_type=content_type)


NO_JSON = {
    "cut off": "{",
    "text after it": '{"name":"a"} x',
    "a trailing comma": '{"name":"a",}',
    "single quotes": "{'name':'a'}",
    "a comment": '{"name":"a"/**/}',
    "a control sign in a text": '{"name":"a\nb"}',
    "half of a pair": r'{"name":"\ud83d"}',
    "half of a pair as a key": r'{"\ude00":1}',
    "a null sign": r'{"name":"\u0000"}',
    "NaN": '{"lng":NaN}',
    "Infinity": '{"lng":Infinity}',
    "-Infinity": '{"lng":-Infinity}',
    "1e400": '{"lng":1e400}',
    "-1e400": '{"lng":-1e400}',
    "2^53 + 1": '{"radius_m":9007199254740993}',
    "-2^53 - 1": '{"radius_m":-9007199254740993}',
    "5,000 digits": '{"radius_m":' + "9" * 5000 + "}",
    "a key twice": '{"name":"a","name":"b"}',
    "a key twice, further in": '{"a":[{"b":1,"b":1}]}',
    "33 deep, lists": "[" * 33 + "]" * 33,
    "33 deep, objects": '{"a":' * 33 + "1" + "}" * 33,
    "5,000 deep": "[" * 5000 + "]" * 5000,
    "5,000 deep, objects": '{"a":' * 5000 + "1" + "}" * 5000,
    "60,000 deep": "[" * 60_000,
    "10,001 parts": "[" + "0," * 9_999 + "0]",
    "20,001 lists": "[" + "[]," * 20_000 + "[]]",
}


@pytest.mark.parametrize("text", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_is_refused_at_once(admin: Client, path: str, text: str) -> None:
    """S-120: NaN, infinities, duplicate keys, nesting and numbers without bounds."""

    def refused() -> None:
        answer = put(admin, path, text.encode())
        assert (answer.status_code, answer.json["code"]) == (400, "bad_request")

    assert least_cpu_s(refused) < _SLOWEST_S
    assert admin.get(path).status_code == 404


def test_bytes_that_are_no_text_are_refused(admin: Client, path: str) -> None:
    assert put(admin, path, b'{"name":"\xff"}').status_code == 400


@pytest.mark.parametrize(
    "text, value",
    [
        ("9007199254740992", 2**53),
        ("-9007199254740992", -(2**53)),
        ("[" + "0," * (MAX_PARTS - 2) + "0]", None),
        ("1e300", 1e300),
        ("1e-400", 0.0),
        ("[" * 32 + "]" * 32, None),
        ('{"a":' * 32 + "1" + "}" * 32, None),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\\u0000 \\ud83d"', r"\u0000 \ud83d"),
        ('{"a":1,"b":{"a":1}}', {"a": 1, "b": {"a": 1}}),
    ],
)
def test_what_is_just_within_the_bounds_is_read(text: str, value: Any) -> None:
    found = read(text)

    assert value is None or found == value


def test_the_reason_is_for_developers_only(admin: Client, path: str) -> None:
    answer = put(admin, path, b'{"lng":NaN}')

    assert "NaN" not in answer.text
    with pytest.raises(StrictJSONError, match="NaN is not a number"):
        read('{"lng":NaN}')


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "image/png", ""])
def test_json_must_say_that_it_is_json(admin: Client, path: str, content_type: str) -> None:
    """S-132: JSON content type only."""
    answer = put(admin, path, b'{"name":"a"}', content_type)

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_json_that_says_so_is_read(admin: Client, path: str, content_type: str) -> None:
    body = f'{{"area_code":"{GRID}","kind":"shop","name":"小卖部"}}'.encode()

    assert put(admin, path, body, content_type).status_code == 201


def test_a_body_over_64_kilobytes_is_too_large(admin: Client, path: str) -> None:
    """S-124: one byte over 64 KB of JSON gives 413."""
    padded = b'{"name":"' + b"a" * (MOST_BYTES - 11) + b'"}'

    assert len(padded) == MOST_BYTES
    assert put(admin, path, padded).status_code == 422
    answer = put(admin, path, padded + b" ")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_no_body_is_a_form_with_nothing_filled_in(admin: Client, path: str) -> None:
    answer = admin.put(path)

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"area_code", "kind", "name"}


@pytest.mark.parametrize("text", ["[]", "null", '"a"', "7"])
def test_json_that_is_no_object_is_invalid(admin: Client, path: str, text: str) -> None:
    answer = put(admin, path, text.encode())

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
