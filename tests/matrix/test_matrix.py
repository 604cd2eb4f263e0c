"""Every route stands in the matrix, and the matrix holds for every role, inside and outside."""

import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.api.allow import PUBLIC
from app.identity import Permission
from tests import cast
from tests.client import Answer, Client
from tests.matrix.lines import ANYBODY, ROLES, Line
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage

_UNTOUCHED = {"/docs", "/openapi.json", "/static"}
"""The documentation pages, which production does not serve, and style sheets."""


def _id(line: Line) -> str:
    return line.name


def _answer(app: Flask, session: Session, line: Line, name: str | None, *, far: bool = False) -> Answer:
    call = line.call(Stage(session, far=far))
    session.commit()
    client = Client(app, cast.person(name) if name else None)
    return client.open(call.path, line.method, **call.options)


def _code(answer: Answer) -> str:
    return str(json.loads(answer.text)["code"])


def test_every_route_is_declared_once(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in {"HEAD", "OPTIONS"} and not any(rule.rule.startswith(path) for path in _UNTOUCHED)
    }
    declared = [(line.method, line.rule) for line in LINES]

    assert routes == set(declared)
    assert len(declared) == len(set(declared))


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not any(rule.rule.startswith(path) for path in _UNTOUCHED)
        and not _is_permission(getattr(app.view_functions[rule.endpoint], "permission", None))
    ]

    assert silent == []


def _is_permission(value: object) -> bool:
    return value == PUBLIC or isinstance(value, Permission)


@pytest.mark.parametrize("line", LINES, ids=_id)
def test_a_visitor_must_sign_in_unless_the_route_is_public(app: Flask, session: Session, line: Line) -> None:
    answer = _answer(app, session, line, None)

    if ANYBODY in line.allowed:
        assert answer.status_code == line.allowed[ANYBODY], answer.text
    else:
        assert (answer.status_code, _code(answer)) == (401, "sign_in_needed")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("line", LINES, ids=_id)
def test_inside_the_scope_a_role_may_exactly_what_is_declared(
    app: Flask, session: Session, line: Line, role: str
) -> None:
    answer = _answer(app, session, line, role)

    expected = line.allowed.get(role, line.allowed.get(ANYBODY))
    if expected is None:
        assert (answer.status_code, _code(answer)) == (403, "forbidden"), answer.text
    else:
        assert answer.status_code == expected, answer.text
        if expected == 403:
            assert _code(answer) != "forbidden", "the function is his, only this thing is not"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("line", LINES, ids=_id)
def test_outside_the_scope_a_thing_reads_as_not_there(
    app: Flask, session: Session, line: Line, role: str
) -> None:
    if ANYBODY in line.allowed or role not in line.allowed:
        answer = _answer(app, session, line, f"far_{role}")
        assert answer.status_code in {403, 404, line.allowed.get(ANYBODY)}, answer.text
        return
    answer = _answer(app, session, line, f"far_{role}")

    assert answer.status_code == line.outside, answer.text
    if line.outside == 404:
        assert _code(answer) == "not_found"


@pytest.mark.parametrize("line", [line for line in LINES if "resident" in line.allowed], ids=_id)
def test_another_households_resident(app: Flask, session: Session, line: Line) -> None:
    expected = line.outside if line.foreign_resident is None else line.foreign_resident
    answer = _answer(app, session, line, "neighbour")

    assert answer.status_code == expected, answer.text
