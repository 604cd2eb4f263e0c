"""Events as WeChat writes them: XML or JSON, numbers as texts, and a list of one as no list."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.adapters.wechat.reply import whole

_DEEPEST = 8
_LATEST_S = 2**33
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a sign, which JSON can write and nothing can keep."""


class EventError(Exception):
    """It is neither XML nor JSON of the form WeChat sends, or a field that is needed is missing."""


class Fields:
    """What stands in an event, or in one row of its list."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """Return a field as text; raises EventError if it is not there, or has signs that are none."""
        value = self._fields.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise EventError(name)
        text = str(value)
        if _HALF.search(text):
            raise EventError(name)
        return text

    def text_or_none(self, name: str) -> str | None:
        """Return a field as text that may be absent or empty."""
        return self.text(name) if self._fields.get(name) else None

    def number(self, name: str) -> int:
        """Return a whole number, also one that came as text; raises EventError."""
        value = whole(self._fields.get(name))
        if value is None:
            raise EventError(name)
        return value


class Event(Fields):
    """Something that happened at WeChat."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.kind = self.text("Event") if "Event" in fields else self.text("MsgType")
        """Such as ``user_authorization_revoke``."""
        self.openid = self.text("FromUserName")
        """Of whom it is about."""
        seconds = self.number("CreateTime")
        if not 0 < seconds < _LATEST_S:
            raise EventError
        self.created_at = datetime.fromtimestamp(seconds, UTC)
        given = self.text_or_none("MsgId") or self.text_or_none("MsgID")
        self.id = given or f"{self.openid}:{seconds}:{self.kind}"
        """By which WeChat's repetitions are known: its own id, or who, when and what."""

    def rows(self) -> list[Fields]:
        """Return the objects of ``List``, which JSON has beside the other fields and XML one deeper."""
        holders = [self._fields, *(value for value in self._fields.values() if isinstance(value, dict))]
        listed: Any = next((holder["List"] for holder in holders if "List" in holder), [])
        found = listed if isinstance(listed, list) else [listed]
        rows = [Fields(row) for row in found if isinstance(row, dict)]
        if len(rows) < len(found):
            raise EventError("List")
        return rows


def read_fields(body: bytes) -> dict[str, Any]:
    """Read a body's fields, by its first sign as XML or JSON; raises EventError."""
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    fields = _from_xml(text) if text.startswith(b"<") else _from_json(text)
    if not isinstance(fields, dict):
        raise EventError
    return fields


def _from_json(text: bytes) -> Any:
    try:
        return json.loads(text.decode())
    except (ValueError, RecursionError):
        raise EventError from None


def _from_xml(text: bytes) -> Any:
    """Read elements as fields; a document type, and with it every entity of its own, is refused unread."""
    try:
        root = fromstring(text, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, LookupError):
        raise EventError from None
    return _value(root, 0)


def _value(element: Element, depth: int) -> Any:
    if not len(element):
        return (element.text or "").strip()
    if depth == _DEEPEST:
        raise EventError
    fields: dict[str, Any] = {}
    for child in element:
        value = _value(child, depth + 1)
        if child.tag not in fields:
            fields[child.tag] = value
        elif isinstance(fields[child.tag], list):
            fields[child.tag].append(value)
        else:
            fields[child.tag] = [fields[child.tag], value]
    return fields
