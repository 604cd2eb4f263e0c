"""Every field of a PUT is part of what was sent: another value under the same id is no repeat (ADR 0004)."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from tests.api.hardening.test_every_field import BODIES, ITEM, Sender, Way, parts, types
from tests.approval_world import admin_grant
from tests.cast import HOME
from tests.child_world import write_child
from tests.export_world import roster
from tests.hazard_world import HERE
from tests.minor_age_world import give_number, question
from tests.snapshot import stored

NO_REPEATS = {
    "/v1/residents/{resident_id}/numbers": "has no id of its own: another value is another state, and taken",
    "/v1/checklist-drafts/{draft_id}": "a text with revisions: another value is the next one, or refused",
    "/v1/me/notice-settings": "a state with revisions: another value is the next one, or refused",
    "/v1/me/message-acceptances/{acceptance_id}": "asks for WeChat: tests/api/wechat/test_acceptances.py",
}
PUTS = [
    (path, body)
    for method, path, body in BODIES
    if method == "PUT" and path not in NO_REPEATS and any(way for way, _ in parts(body))
]
DEVICE = {"id": str(new_id()), "counter": 7}
MORE: dict[str, Any] = {
    "/v1/hazards/{hazard_id}": {"position": HERE, "device": DEVICE},
    "/v1/inspections/{inspection_id}": {"position": HERE, "device": DEVICE, "late_reason": "停电了"},
    "/v1/plans/{plan_id}": {"frequency": "weekly", "days": [1, 3]},
    "/v1/visits/{visit_id}": {
        "position": HERE,
        "device": DEVICE,
        "follow_ups": [{"need": "修扶手", "due_on": str(business_day() + timedelta(days=7))}],
        "hazards": [
            {"id": str(new_id()), "category": "fire", "text": "电线破皮", "photo_ids": [str(new_id())]}
        ],
    },
    "/v1/places/{place_id}": {"lng": HERE["lng"], "lat": HERE["lat"]},
}
"""What a right request may have besides, so that its fields can be others."""
APPROVALS = "/v1/approvals/{approval_id}"


def _age_of_a_child(session: Session) -> dict[str, Any]:
    child_id = write_child(session)
    give_number(session, child_id)
    return question(child_id)


LEDGER = {
    "area_code": HOME,
    "purpose": "季度台账归档",
    "category": ["fire"],
    "level": "major",
    "source": ["staff"],
    "status": ["closed"],
    "overdue": False,
    **dict.fromkeys(("reported_since", "closed_since"), "2026-01-01T00:00:00+08:00"),
    **dict.fromkeys(("reported_until", "closed_until"), "2026-04-01T00:00:00+08:00"),
    **dict.fromkeys(("place_id", "assignee_id", "unit_id"), str(new_id())),
    **dict.fromkeys(("recurring", "lacks_photos", "supervised", "extension_asked"), False),
    "item_key": "stairs",
    "due_within_days": 7,
    "satisfaction": 2,
    "text": "电线",
}
SWITCH = {
    "area_code": HOME,
    "switch": "photo_compulsory",
    "purpose": "季度评优参考",
    "legal_basis": "县政府2026年第8号文件",
}
KINDS: dict[str, tuple[str, Callable[[Session], dict[str, Any]]]] = {
    "admin_grant": ("security", lambda _: admin_grant()),
    "roster_export": ("admin", lambda _: roster()),
    "minor_age": ("admin", _age_of_a_child),
    "hazard_export": ("admin", lambda _: {"id": str(new_id()), **LEDGER}),
    "policy_switch": ("admin", lambda _: {"id": str(new_id()), **SWITCH}),
}
"""Who asks for what else than the correction of points of the right request."""
NO_PART: dict[str, set[Way]] = {
    "/v1/plans/{plan_id}": {("frequency",), ("every_days",), ("roster", ITEM, "place_id")},
    "/v1/employments/{entry_id}": {("state",)},
    "/v1/grants/{grant_id}": {("approval_id",)},
    APPROVALS: {
        *(
            ("admin_grant", name)
            for name in ("id", "user_id", "role", "area_code", "valid_from", "valid_until")
        ),
        *(("roster_export", name) for name in ("id", "area_code", "clear")),
        ("roster_export", "columns", "[]"),
        ("hazard_export", "id"),
        *(
            ("hazard_export", name, ITEM) if isinstance(one, list) else ("hazard_export", name)
            for name, one in LEDGER.items()
        ),
        *(("policy_switch", name) for name in ("id", "area_code", "switch", "purpose", "legal_basis")),
        *(("minor_age", name) for name in ("area_code", "resident_id", "request_id")),
    },
}
"""Of a plan, and of who works, these take others beside them or instead of them.

An approval says who agreed to a grant, not what it is; and is of one kind: for the others see below."""


def others(part: dict[str, Any], sent: Any) -> Iterator[Any]:
    """Give values that a field may have in the place of what was sent, by its description."""
    kinds, form = types(part), part.get("format")
    if "enum" in part:
        yield from part["enum"]
    elif "boolean" in kinds:
        yield not sent
    elif form == "uuid":
        yield str(new_id())
    elif form == "date":
        yield str((date.fromisoformat(sent) if sent else business_day()) + timedelta(days=1))
    elif form == "date-time":
        yield ((datetime.fromisoformat(sent) if sent else now()) + timedelta(seconds=1)).isoformat()
    elif kinds & {"integer", "number"}:
        yield from ((sent or part.get("minimum", 0)) + step for step in (1, -1))
    elif "string" in kinds:
        text = sent or "1"
        yield from (text + "另", text + "7", text[:-1] + "1", text[:-1] + "2")


def value_at(body: Any, way: Way) -> Any:
    """Give what stands at the end of a way, None where nothing does."""
    for name in way:
        if not body:
            return None
        body = body[0] if name == ITEM else body.get(name)
    return body


def tried(sender: Sender, fields: list[tuple[Way, Any]], skipped: set[Way]) -> set[Way]:
    """Send each other value under the id that is taken; give the fields of which one was refused as such."""
    found = set()
    for way, part in fields:
        sent = value_at(sender.sample.body, way)
        same = {None, part.get("default"), sent} if "object" not in types(part) else set()
        for other in others(part, sent):
            if other in same or way in skipped:
                continue
            answer = sender.send(way, json.dumps(other))
            assert answer.status_code >= 400, (way, other)
            if answer.json["code"] != "invalid":  # judged as a thing of its own, or known as other content
                found.add(way)
    return found


@pytest.mark.parametrize("path, body", PUTS, ids=[path for path, _ in PUTS])
def test_another_value_under_the_same_id_is_no_repeat(
    app: Flask, session: Session, connection: Connection, path: str, body: dict[str, Any]
) -> None:
    """What the hash of the content leaves out could be changed unheard: the phone shows what nobody kept."""
    sender = Sender(app, session, "PUT", path)
    sender.sample.body.update(MORE.get(path, {}))
    assert sender.send_all().status_code == 201
    before = stored(connection)
    fields = [(way, part) for way, part in parts(body) if list(others(part, None))]
    skipped = NO_PART.get(path, set())

    assert {way for way, _ in fields} - tried(sender, fields, skipped) == skipped
    assert stored(connection) == before


@pytest.mark.parametrize("kind", KINDS)
def test_another_value_in_an_approval_of_each_kind_is_no_repeat(
    app: Flask, session: Session, connection: Connection, kind: str
) -> None:
    """S-40: a second person would agree to something else than was asked under this id."""
    who, what = KINDS[kind]
    sender = Sender(app, session, "PUT", APPROVALS)
    sender.send_instead(who, {kind: what(session), "reason": "核对"})
    assert sender.send_all().status_code == 201
    before = stored(connection)
    body = next(body for path, body in PUTS if path == APPROVALS)
    fields = [(way, part) for way, part in parts(body) if way[:1] == (kind,) and list(others(part, None))]

    assert {way for way, _ in fields} == tried(sender, fields, set())
    assert {way for way, _ in fields} == {way for way in NO_PART[APPROVALS] if way[0] == kind}
    assert stored(connection) == before
