"""JSON as RFC 8259 means it: no NaN, no duplicate keys, no bottomless nesting, no huge numbers."""

import json
import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

import marshmallow as ma
from flask import Request
from flask.json.provider import DefaultJSONProvider
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

MAX_DEPTH = 32
MAX_JSON_BYTES = 1024 * 1024
"""The largest record is a tenth of it; photos have their own route and bound."""
_MAX_WHOLE = 2**53
"""Beyond this a JavaScript client rounds."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class StrictJSONError(ValueError):
    """The text is not JSON we take; the message says why (in English, for developers)."""


class StrictJSON(DefaultJSONProvider):
    """Flask's JSON with strict reading and compact writing."""

    ensure_ascii = False
    sort_keys = False
    compact = True

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read a text, or raise StrictJSONError."""
        return read(s)


class StrictParser(FlaskParser):
    """Reads the bodies of requests strictly; what is no JSON is answered with 400."""

    def load_json(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ARG002 - webargs' own signature
        """Read a body, or say that there is none; what claims to be something else is answered with 415."""
        req.max_content_length = MAX_JSON_BYTES
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not is_json(req.mimetype):
            raise UnsupportedMediaType
        try:
            return read(body)
        except StrictJSONError as error:
            raise BadRequest(str(error)) from None


def read(text: str | bytes) -> Any:
    """Read a JSON text strictly. Raises StrictJSONError."""
    try:
        if isinstance(text, bytes):
            text = text.decode()  # json itself would guess the encoding, and let halves of pairs pass
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_whole,
            parse_float=_number,
        )
    except RecursionError:
        message = f"nested deeper than {MAX_DEPTH}"
        raise StrictJSONError(message) from None
    except StrictJSONError:
        raise
    except ValueError as error:
        raise StrictJSONError(str(error)) from None
    _check_parts(value, escaped="\\u" in text)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        message = "a key stands twice in one object"
        raise StrictJSONError(message)
    return value


def _refuse_constant(name: str) -> float:
    message = f"{name} is not a number"
    raise StrictJSONError(message)


def _whole(digits: str) -> int:
    if len(digits) > len(str(_MAX_WHOLE)) + 1 or abs(value := int(digits)) > _MAX_WHOLE:
        message = "a whole number is beyond 2^53"
        raise StrictJSONError(message)
    return value


def _number(digits: str) -> float:
    value = float(digits)
    if value in {float("inf"), float("-inf")}:
        message = "a number is too large"
        raise StrictJSONError(message)
    return value


def _check_parts(value: Any, *, escaped: bool) -> None:
    """Refuse too deep a nesting and, where the text has escapes, what UTF-8 or PostgreSQL cannot hold."""
    level, depth = [value], 0
    while level:
        if escaped and any(isinstance(part, str) and _NO_TEXT.search(part) for part in level):
            message = "a text holds a null sign or half of a surrogate pair"
            raise StrictJSONError(message)
        groups = [part for part in level if isinstance(part, dict | list)]
        depth += bool(groups)
        if depth > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH}"
            raise StrictJSONError(message)
        level = [inner for group in groups for inner in _inside(group, keys=escaped)]


def _inside(group: dict[str, Any] | list[Any], *, keys: bool) -> Iterable[Any]:
    if isinstance(group, list):
        return group
    return chain(group, group.values()) if keys else group.values()
