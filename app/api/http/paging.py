"""Lists by keyset: every list has a limit and a cursor."""

import base64
import binascii
import json
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app.api.http.fields import Input, Output, Text, whole

Row = TypeVar("Row")
MAX_LIMIT = 100
DEFAULT_LIMIT = 20
_NO_TEXT = {"Cc", "Cs"}
"""Control signs and half characters, which PostgreSQL's text does not take."""
_CURSOR_SIGNS = 400
"""The longest key is a household's place and a door of forty signs, in base64."""


class PageInput(Input):
    """How much of a list, and from where."""

    limit = whole(1, MAX_LIMIT, strict=False, load_default=DEFAULT_LIMIT)
    cursor = Text(_CURSOR_SIGNS, load_default=None)

    @ma.post_load
    def read_cursor(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn the cursor back into the last row's key."""
        data["after"] = _decoded(data.pop("cursor"))
        return data


def page_of(item: type[Output], **beside: fields.Field[Any]) -> type[Output]:
    """Give the schema of one page of a list, with what is said of all of it beside."""
    name = item.__name__.removesuffix("Output") + "Page"
    return type(
        name,
        (Output,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
            **beside,
        },
    )


def page(
    fetch: Callable[..., Sequence[Row]],
    key: Callable[[Row], Any],
    *,
    limit: int,
    after: str | None,
    parse: Callable[[str], Any] = UUID,
) -> dict[str, Any]:
    """Fetch one page and the cursor of the next: one row more than asked tells whether there is one.

    ``fetch`` takes ``after`` and ``limit``; ``key`` gives what ``after`` compares with.
    """
    last = None
    if after is not None:
        try:
            last = parse(after)
        except ValueError:
            raise _wrong_cursor() from None
    rows = fetch(after=last, limit=limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    return {"items": rows, "next_cursor": _encoded(key(rows[-1])) if more else None}


def _encoded(key: Any) -> str:
    text = json.dumps(str(key), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        value = json.loads(text)
    except (ValueError, binascii.Error):
        raise _wrong_cursor() from None
    if not isinstance(value, str) or any(unicodedata.category(sign) in _NO_TEXT for sign in value):
        raise _wrong_cursor()
    return value


def _wrong_cursor() -> ma.ValidationError:
    return ma.ValidationError("翻页标记不对，请从头再看", "cursor")
