"""JSON as RFC 8259 means it: no NaN, no duplicate keys, no bottomless nesting, no huge numbers or crowds."""

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
MAX_PARTS = 10_000
"""Values and keys of one body; the longest form has a third of it, and each costs time."""
_MAX_WHOLE = 2**53
"""Beyond this a JavaScript client rounds."""
_TWICE = "这一项填了两次，请只留一个"
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


Path = tuple[str | int, ...]
_WHOLE_BODY: Path = ("_schema",)
"""Where marshmallow, too, puts what is wrong with a body as a whole."""


class StrictJSONError(ValueError):
    """The text is not JSON we take.

    The message says why (in English, for developers), ``remedy`` in Chinese what to do, ``path`` where.
    """

    def __init__(self, message: str, remedy: str, path: Path = _WHOLE_BODY) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.path = path

    def nested(self) -> Any:
        """Give the remedy beside its field, nested like the input."""
        nested: Any = [self.remedy]
        for name in reversed(self.path):
            nested = {name: nested}
        return nested


class _Odd:
    """Stands in the value that was read for a part we refuse, until its place is known."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message = message
        self.remedy = remedy


class StrictJSON(DefaultJSONProvider):
    """Flask's JSON with strict reading and compact writing."""

    ensure_ascii = False
    sort_keys = False
    compact = True

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read a text of our own, as long as it may be, or raise StrictJSONError."""
        return read(s, most_parts=None)


class StrictParser(FlaskParser):
    """Reads bodies and queries of requests strictly; what is no JSON is answered with 400."""

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """Read the query. Raises ValidationError for a parameter that stands twice; none is a list."""
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise ma.ValidationError({name: [_TWICE] for name in twice})
        return super().load_querystring(req, schema)

    def load_json(self, req: Request, schema: ma.Schema) -> Any:  # noqa: ARG002 - webargs' own signature
        """Read a body, or say that there is none; what claims to be something else is answered with 415.

        ``bound_bodies`` alone says how long it may be: a bound set here would cut a body in chunks.
        """
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not is_json(req.mimetype):
            raise UnsupportedMediaType
        try:
            return read(body)
        except StrictJSONError as error:
            refused = BadRequest(str(error))
            refused.data = {"messages": {"json": error.nested()}}  # type: ignore[attr-defined]
            raise refused from None


def read(text: str | bytes, *, most_parts: int | None = MAX_PARTS) -> Any:
    """Read a JSON text strictly. Raises StrictJSONError."""
    reader = _Reader()
    try:
        if isinstance(text, bytes):
            text = text.decode()  # json itself would guess the encoding, and let halves of pairs pass
        value = json.loads(
            text,
            object_pairs_hook=reader.read_object,
            parse_constant=reader.refuse_constant,
            parse_int=reader.read_whole,
            parse_float=reader.read_number,
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise StrictJSONError(str(error), "内容不完整或格式不对，请重新发送") from None
    if reader.met_odd:
        _refuse_odd(value)
    _check_parts(value, most_parts, escaped="\\u" in text)
    return value


class _Reader:
    """Reads the parts of one text; what is refused is marked by an _Odd, for its place is not known yet."""

    met_odd = False

    def read_object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            seen: set[str] = set()
            twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
            value[twice] = self._odd("a key stands twice in one object", _TWICE)
        return value

    def refuse_constant(self, name: str) -> _Odd:
        return self._odd(f"{name} is not a number", "请填数字")

    def read_whole(self, digits: str) -> int | _Odd:
        if digits == "-0":
            return self._minus_zero()
        if len(digits) > len(str(_MAX_WHOLE)) + 1 or abs(value := int(digits)) > _MAX_WHOLE:
            return self._odd("a whole number is beyond 2^53", "数字太大，请核对")
        return value

    def read_number(self, digits: str) -> float | _Odd:
        value = float(digits)
        if value in {float("inf"), float("-inf")}:
            return self._odd("a number is too large", "数字太大，请核对")
        if value == 0 and digits.startswith("-"):
            return self._minus_zero()
        return value

    def _minus_zero(self) -> _Odd:
        return self._odd("zero has no sign", "零前面不要写负号")

    def _odd(self, message: str, remedy: str) -> _Odd:
        self.met_odd = True
        return _Odd(message, remedy)


def _too_deep() -> StrictJSONError:
    return StrictJSONError(
        f"nested deeper than {MAX_DEPTH}", f"内容套得太深，最多{MAX_DEPTH}层，请检查后再发"
    )


def _refuse_odd(value: Any) -> None:
    """Raise for the first odd part, with its place; one too deep to be named is refused as that."""
    level: list[tuple[Path, Any]] = [((), value)]
    for _ in range(MAX_DEPTH + 1):
        for path, part in level:
            if isinstance(part, _Odd):
                raise StrictJSONError(part.message, part.remedy, path or _WHOLE_BODY)
        level = [
            ((*path, name), inner)
            for path, part in level
            if isinstance(part, dict | list)
            for name, inner in (part.items() if isinstance(part, dict) else enumerate(part))
        ]
    raise _too_deep()


def _check_parts(value: Any, most: int | None, *, escaped: bool) -> None:
    """Refuse too many parts, too deep a nesting and, in escapes, what UTF-8 or PostgreSQL cannot hold."""
    level, depth, count = [value], 0, 0
    while level:
        count += len(level)
        if most is not None and count > most:
            raise StrictJSONError(f"more than {most} parts", "内容太多，请分几次发")
        if escaped and any(isinstance(part, str) and _NO_TEXT.search(part) for part in level):
            message = "a text holds a null sign or half of a surrogate pair"
            raise StrictJSONError(message, "文字里有不能保存的符号，请删去后再发")
        groups = [part for part in level if isinstance(part, dict | list)]
        depth += bool(groups)
        if depth > MAX_DEPTH:
            raise _too_deep()
        level = [inner for group in groups for inner in _inside(group, keys=escaped)]


def _inside(group: dict[str, Any] | list[Any], *, keys: bool) -> Iterable[Any]:
    if isinstance(group, list):
        return group
    return chain(group, group.values()) if keys else group.values()
