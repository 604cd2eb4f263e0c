"""Every field of a PUT is part of what was sent: another value under the same id is no repeat (ADR 0004)."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from tests.api.hardening.test_every_field import BODIES, ITEM, Sender, Way, parts, types
from tests.hazard_world import HERE
from tests.snapshot import stored

NO_REPEATS = {
    "/v1/residents/{resident_id}/numbers": "has no id of its own: another value is another state, and taken",
    "/v1/me/message-acceptances/{acceptance_id}": "asks for WeChat: tests/api/wechat/test_acceptances.py",
}
PUTS = [
    (path, body)
    for method, path, body in BODIES
    if method == "PUT" and path not in NO_REPEATS and any(way for way, _ in parts(body))
]
MORE: dict[str, Any] = {
    "/v1/hazards/{hazard_id}": {"position": HERE},
    "/v1/inspections/{inspection_id}": {"position": HERE},
    "/v1/visits/{visit_id}": {
        "position": HERE,
        "follow_ups": [{"need": "修扶手", "due_on": str(business_day() + timedelta(days=7))}],
    },
    "/v1/places/{place_id}": {"lng": HERE["lng"], "lat": HERE["lat"]},
}
"""What a right request may have besides, so that its fields can be others."""
NO_PART: dict[str, set[Way]] = {
    "/v1/grants/{grant_id}": {("approval_id",)},
    "/v1/approvals/{approval_id}": {
        *(
            ("admin_grant", name)
            for name in ("id", "user_id", "role", "area_code", "valid_from", "valid_until")
        ),
        *(("roster_export", name) for name in ("id", "area_code", "clear")),
        ("roster_export", "columns", "[]"),
    },
}
"""An approval says who agreed to a grant, not what it is; and is of one kind, which is another here."""


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
    tried = set()

    for way, part in fields:
        sent = value_at(sender.sample.body, way)
        same = {None, part.get("default"), sent} if "object" not in types(part) else set()
        for other in others(part, sent):
            if other in same or way in NO_PART.get(path, set()):
                continue
            answer = sender.send(way, json.dumps(other))
            assert answer.status_code >= 400, (way, other)
            if answer.json["code"] != "invalid":  # judged as a thing of its own, or known as other content
                tried.add(way)

    assert {way for way, _ in fields} - tried == NO_PART.get(path, set())
    assert stored(connection) == before
