"""The matrix further out: another grid, another community of the county, and things that are over."""

import json

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from tests.cast import NEXT, person
from tests.client import Answer, Client
from tests.matrix.lines import ANYBODY, ROLES, Call, Line
from tests.matrix.routes import LINES
from tests.matrix.spot import INSIDE, OTHER_GRID, Spot
from tests.matrix.stage import Stage
from tests.snapshot import stored

_GUARDED = [line for line in LINES if ANYBODY not in line.allowed]
_OF_THE_COUNTY = {"GET /v1/checklists/<uuid:checklist_id>"}
"""Published by the county for all of it: nobody of the county is outside."""
_OF_THE_CAST = {"POST /v1/grants/<uuid:grant_id>/end"}
"""Lines whose thing is the cast's own and stands in HOME, wherever the stage is."""
_OVER = {
    "hazards": "UPDATE hazards SET status = 'closed'",
    "claims": "UPDATE claims SET status = 'withdrawn'",
    "redemptions": "UPDATE redemptions SET status = 'cancelled'",
    "bindings": "UPDATE bindings SET ended_at = now(), end_reason = 'mistake'",
    "binding-requests": "UPDATE binding_requests SET state = 'withdrawn', decided_at = now()",
    "approvals": "UPDATE approvals SET state = 'refused', decided_by = (SELECT id FROM users WHERE name = "
    "'far_county'), decided_at = now()",
    "viewing-tickets": "UPDATE viewing_tickets SET approved = false, decided_at = now(), "
    "decided_by = user_id",
    "harm-cases": "UPDATE harm_cases SET closed_at = now(), closed_by = opened_by",
    "follow-ups": "UPDATE follow_ups SET done_at = now(), done_by = owner_id",
    "guardianships": "UPDATE guardianships SET ended_at = now(), ended_by = recorded_by",
    "care-records": "UPDATE care_records SET ended_on = CURRENT_DATE - 2",
    "corrections": "UPDATE corrections SET state = 'withdrawn', wanted_sealed = NULL, decided_at = now()",
    "proxies": "UPDATE proxies SET state = 'ended', ended_at = now(), end_reason = 'admin', "
    "ended_by = asked_by",
    "consents": "UPDATE consents SET withdrawn_at = now(), withdrawn_by = recorded_by",
}
"""How a thing of each kind is over for good."""
_ENDED_AGAIN = {
    "POST /v1/guardianships/<uuid:guardianship_id>/end",
    "POST /v1/consents/<uuid:consent_id>/withdraw",
    "POST /v1/me/consents/<uuid:consent_id>/withdraw",
    "POST /v1/proxies/<uuid:proxy_id>/end",
    "POST /v1/me/proxies/<uuid:proxy_id>/end",
    "POST /v1/me/corrections/<uuid:correction_id>/withdraw",
    "POST /v1/me/binding-requests/<uuid:request_id>/withdraw",
}
"""Ends what is over already: answered as done, and nothing is written."""


def _kind(line: Line) -> str:
    """Name the kind of thing that a step is about: what stands before its id."""
    before, _, _ = line.rule.removeprefix("/v1/").removeprefix("me/").partition("/<uuid:")
    return before


_STEPS = [line for line in LINES if line.method == "POST" and "/<uuid:" in line.rule and _kind(line) in _OVER]


def _id(line: Line) -> str:
    return line.name


def _expected(line: Line, role: str, spot: str) -> tuple[int, str | None]:
    """Give status and, of a refusal, the code that follows from the line and the spot."""
    if role not in line.allowed:
        return 403, "forbidden"
    inside = role in INSIDE[spot] or line.name in _OF_THE_COUNTY
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


@pytest.mark.parametrize("line", _STEPS, ids=_id)
def test_what_is_over_stays_as_it_is(
    app: Flask, connection: Connection, session: Session, line: Line
) -> None:
    """S-29: no role takes a step on a closed thing, and who may not take it at all learns nothing of it."""
    call = line.call(Stage(session))
    session.flush()
    session.execute(text(_OVER[_kind(line)]))
    session.commit()
    before = stored(connection)

    for role in ROLES:
        answer = _called(app, call, line, role)
        if role not in line.allowed:
            assert _told(answer) == (403, "forbidden"), answer.text
        else:
            done = 200 if line.name in _ENDED_AGAIN else 409
            assert answer.status_code in {403, 404, done}, answer.text
            if line.allowed[role] < 400:
                assert answer.status_code == done, answer.text
        assert _told(_called(app, call, line, f"far_{role}"))[1] in {"forbidden", "not_found"}
    assert stored(connection) == before
