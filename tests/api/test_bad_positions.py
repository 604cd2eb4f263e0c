"""Bad positions, on every route whose description takes one: a clear refusal at the field, nothing stored."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.config import Settings
from tests import cast
from tests.api.contract_samples import sample_of
from tests.architecture.sources import ROOT
from tests.client import Answer, Client
from tests.snapshot import files, stored

_DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
_HERE = {"lng": 114.4826, "lat": 29.6063}
_PHONE = {"accuracy_m": 20, "datum": "wgs84"}
_WHOLE_BODY = ["_schema"]
_BAD = {
    "NaN": ('"lng": NaN', 400, ["lng"], "请填数字"),
    "Infinity": ('"lat": Infinity', 400, ["lat"], "请填数字"),
    "-Infinity": ('"lat": -Infinity', 400, ["lat"], "请填数字"),
    "1e400": ('"lng": 1e400', 400, ["lng"], "数字太大，请核对"),
    "swapped": ('"lng": 29.6063, "lat": 114.4826', 422, ["lng"], "经度和纬度写反了，请对调"),
    "at null island": ('"lng": 0, "lat": 0', 422, ["lng"], "位置不在中国境内，请重新定位"),
    "in quotes": ('"lng": "114.4826"', 422, ["lng"], "请填数字"),
    "unknown field": ('"altitude": 20', 422, ["altitude"], "没有这一项，请去掉"),
    "5,000 deep": (
        '"lng": ' + '{"a":' * 5000 + "1" + "}" * 5000,
        400,
        None,
        "内容套得太深，最多32层，请检查后再发",
    ),
}


def _schema(part: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    while "$ref" in part:
        part = _DOCUMENT["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part


def _positions(part: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the way to each object of a schema that has the two axes."""
    part = _schema(part)
    for choice in (*part.get("anyOf", []), *part.get("allOf", []), *part.get("oneOf", [])):
        yield from _positions(choice, path)
    fields = part.get("properties", {})
    if {"lng", "lat"} <= fields.keys():
        yield path
    for name, inner in fields.items():
        yield from _positions(inner, (*path, name))


_TAKING = [
    (method.upper(), address, way)
    for address, methods in _DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method in {"put", "post"}
    for media in operation.get("requestBody", {}).get("content", {}).values()
    for way in _positions(media["schema"])
]


def test_the_description_says_which_routes_take_a_position() -> None:
    """What takes one beside these is found by itself; this only says that the search finds at all."""
    found = {address.split("/")[2] for _, address, _ in _TAKING}

    assert found >= {"hazards", "inspections", "places", "visits"}


class Sender:
    """Sends the request of a route that is right but for its position."""

    def __init__(self, app: Flask, session: Session, method: str, address: str, way: tuple[str, ...]) -> None:
        """Prepare the route's records."""
        self._sample = sample_of(app, session, method, address)
        self._client = Client(app, cast.person(self._sample.who) if self._sample.who else None)
        self._method, self._way = method, way
        self._path = address.format(**self._sample.path)

    def send(self, changes: str = "") -> Answer:
        """Send it, the position changed by this piece of JSON; what stands twice is left out before."""
        position: dict[str, Any] = _HERE | (_PHONE if self._way else {})
        position = {name: value for name, value in position.items() if f'"{name}":' not in changes}
        body = dict(self._sample.body)
        holder = body
        for name in self._way:
            holder[name] = dict(holder.get(name) or {})
            holder = holder[name]
        holder |= {**position, "HERE": None}
        text = json.dumps(body)
        text = text.replace('"HERE": null', changes) if changes else text.replace(', "HERE": null', "")
        return self._client.open(self._path, self._method, data=text, content_type="application/json")


@pytest.fixture(params=_TAKING, ids=lambda taking: f"{taking[0]} {taking[1]}")
def sender(request: pytest.FixtureRequest, app: Flask, session: Session) -> Sender:
    """Give each route that takes a position."""
    return Sender(app, session, *request.param)


def test_a_good_position_is_taken(sender: Sender) -> None:
    assert sender.send().status_code == 201


@pytest.mark.parametrize("bad", _BAD)
def test_a_bad_position_is_refused_at_its_field(
    request: pytest.FixtureRequest, connection: Connection, settings: Settings, sender: Sender, bad: str
) -> None:
    """S-121, S-120: on every route that takes a position: finite, in China, not swapped, numbers only."""
    changes, status, field, remedy = _BAD[bad]
    way = request.node.callspec.params["sender"][2]
    before = stored(connection), files(settings.photo_dir)

    answer = sender.send(changes)

    expected: Any = [remedy]
    for name in reversed([*way, *field] if field else _WHOLE_BODY):
        expected = {name: expected}
    code = "invalid" if status == 422 else "bad_request"
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.json["errors"] == expected
    assert (stored(connection), files(settings.photo_dir)) == before
