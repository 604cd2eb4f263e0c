"""A request as the fake's endpoints see it, and what they send back."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.wechat.refusals import Refusal

JSON_TYPE = "application/json; encoding=utf-8"
"""The platform's own words: not a charset, so clients must not look for one."""


@dataclass(frozen=True)
class Call:
    """One HTTP request, its body not yet judged."""

    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    raw: bytes
    tls: bool = False
    """Whether it came encrypted."""

    @property
    def path(self) -> str:
        """Return the path without the query."""
        return urlsplit(self.target).path

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the query's parameters in order."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def query(self) -> dict[str, str]:
        """Return the query's parameters by name."""
        return dict(self.pairs)

    @property
    def content_type(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> dict[str, Any]:
        """Return the JSON body; anything else is refused as the platform does, also a form."""
        if not self.raw:
            raise Refusal(44002)
        try:
            found = json.loads(self.raw)
        except ValueError:
            raise Refusal(47001) from None
        if not isinstance(found, dict):
            raise Refusal(47001)
        return found


@dataclass
class Reply:
    """An HTTP answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    errcode: int | None = None
    """For the journal."""


def json_reply(content: Any, status: int = 200) -> Reply:
    """Answer with JSON, Chinese unescaped as the platform sends it."""
    errcode = content.get("errcode") if isinstance(content, dict) else None
    return Reply(status, json.dumps(content, ensure_ascii=False).encode(), errcode=errcode)


def html_reply(text: str, status: int = 200) -> Reply:
    """Answer with a page."""
    return Reply(status, text.encode(), "text/html; charset=utf-8")


def redirect_reply(location: str, status: int = 302) -> Reply:
    """Send a browser elsewhere."""
    return Reply(status, b"", "text/html; charset=utf-8", {"Location": location})
