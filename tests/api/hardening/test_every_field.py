"""Every field that the description names, against what it must refuse."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.api.http.fields import NIL_ID
from tests import cast
from tests.api.contract_samples import Sample, described, sample_of
from tests.architecture.sources import ROOT
from tests.client import Answer, Client
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage
from tests.snapshot import stored

EACH_ALONE = "/v1/drafts"
"""Its records are answered each for itself, below a result."""
DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
Way = tuple[str, ...]
ITEM = "[]"
"""Stands for the items of a list."""
_NO_NUMBERS = {
    "NaN": 400,
    "Infinity": 400,
    "-Infinity": 400,
    "1e400": 400,
    "-1e400": 400,
    "-0": 400,
    "-0.0": 400,
    "9007199254740993": 400,
    "-9007199254740993": 400,
    '"7"': 422,
    "true": 422,
    "[]": 422,
    "{}": 422,
    "[7]": 422,
    "1e300": 422,
}


def schema(part: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    while "$ref" in part:
        part = DOCUMENT["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part


def parts(part: dict[str, Any], way: Way = ()) -> Iterator[tuple[Way, dict[str, Any]]]:
    """Give each part of a schema with the way to it."""
    part = schema(part)
    yield way, part
    for choice in (*part.get("anyOf", []), *part.get("allOf", []), *part.get("oneOf", [])):
        yield from parts(choice, way)
    for name, inner in part.get("properties", {}).items():
        yield from parts(inner, (*way, name))
    if "items" in part:
        yield from parts(part["items"], (*way, ITEM))


def types(part: dict[str, Any]) -> set[str]:
    found = part.get("type", [])
    return {found} if isinstance(found, str) else set(found)


BODIES = [
    (method.upper(), path, media["schema"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method in {"put", "post", "delete", "patch"}
    for kind, media in operation.get("requestBody", {}).get("content", {}).items()
    if kind == "application/json"
]
NUMBERS = [
    (method, path, numbers)
    for method, path, body in BODIES
    if (
        numbers := [
            (way, part)
            for way, part in parts(body)
            if types(part) & {"integer", "number"} and ITEM not in way
        ]
    )
]
IDS = [
    (method, path, ways)
    for method, path, body in BODIES
    if (ways := list(dict.fromkeys(way for way, part in parts(body) if part.get("format") == "uuid")))
]


DAYS = [
    (method, path, days)
    for method, path, body in BODIES
    if (
        days := [
            (way, part["format"]) for way, part in parts(body) if part.get("format") in {"date", "date-time"}
        ]
    )
]
NO_DAYS = {
    "date": ("0001-01-01", "1849-12-31", "2200-01-01", "9999-12-31"),
    "date-time": (
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
    ),
}
"""Those at the ends of the calendar have no other offset; around the others nothing happens here."""


class Sender:
    """Sends a right request of a route but for one piece."""

    def __init__(self, app: Flask, session: Session, method: str, path: str) -> None:
        """Prepare the route's records."""
        self.sample = _sample(app, session, method, path)
        self._app = app
        self._client = Client(app, cast.person(self.sample.who) if self.sample.who else None)
        self._method, self._path = method, path.format(**self.sample.path)

    def send_instead(self, who: str, body: dict[str, Any]) -> None:
        """Let somebody of the cast send another right body."""
        self._client = Client(self._app, cast.person(who))
        self.sample = replace(self.sample, who=who, body=body)

    def send_all(self) -> Answer:
        """Send the right request."""
        return self._client.open(self._path, self._method, json=self.sample.body)

    def send(self, way: Way, piece: str) -> Answer:
        """Send it with this piece of JSON at the way's end."""
        body = json.loads(json.dumps(self.sample.body))
        holder = body
        for name, inner in pairwise(way):
            if name != ITEM:
                holder[name] = holder.get(name) or ([{}] if inner == ITEM else dict(_HERE))
            holder = holder[0 if name == ITEM else name]
        holder[0 if way[-1] == ITEM else way[-1]] = "HERE IT GOES"
        text = json.dumps(body).replace('"HERE IT GOES"', piece)
        return self._client.open(self._path, self._method, data=text, content_type="application/json")


def _sample(app: Flask, session: Session, method: str, path: str) -> Sample:
    """Give a right request; of what waits for WeChat, which is off here, what would be right."""
    line = next(one for one in LINES if one.method == method and described(one.rule) == path)
    if set(line.allowed.values()) != {503}:
        return sample_of(app, session, method, path)
    call = line.call(Stage(session))
    _, values = app.url_map.bind("localhost").match(call.path, method)
    path_values = {name: str(value) for name, value in values.items()}
    return Sample("resident", path_values, body=call.options["json"])


_HERE = {"lng": 114.4826, "lat": 29.6063, "accuracy_m": 20, "datum": "wgs84"}


def test_the_search_finds_ids() -> None:
    ways = {way for _, _, found in IDS for way in found}

    assert ways >= {("step_id",), ("id",), ("photo_ids", ITEM), ("answers", ITEM, "item_id")}


def test_the_search_finds_numbers() -> None:
    assert {way[-1] for _, _, numbers in NUMBERS for way, _ in numbers} >= {
        "lng",
        "lat",
        "accuracy_m",
        "points",
        "price",
        "quantity",
    }


@pytest.mark.parametrize(
    "method, path, numbers", NUMBERS, ids=[f"{method} {path}" for method, path, _ in NUMBERS]
)
def test_a_number_that_is_none_is_refused(
    app: Flask,
    session: Session,
    connection: Connection,
    method: str,
    path: str,
    numbers: list[tuple[Way, dict[str, Any]]],
) -> None:
    """S-120, S-119: on every numeric field: no number, too large, another type, out of bounds."""
    sender = Sender(app, session, method, path)
    before = stored(connection)

    for way, part in numbers:
        wrong = dict(_NO_NUMBERS)
        if "integer" in types(part):
            wrong |= {"1.5": 422}
        bounds = (("minimum", -1), ("maximum", 1))
        wrong |= {str(part[name] + step): 422 for name, step in bounds if name in part}
        for piece, status in wrong.items():
            answer = sender.send(way, piece)
            assert (answer.status_code, way, piece) == (status, way, piece), answer.text
            assert way[-1] in answer.text or "lng" in answer.text, answer.text
    assert stored(connection) == before


@pytest.mark.parametrize("method, path, ways", IDS, ids=[f"{method} {path}" for method, path, _ in IDS])
def test_the_id_of_zeros_only_is_nobodys(
    app: Flask, session: Session, connection: Connection, method: str, path: str, ways: list[Way]
) -> None:
    """S-119: neither of a thing that is made, nor of one that is named."""
    sender = Sender(app, session, method, path)
    before = stored(connection)

    for way in ways:
        answer = sender.send(way, f'"{UUID(int=0)}"')
        status, refusal, below = answer.status_code, answer.json, way
        if path == EACH_ALONE:
            (result,) = refusal["results"]
            status, refusal, below = result["status"], result["problem"], way[2:]
        assert (status, way) == (422, way), answer.text
        errors = refusal["errors"]
        for name in below:
            errors = errors["0" if name == ITEM else name]
        assert errors == [NIL_ID]
    assert stored(connection) == before


@pytest.mark.parametrize("method, path, days", DAYS, ids=[f"{method} {path}" for method, path, _ in DAYS])
def test_a_day_or_moment_beyond_all_sense_is_refused(
    app: Flask,
    session: Session,
    connection: Connection,
    method: str,
    path: str,
    days: list[tuple[Way, str]],
) -> None:
    """S-119: on every field of a date or a time."""
    sender = Sender(app, session, method, path)
    before = stored(connection)

    for way, form in days:
        for wrong in NO_DAYS[form]:
            answer = sender.send(way, f'"{wrong}"')
            assert (answer.status_code, way, wrong) == (422, way, wrong), answer.text
            assert way[-1] in answer.text
    assert stored(connection) == before


@pytest.mark.parametrize("method, path, body", BODIES, ids=[f"{method} {path}" for method, path, _ in BODIES])
def test_a_field_that_is_not_described_is_refused(
    app: Flask, session: Session, connection: Connection, method: str, path: str, body: dict[str, Any]
) -> None:
    """S-119: unknown fields 422, at the top of every body, whatever they are called."""
    sender = Sender(app, session, method, path)
    before = stored(connection)

    for name in ("castle", "id", "role", "balance", "created_by", "__proto__", "constructor"):
        if name not in schema(body).get("properties", {}):
            answer = sender.send((name,), "1")
            assert (answer.status_code, list(answer.json["errors"])) == (422, [name]), answer.text
    assert stored(connection) == before


def test_every_text_and_list_has_a_bound() -> None:
    """S-119: strings and arrays have a maximum, or a form that bounds them."""
    endless = [
        f"{method} {path} {'.'.join(way)}"
        for method, path, body in BODIES
        for way, part in parts(body)
        if ("string" in types(part) and not {"maxLength", "format", "enum", "pattern"} & part.keys())
        or ("array" in types(part) and "maxItems" not in part)
    ]

    assert endless == []
