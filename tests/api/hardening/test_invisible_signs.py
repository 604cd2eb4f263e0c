"""Texts are cleaned of what nobody sees, wherever one is taken."""

from collections.abc import Iterator
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from marshmallow import fields

from app.api.http.fields import Input, Text

_TEXT = Text(20)


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("Cafe\u0301", "Caf\u00e9"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("一\u200b号\u200c楼\u200d", "一号楼"),
        ("\ufeff一号\u2060楼", "一号楼"),
        ("\u202e一号\u2066楼\u2069", "一号楼"),
        ("一\x00号\x1b[31m楼\x7f\x85", "一号[31m楼"),
        ("一号\r\n楼\t", "一号楼"),
        ("  一号\u3000楼\u3000", "一号\u3000楼"),
        ("一号\U000e0041楼\xad", "一号楼"),
        ("一号\ud800楼", "一号楼"),
        ("谢谢👨\u200d👩\u200d👧", "谢谢👨\u200d👩\u200d👧"),
        ("👩🏽\u200d🚒❤\ufe0f\u200d🔥", "👩🏽\u200d🚒❤\ufe0f\u200d🔥"),
        ("\u200d👩\u200d\u200d👧楼\u200d👧\u200d", "👩👧楼👧"),
    ],
)
def test_a_text_is_composed_and_shows_all_it_holds(sent: str, kept: str) -> None:
    """S-119: NFC, without control, zero-width and direction signs, and without halves of signs."""
    assert _TEXT.deserialize(sent) == kept


def test_line_breaks_stay_where_they_mean_something() -> None:
    """S-119: in notes, and nothing else with them."""
    assert Text(20, lines=True).deserialize("膝盖\n\u2028腰\x0b痛\n") == "膝盖\n\u2028腰痛"


def test_what_is_nothing_once_cleaned_is_empty() -> None:
    """S-119: the length is counted of what is left."""
    with pytest.raises(ma.ValidationError):
        Text(20, least=1).deserialize("\u200b\u200b")
    assert Text(2).deserialize("一\u200b\u200b楼") == "一楼"


def _inputs(of: type[ma.Schema] = Input) -> Iterator[type[ma.Schema]]:
    for schema in of.__subclasses__():
        yield schema
        yield from _inputs(schema)


def _inside(field: Any) -> Iterator[Any]:
    yield field
    for part in (getattr(field, name, None) for name in ("inner", "key_field", "value_field")):
        if part is not None:
            yield from _inside(part)


def test_every_text_of_every_body_is_cleaned(app: Flask) -> None:
    """S-119: whichever route takes it, also in lists and as a key."""
    assert app.view_functions
    texts = [
        (schema.__name__, name, part)
        for schema in _inputs()
        for name, field in schema().fields.items()
        for part in _inside(field)
        if isinstance(part, fields.String) and not isinstance(part, fields.UUID)
    ]

    assert [(schema, name) for schema, name, part in texts if not isinstance(part, Text)] == []
    assert len(texts) > 100
