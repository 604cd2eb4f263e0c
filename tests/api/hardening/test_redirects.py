"""Where answers send a browser: never to where the request says."""

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask, Response
from sqlalchemy.orm import Session

from tests.client import Answer, Client
from tests.matrix.lines import Line
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage

TRICKS = (
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "%2F%2Fevil.example",
    "%252F%252Fevil.example",
    "%5Cevil.example",
    "/%09/evil.example",
    "\t//evil.example",
    "%0d%0aLocation:%20https://evil.example",
    "\r\nLocation: https://evil.example",
    "http://localhost@evil.example",
    "http://localhost:x@evil.example/",
    "http://localhost.evil.example",
    "http://localhost:8001/evil",
    "//localhost:8001/evil",
    "javascript:alert('evil')",
    "data:text/html,evil",
    "／／evil.example",
    "http://evil。example",
)
NAMES = (
    "next",
    "url",
    "to",
    "back",
    "goto",
    "return",
    "return_to",
    "return_url",
    "redirect",
    "redirect_uri",
    "redirect_url",
    "continue",
    "dest",
    "callback",
    "target",
    "state",
    "code",
)
HEADERS = (
    "Referer",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Prefix",
    "X-Original-URL",
    "X-Rewrite-URL",
    "Forwarded",
)
_READ = [line for line in LINES if line.method == "GET"]
_REFRESH = '<meta http-equiv="Refresh" content="0;url=https://evil.example">'
_BUILT_IN = ["/", "/docs", "/docs/"]


def _targets(answer: Answer) -> Iterator[str]:
    """Give what a browser would follow by itself."""
    for name in ("Location", "Refresh", "Link", "Content-Location"):
        yield from answer.headers.getlist(name)
    if answer.mimetype == "text/html":
        yield from (
            part for part in answer.text.split("<meta ") if "refresh" in part.partition(">")[0].lower()
        )


def _led_astray(answer: Answer) -> list[str]:
    return [target for target in _targets(answer) if "evil" in target or ":8001" in target]


def test_the_measure_can_fail() -> None:
    """S-133: a view that believes its parameter is found, by header and by page."""
    for headers, page in (({"Location": "//evil.example"}, ""), ({}, _REFRESH)):
        believing = Flask("believing")
        believing.add_url_rule("/", "led", partial(Response, page, headers=headers))
        assert len(_led_astray(Client(believing, None).get("/"))) == 1


@pytest.mark.parametrize("line", _READ, ids=lambda line: line.name)
def test_no_parameter_says_where_to_go_on(app: Flask, session: Session, line: Line) -> None:
    """S-133: every name such a parameter has elsewhere, with every trick, on every page and route."""
    call = line.call(Stage(session))
    session.commit()
    visitor, path = Client(app, None), call.path.partition("?")[0]

    for trick in TRICKS:
        answer = visitor.get(path, query_string=dict.fromkeys(NAMES, trick))
        assert (_led_astray(answer), answer.status_code < 500 or answer.status_code == 503) == ([], True), (
            trick
        )


@pytest.mark.parametrize("path", [*_BUILT_IN, "/v1//me", "/v1/me/", "/q/x/reports", "/v1/oauth/wechat/start"])
def test_no_header_says_where_to_go_on(app: Flask, visitor: Client, path: str) -> None:
    """S-133: nor do the headers that proxies and browsers send."""
    assert app.view_functions
    plain = visitor.get(path)

    for trick in TRICKS:
        if not set(trick) & set("\r\n\t") and trick.isascii():
            answer = visitor.get(path, headers=dict.fromkeys(HEADERS, trick))
            assert (answer.status_code, list(_targets(answer))) == (plain.status_code, list(_targets(plain)))


@pytest.mark.parametrize("trick", TRICKS)
def test_no_path_leads_away(visitor: Client, trick: str) -> None:
    """S-133: an address that is put right, with one slash fewer or more, stays on our host."""
    for path in (trick, f"/{trick}", f"/{trick}/..", f"/v1/{trick}", f"/docs/{trick}", f"/q/{trick}/reports"):
        sent = path.encode().decode("latin-1")  # as WSGI hands on bytes
        raw = {"PATH_INFO": sent, "REQUEST_URI": sent}
        answer = visitor.open("/", "GET", environ_overrides=raw)
        for target in answer.headers.getlist("Location"):
            ours = (
                target.removeprefix("http://localhost") if target.startswith("http://localhost/") else target
            )
            assert ours.startswith("/"), (path, target)
            assert not ours.startswith(("//", "/\\")), (path, target)
            assert not set(target) & set("\r\n\t\\"), (path, target)
