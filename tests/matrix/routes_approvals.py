"""The matrix: approvals, and what needs one."""

from collections.abc import Callable
from typing import Any

from app.ids import new_id
from app.models import ApprovalKind
from tests.import_world import XLSX, residents
from tests.matrix.lines import Call, Line, with_json, with_step
from tests.matrix.stage import Stage

_ASKER_AND_DECIDER = {"admin": 200, "county": 200, "city": 404, "security": 404}
"""Others decide on other kinds, and do not see this one."""
_DECIDER = {"admin": 403, "county": 200, "city": 404}
"""The admin asked for this one himself."""


def _new_approval(stage: Stage) -> Call:
    body = {"points_bulk": stage.batch(), "reason": "年底"}
    return Call(f"/v1/approvals/{new_id()}", with_json(body))


def _approval(verb: str = "", body: dict[str, Any] | None = None) -> Callable[[Stage], Call]:
    def call(stage: Stage) -> Call:
        return Call(f"/v1/approvals/{stage.approval()}{verb}", with_json(body) if body is not None else {})

    return call


def _adjustments(stage: Stage) -> Call:
    batch = stage.batch()
    approval_id = stage.approval(batch, is_approved=True)
    return Call("/v1/points/adjustments", with_json(batch | {"approval_id": str(approval_id)}))


def _new_export(stage: Stage) -> Call:
    export_id = new_id()
    what = stage.roster(export_id)
    approval_id = stage.approval(what, kind=ApprovalKind.ROSTER_EXPORT, is_approved=True)
    body = {name: value for name, value in what.items() if name != "id"}
    return Call(f"/v1/roster-exports/{export_id}", with_json(body | {"approval_id": str(approval_id)}))


def _export(suffix: str = "") -> Callable[[Stage], Call]:
    return lambda stage: Call(f"/v1/roster-exports/{stage.export()}{suffix}")


def _new_ledger_export(stage: Stage) -> Call:
    body = {"area_code": stage.community, "purpose": "季度台账归档"}
    return Call(f"/v1/hazard-exports/{new_id()}", with_json(body))


def _ledger_export(suffix: str = "") -> Callable[[Stage], Call]:
    return lambda stage: Call(f"/v1/hazard-exports/{stage.ledger_export()}{suffix}")


def _turn_on(stage: Stage) -> Call:
    step_id = new_id()
    what = stage.switch(step_id)
    approval_id = stage.approval(what, kind=ApprovalKind.POLICY_SWITCH, is_approved=True)
    body = {name: value for name, value in what.items() if name != "id"}
    body |= {"step_id": str(step_id), "approval_id": str(approval_id)}
    return Call("/v1/policy-switches/on", with_json(body))


def _turn_off(stage: Stage) -> Call:
    body = {"area_code": stage.community, "switch": "photo_compulsory", "reason": "汛期已过"}
    return Call("/v1/policy-switches/off", with_step(body))


def _new_import(stage: Stage) -> Call:
    sent = {"data": residents(), "content_type": XLSX}
    return Call(f"/v1/imports/{new_id()}?area_code={stage.community}", sent)


def _import(suffix: str = "", *, is_checked: bool = False, **options: Any) -> Callable[[Stage], Call]:
    def call(stage: Stage) -> Call:
        return Call(f"/v1/imports/{stage.roster_import(is_checked=is_checked)}{suffix}", options)

    return call


def _apply_import(stage: Stage) -> Call:
    return Call(f"/v1/imports/{stage.roster_import(is_checked=True)}/apply", with_step({}))


_ONE = "/v1/imports/<uuid:import_id>"
_IMPORTERS = ("admin", "system", "security")
_MINE = {"admin": 200, "system": 404, "security": 404}
IMPORTS = [
    Line(
        "GET",
        "/v1/imports/template",
        dict.fromkeys(_IMPORTERS, 200),
        lambda _: Call("/v1/imports/template"),
        200,
    ),
    Line("GET", "/v1/imports", dict.fromkeys(_IMPORTERS, 200), lambda _: Call("/v1/imports"), 200),
    Line("PUT", _ONE, dict.fromkeys(_IMPORTERS, 201), _new_import),
    Line("GET", _ONE, _MINE, _import()),
    Line("GET", f"{_ONE}/rows", _MINE, _import("/rows")),
    Line("POST", f"{_ONE}/apply", _MINE, _apply_import),
    Line("POST", f"{_ONE}/cancel", _MINE, _import("/cancel")),
]
_IN_THE_COMMUNITY = ("resident", "clerk", "lead", "worker", "admin", "county", "city")
APPROVALS = [
    Line(
        "GET",
        "/v1/approvals",
        dict.fromkeys(("admin", "county", "city", "security"), 200),
        lambda _: Call("/v1/approvals"),
        200,
    ),
    Line("PUT", "/v1/approvals/<uuid:approval_id>", {"admin": 201}, _new_approval),
    Line("GET", "/v1/approvals/<uuid:approval_id>", _ASKER_AND_DECIDER, _approval()),
    Line("POST", "/v1/approvals/<uuid:approval_id>/approve", _DECIDER, _approval("/approve", {})),
    Line("POST", "/v1/approvals/<uuid:approval_id>/refuse", _DECIDER, _approval("/refuse", {"note": "不行"})),
    Line(
        "GET",
        "/v1/policy-switches",
        dict.fromkeys(_IN_THE_COMMUNITY, 200),
        lambda stage: Call(f"/v1/policy-switches?area_code={stage.community}"),
        foreign_resident=200,
    ),
    Line(
        "GET",
        "/v1/policy-changes",
        dict.fromkeys(_IN_THE_COMMUNITY, 200),
        lambda stage: Call(f"/v1/policy-changes?area_code={stage.community}"),
        foreign_resident=200,
    ),
    Line("POST", "/v1/policy-switches/on", {"admin": 200}, _turn_on),
    Line("POST", "/v1/policy-switches/off", {"admin": 200}, _turn_off),
    Line("POST", "/v1/points/adjustments", {"admin": 200}, _adjustments),
    Line("GET", "/v1/roster-exports", {"admin": 200}, lambda _: Call("/v1/roster-exports"), 200),
    Line("PUT", "/v1/roster-exports/<uuid:export_id>", {"admin": 201}, _new_export),
    Line("GET", "/v1/roster-exports/<uuid:export_id>", {"admin": 200}, _export()),
    Line("GET", "/v1/roster-exports/<uuid:export_id>/file", {"admin": 409}, _export("/file")),
    *IMPORTS,
    Line(
        "GET",
        "/v1/hazard-exports",
        dict.fromkeys(("admin", "county", "city"), 200),
        lambda _: Call("/v1/hazard-exports"),
        200,
    ),
    Line(
        "PUT",
        "/v1/hazard-exports/<uuid:export_id>",
        dict.fromkeys(("admin", "county", "city"), 201),
        _new_ledger_export,
    ),
    Line(
        "GET",
        "/v1/hazard-exports/<uuid:export_id>",
        {"admin": 200, "county": 404, "city": 404},
        _ledger_export(),
    ),
    Line(
        "GET",
        "/v1/hazard-exports/<uuid:export_id>/file",
        {"admin": 409, "county": 404, "city": 404},
        _ledger_export("/file"),
    ),
]
