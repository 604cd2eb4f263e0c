"""The header that names a resident, on every route: taken where a proxy may act, refused elsewhere."""

import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.identity import TAKEN_FOR_ANOTHER
from tests.cast import person
from tests.client import Answer, Client
from tests.matrix.lines import Line
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage
from tests.snapshot import stored


def _is_taken(app: Flask, line: Line) -> bool:
    """Say whether the product takes the header there."""
    rules = [one for one in app.url_map.iter_rules() if one.rule == line.rule]
    rule = next(one for one in rules if line.method in (one.methods or ()))
    return getattr(app.view_functions[rule.endpoint], "permission", None) in TAKEN_FOR_ANOTHER


def _call(app: Flask, session: Session, line: Line, stage: Stage, who: str) -> Answer:
    """Call in the name of the stage's resident; whatever is refused must have written nothing."""
    call = line.call(stage)
    session.commit()
    before = stored(session.connection())
    options = dict(call.options)
    options["headers"] = {**options.get("headers", {}), "Gongdi-For": str(stage.resident_id)}
    answer = Client(app, person(who)).open(call.path, line.method, **options)
    if answer.status_code >= 400:
        assert stored(session.connection()) == before
    return answer


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_without_a_proxy_nobody_acts(app: Flask, session: Session, line: Line) -> None:
    """S-30, S-41: staff of the area do not act for its people either; elsewhere the header is refused."""
    answer = _call(app, session, line, Stage(session), "admin")
    expected = (404, "not_found") if _is_taken(app, line) else (422, "acting_not_taken")

    assert (answer.status_code, json.loads(answer.text)["code"]) == expected


HIS_ALONE = {
    "POST /v1/hazards/<uuid:hazard_id>/rate": 404,
    "POST /v1/hazards/<uuid:hazard_id>/take-over": 403,
}
"""What only whoever reported it says of a report: who acts for the resident did not, and is refused."""


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_with_one_he_may_what_the_resident_may_and_no_more(app: Flask, session: Session, line: Line) -> None:
    """S-34, S-41: a clerk's own functions are gone while he acts, and so is all that no proxy gives."""
    stage = Stage(session)
    stage.proxy("clerk", is_confirmed=True)
    answer = _call(app, session, line, stage, "clerk")

    if _is_taken(app, line):
        expected = HIS_ALONE.get(line.name, line.allowed.get("resident", 403))
        assert answer.status_code == expected, answer.text
    else:
        assert json.loads(answer.text)["code"] == "acting_not_taken"


def test_most_of_what_a_resident_does_for_points_is_taken(app: Flask) -> None:
    taken = {line.name for line in LINES if _is_taken(app, line)}

    assert {
        "GET /v1/points/account",
        "GET /v1/points/entries",
        "PUT /v1/claims/<uuid:claim_id>",
        "PUT /v1/redemptions/<uuid:redemption_id>",
        "PUT /v1/hazards/<uuid:hazard_id>",
    } <= taken
    his_own = {name for name in taken if name.startswith(("POST /v1/me", "PUT /v1/me", "POST /v1/proxies"))}
    assert his_own == {"POST /v1/me/visits/<uuid:visit_id>/answer"}
