"""The matrix: reveals, guardians, consents."""

from typing import Any

from app.ids import new_id
from app.models import ConsentPurpose, Guardianship
from app.people import SHIPPED_TEXTS
from tests.matrix.lines import ANYBODY, Call, Line, with_json
from tests.matrix.stage import Stage

_CARERS = {"worker": 200, "admin": 200}
_OFFICERS = {"county": 200, "city": 200}
_TEXT = str(SHIPPED_TEXTS[ConsentPurpose.LOCATION].id)


def _reveal(stage: Stage) -> Call:
    body = {"field": "phone", "purpose": "联系家属送药"}
    return Call(f"/v1/residents/{stage.reachable_resident()}/reveal", with_json(body))


def _new_guardianship(stage: Stage) -> Call:
    body = {
        "child_id": str(stage.child()),
        "guardian_id": str(stage.resident_id),
        "relation": "grandparent",
        "proof": "户口本",
        "valid_until": "2029-12-31",
    }
    return Call(f"/v1/guardianships/{new_id()}", with_json(body))


def _guardians(stage: Stage) -> Call:
    row = stage.session.get_one(Guardianship, stage.guardianship())
    return Call(f"/v1/residents/{row.child_id}/guardianships")


def _own_consent(_: Stage) -> Call:
    return Call(f"/v1/me/consents/{new_id()}", with_json({"text_id": _TEXT, "given": True}))


def _paper(stage: Stage) -> Call:
    whose = str(stage.resident_id)
    body = {"text_id": _TEXT, "given": True, "resident_id": whose, "decided_by": whose}
    return Call(f"/v1/consents/{new_id()}", with_json(body))


def _ask(stage: Stage) -> Call:
    body = {"resident_id": str(stage.child()), "purpose": "接手探访工作", "days": 7}
    return Call(f"/v1/viewing-tickets/{new_id()}", with_json(body))


def _decide(stage: Stage) -> Call:
    return Call(f"/v1/viewing-tickets/{stage.ticket()}/decide", with_json({"approved": True}))


def _case(suffix: str = "", **options: Any) -> Any:
    return lambda stage: Call(f"/v1/harm-cases/{stage.harm_case(stage.visit()[0])}{suffix}", options)


PEOPLE = [
    Line("GET", "/v1/viewing-tickets", _CARERS | _OFFICERS, lambda _: Call("/v1/viewing-tickets"), 200),
    Line("PUT", "/v1/viewing-tickets/<uuid:ticket_id>", {"worker": 201, "admin": 201}, _ask),
    Line("POST", "/v1/viewing-tickets/<uuid:ticket_id>/decide", {"admin": 200} | _OFFICERS, _decide),
    Line("GET", "/v1/harm-cases", {"admin": 200}, lambda _: Call("/v1/harm-cases"), 200),
    Line("GET", "/v1/harm-cases/<uuid:case_id>", {"admin": 200}, _case()),
    Line(
        "POST",
        "/v1/harm-cases/<uuid:case_id>/close",
        {"admin": 200},
        _case("/close", **with_json({"result": "已报派出所"})),
    ),
    Line("POST", "/v1/residents/<uuid:resident_id>/reveal", _CARERS, _reveal),
    Line("GET", "/v1/guardianships", {"admin": 200}, lambda _: Call("/v1/guardianships"), 200),
    Line("PUT", "/v1/guardianships/<uuid:guardianship_id>", {"worker": 201, "admin": 201}, _new_guardianship),
    Line(
        "POST",
        "/v1/guardianships/<uuid:guardianship_id>/verify",
        {"admin": 200},
        lambda stage: Call(f"/v1/guardianships/{stage.guardianship()}/verify"),
    ),
    Line(
        "POST",
        "/v1/guardianships/<uuid:guardianship_id>/end",
        {"admin": 200},
        lambda stage: Call(f"/v1/guardianships/{stage.guardianship()}/end"),
    ),
    Line("GET", "/v1/residents/<uuid:resident_id>/guardianships", _CARERS, _guardians),
    Line("GET", "/v1/notice-of-privacy", {ANYBODY: 200}, lambda _: Call("/v1/notice-of-privacy")),
    Line("GET", "/v1/me/consents", {"resident": 200}, lambda _: Call("/v1/me/consents"), 200),
    Line("PUT", "/v1/me/consents/<uuid:consent_id>", {"resident": 201}, _own_consent, 201),
    Line(
        "POST",
        "/v1/me/consents/<uuid:consent_id>/withdraw",
        {"resident": 200},
        lambda stage: Call(f"/v1/me/consents/{stage.consent()}/withdraw"),
    ),
    Line(
        "GET",
        "/v1/residents/<uuid:resident_id>/consents",
        _CARERS,
        lambda stage: Call(f"/v1/residents/{stage.resident_id}/consents"),
    ),
    Line("PUT", "/v1/consents/<uuid:consent_id>", {"worker": 201, "admin": 201}, _paper),
    Line(
        "POST",
        "/v1/consents/<uuid:consent_id>/withdraw",
        _CARERS,
        lambda stage: Call(f"/v1/consents/{stage.consent()}/withdraw"),
    ),
]
