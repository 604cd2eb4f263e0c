"""The matrix once more, on things that are over: closed, ended, revoked, or frozen for the auditor."""

import json

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.cast import person
from tests.client import Answer, Client
from tests.matrix.lines import ANYBODY, ROLES, Call, Line
from tests.matrix.over import Case
from tests.matrix.over_cases import CASES, NEVER_OVER
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage
from tests.snapshot import stored

_LINES = {line.name: line for line in LINES}
_ABROAD = {"forbidden", "not_found"}


def _id(case: Case) -> str:
    return f"{case.name} {case.state}"


def _called(app: Flask, call: Call, line: Line, who: str | None) -> Answer:
    return Client(app, person(who) if who else None).open(call.path, line.method, **call.options)


def _code(answer: Answer) -> str | None:
    return str(json.loads(answer.text)["code"]) if answer.status_code >= 400 else None


def test_every_line_that_names_a_thing_is_walked_or_has_a_reason() -> None:
    """S-29: a new route with an id says what it answers of a thing that is over, or why none can be."""
    naming = {line.name for line in LINES if "<" in line.rule}
    walked = {case.name for case in CASES}

    assert walked | set(NEVER_OVER) == naming
    assert walked & set(NEVER_OVER) == set()
    assert len({_id(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_what_is_over(app: Flask, connection: Connection, session: Session, case: Case) -> None:
    """S-29, S-79: each role is answered as declared; who may not ask learns and changes nothing."""
    line = _LINES[case.name]
    with app.app_context():
        call = case.prepared(line, Stage(session))
    session.commit()
    before = stored(connection)
    told: dict[str, int] = {}
    expected = case.expected(line)
    visitor = ANYBODY in line.allowed
    for role in (ANYBODY,) if visitor else ROLES:
        with connection.begin_nested() as again:
            answer = _called(app, call, line, None if visitor else role)
            told[role] = answer.status_code
            if role not in line.allowed:
                assert _code(answer) == "forbidden", answer.text
            if case.writes and answer.status_code < 400:
                again.rollback()
        if line.outside == 404 and role in line.allowed and not visitor:
            assert _code(_called(app, call, line, f"far_{role}")) in _ABROAD

    assert told == {role: expected[role] for role in told}
    assert stored(connection) == before
