"""Ids of other communities and counties, wherever the API takes an id, read as ids of nothing."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.models import Base, ClaimStatus, HazardStatus, PhotoOwner, Visit
from tests.cast import NEXT, person
from tests.client import Answer, Client
from tests.matrix.id_fields import IdField, body_schema, description, id_fields, put_in, resolved
from tests.matrix.lines import ANYBODY, Line
from tests.matrix.routes import LINES
from tests.matrix.spot import Spot
from tests.matrix.stage import Stage

_CALLERS = ("admin", "worker", "resident", "lead", "clerk")
"""Roles that end at the community, the one with the most functions first."""
_TO_ANYBODY = {"PUT /v1/me/binding-requests/<uuid:request_id>"}
"""Whoever is nobody's resident may ask any community, whose names are public."""
_TO_HIMSELF = {"POST /v1/me/notices/read"}
"""It is decided by whose a notice is, wherever it lies (tests/notices/test_inbox.py)."""
_SEALED = {"GET /v1/photos/<uuid:photo_id>/<any(thumb, large):copy>"}
"""No session goes with it: the ids are under a seal (tests/api/test_photos.py)."""
_WITH_IDS = [
    line for line in LINES if id_fields(line) and line.name not in _TO_ANYBODY | _TO_HIMSELF | _SEALED
]
_OF_ALL = {"GET /v1/checklists", "GET /v1/visit-forms", "GET /v1/areas", "GET /v1/me/today"}
"""Lists of what belongs to a county or to everybody, or with such a list in them."""
_OF_ITSELF = {"GET /v1/audit", "GET /v1/me/held"}
"""Each call adds to the list."""
_LISTS = [
    line
    for line in LINES
    if line.method == "GET"
    and line.outside == 200
    and ANYBODY not in line.allowed
    and line.name not in _OF_ALL | _OF_ITSELF
]
_CHANGES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.+Z-]+|(until|seal)=[0-9a-f]+|\b42\d{10}\b"
    r'|"code":"\d{6}"|"nonce":"[^"]+"|"digits":"\d{4}"'
)
"""Ids, moments, seals of links, area codes, and what proves presence, which differ from call to call."""


def _ids(stage: Stage) -> dict[str, str]:
    """Write a thing of each kind; give its id by the name of the field that takes it."""
    inspection_id = stage.inspection()
    checklist_id, item_id = stage.checklist()
    visit_id, _ = stage.visit()
    worker_id, photo_id = stage.user("worker"), stage.photo(inspection_id, PhotoOwner.INSPECTION)
    given = {
        "approval_id": stage.approval(is_approved=True),
        "area_code": stage.community,
        "assignee_id": worker_id,
        "care_record_id": stage.session.get_one(Visit, visit_id).care_record_id,
        "unchanged_from": visit_id,
        "base_id": stage.own_checklist(),
        "checklist_id": checklist_id,
        "copied_from_id": stage.own_checklist(),
        "duplicate_id": stage.resident_id,
        "other_id": stage.resident_id,
        "duplicate_of_id": stage.hazard(HazardStatus.ACCEPTED),
        "household_id": stage.household_id,
        "into_id": stage.household_id,
        "head_id": stage.resident_id,
        "item_id": item_id,
        "owner_id": worker_id,
        "photo_ids": photo_id,
        "signature_id": photo_id,
        "plan_id": stage.plan(),
        "unit_id": stage.unit(),
        "member_ids": worker_id,
        "place_id": stage.place_id,
        "place_ids": stage.place_id,
        "request_id": stage.correction(),
        "resident_id": stage.resident_id,
        "resident_ids": stage.resident_id,
        "reward_id": stage.reward(),
        "rule_id": stage.rule(),
        "user_id": worker_id,
        "worker_id": worker_id,
        "acted_for": stage.resident_id,
        "actor_id": worker_id,
        "object_id": inspection_id,
        "child_id": stage.child(),
        "guardian_id": stage.resident_id,
        "decided_by": stage.resident_id,
        "substitute_id": worker_id,
        "text_id": uuid4(),
        "form_id": uuid4(),
        "device_id": uuid4(),
        "since_id": stage.own_checklist(),
        "step_id": uuid4(),
        "former_id": worker_id,
    }
    if stage.community == NEXT:
        del given["checklist_id"], given["item_id"]  # they are the county's, and so HOME's as well
    stage.binding()
    stage.binding_request()
    stage.export()
    stage.roster_import()
    stage.proxy()
    stage.claim(ClaimStatus.IN_NOTICE)
    stage.account(balance=7)
    return {name: str(value) for name, value in given.items()}


def _caller(line: Line) -> tuple[str, bool]:
    """Give who calls, and whether the world is mirrored: offices of HOME's county reach too much of it."""
    for role in _CALLERS:
        if 200 <= line.allowed.get(role, 403) < 300:
            return role, False
    role = next(role for role, status in line.allowed.items() if 200 <= status < 300)
    return f"far_{role}", True


def _nothing(name: str, foreign: str) -> str:
    """Give what no row has: another id, or the code of a community that does not exist."""
    return f"{foreign[:9]}{999}" if name == "area_code" else str(uuid4())


def _plain(answer: Answer) -> tuple[int, str]:
    told = answer.text if answer.mimetype.endswith("json") else answer.mimetype
    return answer.status_code, _CHANGES.sub("-", told)


def _with(parts: tuple[str, dict[str, str], Any], one: IdField, value: str) -> Any:
    path, query, body = parts
    if one.where == "query":
        return path, query | {one.name: value}, body
    changed = put_in(body, one.path, value)
    return None if changed is None else (path, query, changed)


@pytest.mark.parametrize("line", _WITH_IDS, ids=lambda line: line.name)
def test_a_foreign_id_reads_as_an_id_of_nothing(
    app: Flask, connection: Connection, session: Session, line: Line
) -> None:
    """S-30, S-31: ids of another community or county in bodies and queries are answered like random ones."""
    who, mirrored = _caller(line)
    call = line.call(Stage(session, far=mirrored))
    others = [_ids(Stage(session, far=not mirrored))]
    if not mirrored:
        others.append(_ids(Spot.at(Stage(session), NEXT)))
    session.commit()
    client = Client(app, person(who))
    address = urlsplit(call.path)
    parts = (address.path, dict(parse_qsl(address.query)), call.options.get("json"))
    file = {name: value for name, value in call.options.items() if name != "json"}

    def sent(given: tuple[str, dict[str, str], Any]) -> tuple[int, str]:
        path, query, body = given
        with connection.begin_nested() as again:
            options = {"json": body} if body is not None else file
            answer = client.open(path, line.method, query_string=query, **options)
            again.rollback()
        return _plain(answer)

    assert sent(parts)[0] < 300, "what is right is answered"
    tried = 0
    for one in id_fields(line):
        assert one.name in others[0], "say in _ids what this field takes"
        for foreign in others:
            value = foreign.get(one.name)
            told = _with(parts, one, value) if value else None
            if told is not None:
                random = _with(parts, one, _nothing(one.name, foreign[one.name]))
                assert sent(told) == sent(random), (one, foreign[one.name])
                tried += 1
    assert tried, "no field was tried"


@pytest.mark.parametrize("line", _LISTS, ids=lambda line: line.name)
def test_lists_do_not_know_of_others(app: Flask, session: Session, line: Line) -> None:
    """S-32: rows of another community and another county change nothing in any list, nor in its length."""
    call = line.call(Stage(session))
    session.commit()
    callers = [role for role in _CALLERS if line.allowed.get(role) == 200]
    mirrored = not callers
    callers = callers or [f"far_{role}" for role, status in line.allowed.items() if status == 200]

    def told() -> dict[str, tuple[int, str]]:
        return {who: _plain(Client(app, person(who)).get(call.path)) for who in callers}

    before = told()
    _ids(Stage(session, far=not mirrored))
    if not mirrored:
        _ids(Spot.at(Stage(session), NEXT))
    session.commit()

    assert told() == before


def test_no_id_is_a_number() -> None:
    """S-33: whatever names a thing, in answers and in requests, is a UUID and no number to count up."""
    counted = [
        (name, field)
        for name, schema in description()["components"]["schemas"].items()
        for field, given in schema.get("properties", {}).items()
        if (field in {"id", "ids"} or field.endswith(("_id", "_ids", "_by")))
        and field != "request_id"
        and not _is_uuid_or_name(resolved(given))
    ]
    by_number = [rule for rule in description()["paths"] if re.search(r"\{[a-z_]*(number|no|seq)\}", rule)]

    assert counted == []
    assert by_number == []


def _is_uuid_or_name(schema: dict[str, Any]) -> bool:
    if "items" in schema:
        return _is_uuid_or_name(resolved(schema["items"]))
    kinds = schema.get("type")
    return schema.get("format") == "uuid" or kinds in ("string", ["string", "null"])


_COLUMNS = {column.name for table in Base.metadata.tables.values() for column in table.columns} | {
    "community_id",
    "verified",
    "created_by",
    "is_admin",
    "roles",
    "grants",
}


@pytest.mark.parametrize("line", [line for line in LINES if body_schema(line)], ids=lambda line: line.name)
def test_a_body_takes_its_own_fields_only(app: Flask, session: Session, line: Line) -> None:
    """S-34: every column of every table, put into a body that does not declare it, is refused by its name."""
    who = None if ANYBODY in line.allowed else next(iter(line.allowed))
    call = line.call(Stage(session))
    session.commit()
    extra = _COLUMNS - (body_schema(line) or {})["properties"].keys()
    body = call.options["json"]
    client = Client(app, person(who) if who else None)

    answer = client.open(call.path, line.method, json=body | dict.fromkeys(extra, "x"))

    assert answer.status_code == 422, answer.text
    assert set(answer.json["errors"]) == extra
