"""Numbers as people type them: wide digits, gaps, dashes and a small x are meant as they look."""

import tracemalloc

import marshmallow as ma
import pytest

from app.api.http.fields import Text, id_number, phone
from app.api.signals import ScannedCode


class _Form(ma.Schema):
    phone = phone()
    id_number = id_number()


@pytest.mark.parametrize(
    "typed",
    [
        "13900001234",
        "139 0000 1234",
        "139-0000-1234",
        "\uff11\uff13\uff19\uff10\uff10\uff10\uff10\uff11\uff12\uff13\uff14",
    ],
)
def test_a_phone_is_taken_as_it_is_typed(typed: str) -> None:
    assert _Form().load({"phone": typed}) == {"phone": "13900001234"}


@pytest.mark.parametrize("typed", ["00000019800506002x", "000000 19800506 002\uff38"])
def test_a_small_or_wide_x_is_x(typed: str) -> None:
    assert _Form().load({"id_number": typed}) == {"id_number": "00000019800506002X"}


@pytest.mark.parametrize(
    "typed", ["1390000123", "1390000123a", "+8613900001234", "139.0000.1234", "\u2460390000123"]
)
def test_what_is_no_number_stays_none(typed: str) -> None:
    with pytest.raises(ma.ValidationError):
        _Form().load({"phone": typed})


@pytest.mark.parametrize(
    "field",
    [phone(), id_number(), Text(1000, lines=True), ScannedCode(200)],
    ids=lambda one: type(one).__name__,
)
def test_a_text_far_too_long_is_refused_before_it_grows(field: Text) -> None:
    """S-124: U+FDFA becomes 18 signs in NFKC, so a body of 1 MB would become 18 million."""
    text = "\ufdfa" * 300_000
    tracemalloc.start()
    try:
        with pytest.raises(ma.ValidationError) as refused:
            field.deserialize(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < len(text) / 4, "not even copied"
    assert any(words in str(refused.value) for words in ("个字", "11位", "18位"))


def test_a_text_may_be_longer_while_it_is_written_in_parts_and_gaps() -> None:
    """Three signs that become one in NFC, and the gaps of a number printed in groups, are no excess."""
    assert Text(10).deserialize("\u1100\u1161\u11a8" * 10) == "\uac01" * 10
    assert phone().deserialize(" 1 3 9 - 0 0 0 0 - 1 2 3 4 ") == "13900001234"
