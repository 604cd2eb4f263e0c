"""Every parameter of every address against strings that would break out; every list's bounds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from tests import cast
from tests.api.contract_samples import Sample, described, sample_of
from tests.api.hardening.test_every_field import NO_DAYS
from tests.architecture.sources import ROOT
from tests.client import Answer, Client
from tests.matrix.lines import ANYBODY
from tests.matrix.routes import LINES
from tests.snapshot import stored

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
HOSTILE = (
    "'",
    "'; SELECT pg_sleep(9) --",
    "' OR '1'='1",
    '" OR ""="',
    "1); DROP TABLE users; --",
    "1 UNION SELECT password_hash FROM users",
    "x'||pg_sleep(9)||'",
    "$$;SELECT pg_sleep(9);$$",
    "\\'; SELECT pg_sleep(9) --",
    "%' AND pg_sleep(9) IS NULL AND '%'='",
    "%(param)s",
    "{0.__class__}",
    "${7*7}{{7*7}}",
    "../../../etc/passwd",
    "<script>alert(1)</script>",
    "\x00",
    "\ufeff\u202e\U0001f4a9",
    "9" * 400,
    "a" * 3000,
)
_IN_A_STATEMENT = ("pg_sleep", "DROP TABLE", "UNION SELECT password", "'1'='1", "/etc/passwd", "<script>")
QUERIES = [
    (path, [one["name"] for one in methods["get"]["parameters"]])
    for path, methods in DOCUMENT["paths"].items()
    if methods.get("get", {}).get("parameters")
]
DAYS = [
    (path, days)
    for path, methods in DOCUMENT["paths"].items()
    if (
        days := [
            (one["name"], one["schema"]["format"])
            for one in methods.get("get", {}).get("parameters", ())
            if one["schema"].get("format") in NO_DAYS
        ]
    )
]
LISTS = [path for path, names in QUERIES if "limit" in names]
WITH_PATHS = [line for line in LINES if "<" in line.rule]


@contextmanager
def statements(connection: Connection) -> Iterator[list[str]]:
    """Note the text of each statement, without its parameters."""
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


def _asker(app: Flask, session: Session, path: str) -> tuple[Client, str, Sample]:
    sample = sample_of(app, session, "GET", path)
    client = Client(app, cast.person(sample.who) if sample.who else None)
    return client, path.format(**sample.path), sample


def _check(answer: Answer, seen: list[str], statuses: set[int], tried: Any) -> None:
    assert answer.status_code in statuses, (tried, answer.status_code, answer.text)
    assert not [one for one in seen if any(part in one for part in _IN_A_STATEMENT)], tried


@pytest.mark.parametrize("path, names", QUERIES, ids=[path for path, _ in QUERIES])
def test_no_query_parameter_reaches_a_statements_text(
    app: Flask, session: Session, connection: Connection, path: str, names: list[str]
) -> None:
    """S-122: each is refused or a mere value: statements stay as they are, so none sleeps or writes."""
    client, address, sample = _asker(app, session, path)
    before = stored(connection)

    for name in names:
        for hostile in HOSTILE:
            with statements(connection) as seen:
                answer = client.get(address, query_string={**sample.query, name: hostile})
            _check(answer, seen, _EXPECTED.get(path, {200, 422}), (name, hostile))
    assert stored(connection) == before


@pytest.mark.parametrize("path, days", DAYS, ids=[path for path, _ in DAYS])
def test_a_day_or_moment_beyond_all_sense_is_refused(
    app: Flask, session: Session, path: str, days: list[tuple[str, str]]
) -> None:
    """S-119: on every parameter of a date or a time."""
    client, address, sample = _asker(app, session, path)

    for name, form in days:
        for wrong in NO_DAYS[form]:
            answer = client.get(address, query_string={**sample.query, name: wrong})
            assert (answer.status_code, list(answer.json["errors"])) == (422, [name]), wrong


_EXPECTED = {
    "/v1/photos/{photo_id}/{copy}": {404, 422},
    "/v1/oauth/wechat/callback": {303, 400, 403, 422, 503},
    "/v1/wechat/page-signature": {422, 503},
}


@pytest.mark.parametrize("path", LISTS)
def test_names_of_filters_and_orders_come_from_a_list(app: Flask, session: Session, path: str) -> None:
    """S-122, S-125: what is not described is refused: no sorting by names, no offset, no pages by number."""
    client, address, sample = _asker(app, session, path)

    for name in ("sort", "order_by", "fields", "offset", "page", "skip", "castle", "id;drop", "limit[]"):
        answer = client.get(address, query_string={**sample.query, name: ";drop table users"})
        assert (answer.status_code, list(answer.json["errors"])) == (422, [name])


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_pages_of_a_hundred_at_most(app: Flask, session: Session, path: str) -> None:
    """S-125: on every list route: a limit, a cursor, and nothing beyond a hundred rows."""
    client, address, sample = _asker(app, session, path)

    for limit in ("101", "1e9", "1000000000", "0", "-1", "all", ""):
        answer = client.get(address, query_string={**sample.query, "limit": limit})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["limit"]), limit
    answer = client.get(address, query_string={**sample.query, "limit": "100"})
    assert answer.status_code == 200
    assert {"items", "next_cursor"} <= set(answer.json)


_OF_PAGES = {"q": 303, "invite": 410}
"""What pages answer besides: the way back to the form, an invitation that is over."""


@pytest.mark.parametrize("line", WITH_PATHS, ids=lambda line: line.name)
def test_no_part_of_an_address_reaches_a_statement(app: Flask, connection: Connection, line: Any) -> None:
    """S-122: what is no id is not there."""
    role = next((role for role in ("admin", "system", "worker") if role in line.allowed), "admin")
    client = Client(app, None if ANYBODY in line.allowed else cast.person(role))
    names = [part.partition("}")[0] for part in described(line.rule).split("{")[1:]]

    for name in names:
        for hostile in HOSTILE:
            values = {one: str(uuid4()) for one in names} | {name: quote(hostile, safe="")}
            with statements(connection) as seen:
                answer = client.open(described(line.rule).format(**values), line.method)
            _check(answer, seen, {404, 405, _OF_PAGES.get(line.rule.split("/")[1], 308)}, (name, hostile))
