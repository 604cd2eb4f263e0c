"""WeChat's answers are input like any other: read strictly, with the drift of types that is known of them."""

import json
import re
from collections.abc import Mapping
from typing import Any

from app.adapters.wechat.errors import WeChatAnswerError, error_for

_DIGITS = 20
"""Of the largest number of 64 bits, which names of messages are."""
_TEXT = re.compile(r"[!-~]{1,4096}")
"""Names, tokens and numbers: nothing else is read. Tokens may get longer than the 512 signs of today."""


class Reply:
    """The fields of one answer; those that are needed must be there."""

    def __init__(self, call: str, fields: Mapping[str, Any]) -> None:
        self._call = call
        self._fields = fields

    @classmethod
    def read(cls, call: str, body: bytes) -> "Reply":
        """Decode a JSON object and look at its ``errcode``: absent or 0 means success.

        Raises WeChatAnswerError if it is none, else the error of WeChat's number.
        """
        reply = cls(call, json_object(call, body))
        errcode = 0 if reply._fields.get("errcode") is None else reply.number("errcode")
        if errcode:
            errmsg = reply._fields.get("errmsg")
            raise error_for(call, errcode, errmsg if isinstance(errmsg, str) else "")
        return reply

    def text(self, name: str) -> str:
        """Return a text that is not empty; a number counts as its digits.

        Raises WeChatAnswerError also for signs that neither an address nor a table could hold.
        """
        value = self._fields.get(name)
        if (number := whole(value)) is not None:
            return value if isinstance(value, str) else str(number)
        if not isinstance(value, str) or not _TEXT.fullmatch(value):
            raise WeChatAnswerError(self._call)
        return value

    def text_or_none(self, name: str) -> str | None:
        """Return a text that may be absent or empty."""
        return self.text(name) if self._fields.get(name) else None

    def number(self, name: str) -> int:
        """Return a whole number, also one that came as text."""
        value = whole(self._fields.get(name))
        if value is None:
            raise WeChatAnswerError(self._call)
        return value

    def inner(self, name: str) -> "Reply":
        """Return the object in a field."""
        value = self._fields.get(name)
        if not isinstance(value, dict):
            raise WeChatAnswerError(self._call)
        return Reply(self._call, value)


def json_object(call: str, body: bytes) -> dict[str, Any]:
    """Decode UTF-8, with or without a byte order mark, as one JSON object; raises WeChatAnswerError."""
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise WeChatAnswerError(call)
    return value


def whole(value: Any) -> int | None:
    """Read a whole number that may have come as text; None if it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**_DIGITS else None
    digits = value.removeprefix("-") if isinstance(value, str) else ""
    return int(value) if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS else None


def _refuse(constant: str) -> None:
    message = f"{constant} is no JSON"
    raise ValueError(message)
