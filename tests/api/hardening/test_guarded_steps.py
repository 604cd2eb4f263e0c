"""Which steps ask for a fresh proof of the person, each of them tried with one that is too old."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import SignIn
from tests import cast
from tests.client import Client
from tests.matrix.lines import Line
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage
from tests.snapshot import stored

SENSITIVE = {
    "unmasking": {
        "POST /v1/residents/<uuid:resident_id>/reveal",
        "GET /v1/corrections/<uuid:correction_id>",
        "POST /v1/places/<uuid:place_id>/binding-code-sheet",
        "GET /v1/closings/<uuid:closing_id>/frozen",
    },
    "taking data out or away": {
        "PUT /v1/me/copies/<uuid:copy_id>",
        "GET /v1/me/copies/<uuid:copy_id>/file",
        "PUT /v1/me/closings/<uuid:closing_id>",
        "PUT /v1/roster-exports/<uuid:export_id>",
        "GET /v1/roster-exports/<uuid:export_id>/file",
        "POST /v1/imports/<uuid:import_id>/apply",
        "PUT /v1/hazard-exports/<uuid:export_id>",
        "GET /v1/hazard-exports/<uuid:export_id>/file",
        "POST /v1/corrections/<uuid:correction_id>/approve",
        "POST /v1/deletions/<uuid:deletion_id>/approve",
    },
    "roles and accounts": {
        "PUT /v1/grants/<uuid:grant_id>",
        "POST /v1/grants/<uuid:grant_id>/end",
        "PUT /v1/invitations/<uuid:invitation_id>",
        "POST /v1/users/<uuid:user_id>/disable",
        "POST /v1/users/<uuid:user_id>/enable",
        "POST /v1/users/<uuid:user_id>/second-factor/reset",
        "POST /v1/approvals/<uuid:approval_id>/approve",
        "POST /v1/approvals/<uuid:approval_id>/refuse",
    },
    "what a resident is known by": {"PUT /v1/residents/<uuid:resident_id>/numbers"},
    "who is who, and who acts or reads for whom": {
        "POST /v1/residents/<uuid:resident_id>/sign-in-codes",
        "POST /v1/me/bindings/<uuid:binding_id>/end",
        "POST /v1/binding-requests/<uuid:request_id>/approve",
        "POST /v1/guardianships/<uuid:guardianship_id>/verify",
        "POST /v1/proxies/<uuid:proxy_id>/confirm",
        "POST /v1/me/proxies/<uuid:proxy_id>/confirm",
        "POST /v1/viewing-tickets/<uuid:ticket_id>/decide",
    },
    "what is asked of everybody": {"POST /v1/policy-switches/on"},
    "points": {"POST /v1/points/adjustments"},
    "ways to sign in": {"POST /v1/me/totp", "POST /v1/me/totp/confirm", "POST /v1/me/wechat"},
}
"""By what is at stake. Another phone by WeChat asks only where one is replaced, and has its own test."""
_NAMES = set[str]().union(*SENSITIVE.values())


@pytest.mark.parametrize("line", [one for one in LINES if one.name in _NAMES], ids=lambda line: line.name)
def test_a_proof_that_is_too_old_opens_no_sensitive_step(app: Flask, session: Session, line: Line) -> None:
    """S-14: 403 ``reauth_required`` for every role that may take the step, and nothing is done."""
    call = line.call(Stage(session))
    session.execute(update(SignIn).values(checked_at=now() - timedelta(minutes=5, seconds=1)))
    session.commit()
    before = stored(session.connection())

    for role in line.allowed:
        answer = Client(app, cast.person(role)).open(call.path, line.method, **call.options)
        assert (role, answer.status_code, answer.json["code"]) == (role, 403, "reauth_required")
    assert stored(session.connection()) == before


def test_the_steps_are_these_and_no_others(app: Flask) -> None:
    """S-14: one that is added or taken away must be named here."""
    guarded = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if getattr(app.view_functions[rule.endpoint], "checked", False)
    }

    assert guarded == _NAMES == {line.name for line in LINES} & _NAMES
