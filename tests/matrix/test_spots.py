"""The matrix further out: another grid, another community of the county."""

import json

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.cast import NEXT, person
from tests.client import Answer, Client
from tests.matrix.lines import ANYBODY, ROLES, Call, Line
from tests.matrix.routes import LINES
from tests.matrix.spot import INSIDE, OTHER_GRID, Spot
from tests.matrix.stage import Stage
from tests.snapshot import stored

_GUARDED = [line for line in LINES if ANYBODY not in line.allowed]
_OF_THE_COUNTY = {
    "GET /v1/checklists/<uuid:checklist_id>",
    "GET /v1/checklists/<uuid:checklist_id>/changes",
    "GET /v1/checklists/<uuid:checklist_id>/workbook",
}
"""Published by the county for all of it: nobody of the county is outside."""
_OF_THE_COMMUNITY = {"GET /v1/policy-switches", "GET /v1/policy-changes"}
"""Of a community as a whole: who works in one of its grids reads them, too."""
_OF_THE_CAST = {"POST /v1/grants/<uuid:grant_id>/end"}
"""Lines whose thing is the cast's own and stands in HOME, wherever the stage is."""


def _id(line: Line) -> str:
    return line.name


def _expected(line: Line, role: str, spot: str) -> tuple[int, str | None]:
    """Give status and, of a refusal, the code that follows from the line and the spot."""
    if role not in line.allowed:
        return 403, "forbidden"
    everywhere = _OF_THE_COUNTY | (_OF_THE_COMMUNITY if spot == OTHER_GRID else set())
    inside = role in INSIDE[spot] or line.name in everywhere
    status = line.allowed[role] if inside else line.outside
    if role == "resident" and spot == OTHER_GRID and line.foreign_resident is not None:
        status = line.foreign_resident
    return status, "not_found" if status == 404 else None


def _called(app: Flask, call: Call, line: Line, role: str) -> Answer:
    return Client(app, person(role)).open(call.path, line.method, **call.options)


def _told(answer: Answer) -> tuple[int, str | None]:
    refused = answer.status_code >= 400
    code = str(json.loads(answer.text)["code"]) if refused else None
    return answer.status_code, code if code in {"forbidden", "not_found"} else None


@pytest.mark.parametrize("spot", [OTHER_GRID, NEXT], ids=["other grid", "other community"])
@pytest.mark.parametrize("line", [line for line in _GUARDED if line.name not in _OF_THE_CAST], ids=_id)
def test_every_role_at_another_spot(
    app: Flask, connection: Connection, session: Session, line: Line, spot: str
) -> None:
    """S-29, S-30: route by role for another grid and another community of the county, each as declared."""
    call = line.call(Spot.at(Stage(session), spot))
    session.commit()
    expected = {role: _expected(line, role, spot) for role in ROLES}
    told: dict[str, tuple[int, str | None]] = {}
    before = stored(connection)
    for role in ROLES:
        if expected[role][0] >= 400:
            told[role] = _told(_called(app, call, line, role))
    assert stored(connection) == before, "refused, yet written"
    for role in ROLES:
        if expected[role][0] < 400:
            with connection.begin_nested() as again:
                told[role] = _told(_called(app, call, line, role))
                again.rollback()

    assert told == expected
