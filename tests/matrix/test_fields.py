"""Which fields each role gets from each GET route: a new one shows up in review, in fields.json.

To write the file anew: GONGDI_WRITE_FIELDS=1 python -m pytest tests/matrix/test_fields.py
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import now
from app.identity import sealed_phone
from app.models import ClaimStatus, HazardStatus, PhotoOwner, User
from tests.cast import named, person
from tests.client import Answer, Client
from tests.matrix.lines import ANYBODY, ROLES, Line
from tests.matrix.people_rows import ID_NUMBER, PHONE
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage
from tests.own_data_world import write_copy
from tests.sealer import SEALER

_KEPT = Path(__file__).with_name("fields.json")
_STAFF_PHONE = "13900005678"
_ROWS: dict[str, Callable[[Stage], object]] = {
    "/v1/approvals": Stage.approval,
    "/v1/binding-requests": Stage.binding_request,
    "/v1/bindings": Stage.binding,
    "/v1/corrections": Stage.correction,
    "/v1/closings": Stage.closing,
    "/v1/me/closings": lambda stage: stage.closing("resident"),
    "/v1/me/corrections": lambda stage: stage.correction("resident"),
    "/v1/deletions": Stage.deletion,
    "/v1/me/deletions": lambda stage: stage.deletion("resident"),
    "/v1/me/binding-requests": Stage.binding_request,
    "/v1/care-records": Stage.visit,
    "/v1/escape-helps": Stage.escape_help,
    "/v1/me/employments": Stage.employment,
    "/v1/employments/due": lambda stage: stage.young_worker(months_ago=1),
    "/v1/employments/homes": Stage.young_worker,
    "/v1/answered-visits": Stage.answered_visit,
    "/v1/weather-alerts": Stage.weather_alert,
    "/v1/checklists": Stage.checklist,
    "/v1/checklist-drafts": Stage.checklist_draft,
    "/v1/harm-cases": lambda stage: stage.harm_case(stage.visit()[0]),
    "/v1/inspections": Stage.inspection,
    "/v1/viewing-tickets": Stage.ticket,
    "/v1/visit-forms": Stage.visit_form,
    "/v1/follow-ups": Stage.visit,
    "/v1/photo-matches": Stage.match,
    "/v1/redemptions": Stage.redemption,
    "/v1/roster-exports": Stage.export,
    "/v1/hazard-exports": Stage.ledger_export,
}
"""What lists show whose lines write no row; the lines of single records write their own."""


def _populate(session: Session, role: str) -> Stage:
    """Write a row of each kind, so that no list is empty."""
    stage = Stage(session)
    stage.reachable_resident()
    worker = session.get_one(User, stage.user("worker"))
    for name, value in sealed_phone(SEALER, worker.id, _STAFF_PHONE).items():
        setattr(worker, name, value)
    stage.photo(stage.hazard(HazardStatus.REPORTED), PhotoOwner.HAZARD)
    stage.claim(ClaimStatus.IN_NOTICE)
    stage.reward()
    stage.code()
    if role != ANYBODY:
        stage.notice(role)
        write_copy(session, role)
    return stage


def _answer(app: Flask, session: Session, line: Line, role: str) -> Answer:
    stage = _populate(session, role)
    if line.rule in _ROWS:
        _ROWS[line.rule](stage)
    call = line.call(stage)
    session.commit()
    client = Client(app, None if role == ANYBODY else person(role))
    if line.rule == "/v1/audit":
        begun = quote(now().isoformat())
        Client(app, person("admin")).get(f"/v1/residents/{named('resident')}")  # which leaves an entry
        return client.get(f"{call.path}?since={begun}")
    return client.open(call.path, line.method, **call.options)


def _paths(value: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{at}{name}"
            yield from _paths(inner, f"{at}{name}.")
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, at)


def _called() -> list[tuple[Line, str]]:
    """Give each reading route with each role that is answered."""
    return [
        (line, role)
        for line in LINES
        for role in (*ROLES, ANYBODY)
        if line.method == "GET" and line.allowed.get(role, line.allowed.get(ANYBODY)) == 200
    ]


@pytest.mark.parametrize("line, role", _called(), ids=lambda part: getattr(part, "name", part))
def test_a_role_gets_the_fields_that_were_reviewed(
    app: Flask, session: Session, line: Line, role: str
) -> None:
    """S-35: the fields of each answer equal the committed snapshot, and no number stands there in clear."""
    answer = _answer(app, session, line, role)

    assert answer.status_code == 200, answer.text
    hidden = [number for number in (PHONE, ID_NUMBER, _STAFF_PHONE) if number.encode() in answer.data]
    assert not hidden
    if answer.is_json:
        fields = sorted(set(_paths(answer.json)))
        if os.environ.get("GONGDI_WRITE_FIELDS"):
            _write(line.name, role, fields)
        assert _reviewed(line.name).get(role) == fields


def _kept() -> dict[str, list[dict[str, list[str]]]]:
    kept: dict[str, list[dict[str, list[str]]]] = json.loads(_KEPT.read_text(encoding="utf-8"))
    return kept


def _reviewed(name: str) -> dict[str, list[str]]:
    """Give the fields that each role gets from a route."""
    return {role: alike["fields"] for alike in _kept().get(name, []) for role in alike["roles"]}


def _write(name: str, role: str, fields: list[str]) -> None:
    by_fields: dict[tuple[str, ...], list[str]] = {}
    for one, had in (_reviewed(name) | {role: fields}).items():
        by_fields.setdefault(tuple(had), []).append(one)
    alike = [{"roles": sorted(roles), "fields": list(had)} for had, roles in sorted(by_fields.items())]
    text = json.dumps(_kept() | {name: alike}, ensure_ascii=False, indent=1, sort_keys=True)
    _KEPT.write_text(text + "\n", encoding="utf-8")


def test_the_snapshot_names_what_is_served_and_nothing_else() -> None:
    """S-35: a route or a role that is no longer answered leaves the snapshot."""
    kept = {(name, role) for name in _kept() for role in _reviewed(name)}

    assert kept <= {(line.name, role) for line, role in _called()}
    assert len(kept) > 100
