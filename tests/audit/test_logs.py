"""What people send is neither in the log nor in the trail, and forges no line of it."""

import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.ids import new_id
from app.logs import write_json_lines
from app.models import AuditEntry
from tests import cast
from tests.client import Client
from tests.matrix.lines import ANYBODY, Line
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage

CANARIES = {
    "phone": "13912345670",
    "id number": "421224199003078419",
    "password": "canary-password-9f3c",
    "token": "canary-token-77aa1b",
    "code": "1canarycodecanarycodecanarycode.x",
    "photo": "https://gongdi.example.cn/v1/photos/canary-photo/large?seal=canary-seal",
    "position": "114.482613",
}
FORGERIES = {
    "line feed": 'x\n{"event": "forged", "level": "info"}',
    "carriage return": 'x\r\n{"event": "forged", "level": "info"}',
    "ansi": "x\x1b[2K\x1b[1A forged",
    "c1": "x\x9b2K forged",
    "rtl": "x\u202eforged",
    "line separator": "x\u2028forged\u2029\x85forged",
    "json": 'x", "event": "forged", "level": "error',
}
WRITING = [line for line in LINES if line.method in {"POST", "PUT", "DELETE"}]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Give what the process would write to standard error."""
    kept = structlog.get_config()
    stream = io.StringIO()
    write_json_lines(to=stream)
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    structlog.configure(**kept)


class Ask:
    """A route's good request, to be sent with a word in one place after the other."""

    def __init__(self, app: Flask, session: Session, line: Line) -> None:
        """Prepare what the route wants."""
        spec = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
        self.schemas = spec["components"]["schemas"]
        path = re.sub(r"<(?:[^<>]+:)?([a-z_]+)>", r"{\1}", line.rule)
        described = spec["paths"].get(path, {}).get(line.method.lower(), {}).get("requestBody", {})
        self.schema = described.get("content", {}).get("application/json", {}).get("schema", {})
        self.line, self.call = line, line.call(Stage(session))
        session.commit()
        allowed = [role for role in line.allowed if role != ANYBODY]
        self.client = Client(app, cast.person(allowed[0]) if allowed else None)

    def send(self, word: str, headers: dict[str, str] | None = None) -> int:
        """Send it with the word in each text that the API's description knows, and where none belongs."""
        bodies = list(self._bodies(word))
        for body in bodies:
            options = {
                **self.call.options,
                "headers": {**self.call.options.get("headers", {}), **(headers or {})},
            }
            if self.schema:
                options["json"] = body
            self.client.open(f"{self.call.path}?note={quote(word)}", self.line.method, **options)
            if self.schema:
                self.client.open(self.call.path, self.line.method, **options)
        return len(bodies) * (2 if self.schema else 1)

    def _bodies(self, word: str) -> Iterator[dict[str, Any]]:
        body = self.call.options.get("json") or {}
        for key, schema in self._whole(self.schema).get("properties", {}).items():
            yield {**body, key: self._filled(schema, word)}
        yield {**body, word: word}

    def _whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        one = (schema.get("allOf") or schema.get("anyOf") or schema.get("oneOf") or [schema])[0]
        return dict(self.schemas[one["$ref"].rpartition("/")[2]] if "$ref" in one else one)

    def _filled(self, schema: dict[str, Any], word: str) -> Any:
        """Give a value of a schema with the word in every text."""
        whole = self._whole(schema)
        if "properties" in whole:
            return {key: self._filled(inner, word) for key, inner in whole["properties"].items()}
        if "items" in whole:
            return [self._filled(whole["items"], word)]
        kinds = whole.get("type", "string")
        return 114.482613 if "number" in kinds else 1 if "integer" in kinds else word


@pytest.mark.parametrize("line", WRITING, ids=lambda line: line.name)
def test_nothing_that_was_sent_is_in_the_log_or_the_trail(
    app: Flask, session: Session, log: io.StringIO, line: Line
) -> None:
    """S-104: a canary through every text of every body, and through query and headers."""
    ask = Ask(app, session, line)
    sent = sum(
        ask.send(canary, {"User-Agent": canary, "X-Request-Id": canary}) for canary in CANARIES.values()
    )
    lines = [json.loads(one) for one in log.getvalue().splitlines()]
    trail = str([_but_the_purpose(one) for one in session.scalars(select(AuditEntry))])

    assert [one["event"] for one in lines].count("answered") == sent
    assert [name for name, canary in CANARIES.items() if canary in log.getvalue() + trail] == []


def _but_the_purpose(entry: AuditEntry) -> dict[str, Any]:
    """Leave out the one text that people write for the trail (S-36)."""
    facts = {name: fact for name, fact in (entry.facts or {}).items() if name != "purpose"}
    return vars(entry) | {"facts": facts}


@pytest.mark.parametrize("line", WRITING, ids=lambda line: line.name)
def test_no_line_is_forged(app: Flask, session: Session, log: io.StringIO, line: Line) -> None:
    """S-105: one line a request, each of it JSON and plain ASCII, whatever was sent where."""
    ask = Ask(app, session, line)
    sent = sum(ask.send(word) for word in FORGERIES.values())
    lines = log.getvalue().splitlines()

    assert len(lines) == sent
    assert {json.loads(one)["event"] for one in lines} == {"answered"}
    assert all(sign == "\n" or " " <= sign <= "~" for sign in log.getvalue())


@pytest.mark.parametrize("word", FORGERIES.values(), ids=FORGERIES)
def test_whatever_is_logged_stays_one_plain_line(log: io.StringIO, word: str) -> None:
    """S-105: also where a text does get into the log one day."""
    structlog.get_logger().info("something", told=word, **{word: 1})

    assert log.getvalue().count("\n") == 1
    assert all(" " <= sign <= "~" for sign in log.getvalue().rstrip("\n"))
    assert json.loads(log.getvalue())["event"] == "something"
    assert json.loads(log.getvalue())["told"] == word


def test_a_fault_is_told_without_what_it_choked_on(app: Flask, session: Session, log: io.StringIO) -> None:
    """S-104: the database quotes rows and values in its messages."""
    session.execute(text("ALTER TABLE places ADD CONSTRAINT ck_nothing CHECK (name = 'nothing') NOT VALID"))
    session.commit()
    body = {"area_code": cast.GRID, "kind": "shop", "name": CANARIES["phone"]}
    answer = Client(app, cast.person("admin")).put(f"/v1/places/{new_id()}", json=body)

    fault = next(one for one in map(json.loads, log.getvalue().splitlines()) if one["event"] == "fault")
    assert answer.status_code == 500
    assert CANARIES["phone"] not in log.getvalue() + answer.text
    assert fault["route"] == "/v1/places/<uuid:place_id>"
    assert fault["exception"][0].startswith("sqlalchemy.exc.IntegrityError")
    assert any(one.startswith("psycopg.errors.CheckViolation 23514 ck_nothing") for one in fault["exception"])
    assert "app/api/places.py" in "".join(fault["exception"])


def test_a_fault_in_hand_is_told_too(log: io.StringIO) -> None:
    """S-104: with its causes."""
    try:
        try:
            int(CANARIES["token"])
        except ValueError as error:
            raise KeyError(CANARIES["code"]) from error
    except KeyError:
        structlog.get_logger().exception("something")

    assert [one.partition("\n")[0] for one in json.loads(log.getvalue())["exception"]] == [
        "builtins.KeyError",
        "builtins.ValueError",
    ]
    assert not [value for value in CANARIES.values() if value in log.getvalue()]
    assert sys.exc_info() == (None, None, None)
