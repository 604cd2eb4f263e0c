"""One request for each described route that is answered with 2xx, on records that are there."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pyotp
from flask import Flask
from sqlalchemy.orm import Session

from app import evidence, hazards
from app.clock import now
from app.identity import HASHER, sealed_secret
from app.ids import new_id
from app.models import PhotoOwner, SecondFactor, User, Visit
from tests import cast
from tests.cast import named, person
from tests.client import Client
from tests.export_world import make, write_ready_export
from tests.matrix.lines import ANYBODY, Call, Line, with_json
from tests.matrix.routes import LINES
from tests.matrix.routes_base import picture
from tests.matrix.stage import Stage
from tests.own_data_world import write_ready_copy
from tests.sealer import SEALER

_PASSWORD = "Kiesel 7 Fjordlampe"
_PHONE = "10012345678"
_PREFERRED = ("admin", "worker", "resident", "lead", "clerk", "county", "system", "security", "auditor")


@dataclass(frozen=True)
class Sample:
    """A request that is answered with 2xx, taken to pieces, and who may send it."""

    who: str | None
    path: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    """The JSON, or the bytes of a photo, or None."""


def described(rule: str) -> str:
    """Say a rule of Flask's as the description writes it."""
    return re.sub(r"<(?:[^<>]+:)?([a-z_]+)>", r"{\1}", rule)


_LINES = {(line.method, described(line.rule)): line for line in LINES}


def sample_of(app: Flask, session: Session, method: str, path: str) -> Sample:
    """Write the records that a route wants, commit, and give a request that is answered with 2xx."""
    line = _LINES[method, path]
    special = _SPECIAL.get(line.name)
    who, call = special(app, session) if special else (_who(line), line.call(Stage(session)))
    session.commit()
    address = urlsplit(call.path)
    _, values = app.url_map.bind("localhost").match(address.path, method)
    return Sample(
        who=who,
        path={name: str(value) for name, value in values.items()},
        query=dict(parse_qsl(address.query)),
        body=call.options.get("json", call.options.get("data")),
    )


def _who(line: Line) -> str | None:
    if ANYBODY in line.allowed:
        return None
    return next(role for role in _PREFERRED if 200 <= line.allowed.get(role, 403) < 300)


def _sign_in(app: Flask, _: Session) -> tuple[None, Call]:
    system = Client(app, person("system"))
    new = {"area_code": cast.HOME, "phone": _PHONE, "name": "赵六"}
    made = system.put(f"/v1/users/{named('signs in')}", json=new)
    assert made.status_code == 201, made.text
    invited = {"user_id": str(named("signs in"))}
    token = system.put(f"/v1/invitations/{named('invites')}", json=invited).json["token"]
    told = Client(app, None).post("/v1/invitations/accept", json={"token": token, "password": _PASSWORD})
    assert told.status_code == 204, told.text
    return None, Call("/v1/sessions", {"json": {"phone": _PHONE, "password": _PASSWORD}})


def _invited(app: Flask, _: Session) -> tuple[None, Call]:
    body = {"user_id": str(person("worker").user_id)}
    made = Client(app, person("system")).put(f"/v1/invitations/{named('an invitation')}", json=body)
    token = made.json["token"]
    return None, Call("/v1/invitations/accept", {"json": {"token": token, "password": _PASSWORD}})


def _code(app: Flask, _: Session) -> tuple[None, Call]:
    path = f"/v1/residents/{named('resident')}/sign-in-codes"
    made = Client(app, person("worker")).post(path, json={"id": str(named("a sign-in code"))})
    return None, Call("/v1/sessions/code", {"json": {"code": made.json["code"]}})


def _refresh(app: Flask, session: Session) -> tuple[None, Call]:
    _, call = _sign_in(app, session)
    token = Client(app, None).post(call.path, **call.options).json["refresh_token"]
    return None, Call("/v1/sessions/refresh", {"json": {"refresh_token": token}})


def _with_password(session: Session) -> None:
    session.get_one(User, person("worker").user_id).password_hash = HASHER.hash(_PASSWORD)


def _check(_: Flask, session: Session) -> tuple[str, Call]:
    _with_password(session)
    return "worker", Call("/v1/sessions/current/check", {"json": {"password": _PASSWORD}})


def _password(_: Flask, session: Session) -> tuple[str, Call]:
    _with_password(session)
    body = {"old_password": _PASSWORD, "new_password": _PASSWORD[::-1]}
    return "worker", Call("/v1/me/password", {"json": body})


def _totp(path: str, *, confirmed: bool) -> Any:
    def call(_: Flask, session: Session) -> tuple[str, Call]:
        secret, row_id, at = pyotp.random_base32(), named("a second factor"), now()
        session.add(
            SecondFactor(
                id=row_id,
                user_id=person("worker").user_id,
                secret_sealed=sealed_secret(SEALER, row_id, secret),
                created_at=at,
                confirmed_at=at if confirmed else None,
            )
        )
        code = pyotp.TOTP(secret).at(at, counter_offset=1)  # good for a minute at least
        return "worker", Call(path, {"json": {"totp": code}})

    return call


def _notice(_: Flask, session: Session) -> tuple[str, Call]:
    return "worker", Call(f"/v1/me/notices/{Stage(session).notice('worker')}/read")


def _read_until(_: Flask, session: Session) -> tuple[str, Call]:
    until = str(Stage(session).notice("worker"))
    return "worker", Call("/v1/me/notices/read", with_json({"until": until}))


def _photo_file(app: Flask, _: Session) -> tuple[None, Call]:
    sent = Client(app, person("worker")).put(f"/v1/photos/{named('a photo')}", data=picture())
    assert sent.status_code == 201, sent.text
    return None, Call(sent.json["thumb_url"])


def _marked_photo(app: Flask, session: Session) -> tuple[str, Call]:
    photo_id, stage = named("a marked photo"), Stage(session)
    evidence.link_photos(
        session,
        PhotoOwner.INSPECTION,
        stage.inspection(),
        stage.area,
        [photo_id],
        by=person("worker").user_id,
    )
    session.commit()
    sent = Client(app, person("worker")).put(f"/v1/photos/{photo_id}", data=picture())
    assert sent.status_code == 201, sent.text
    return "worker", Call(f"/v1/photos/{photo_id}/marked")


def _copy_file(app: Flask, session: Session) -> tuple[str, Call]:
    copy_id = write_ready_copy(app, session, "worker")
    return "worker", Call(f"/v1/me/copies/{copy_id}/file")


def _export_file(app: Flask, session: Session) -> tuple[str, Call]:
    return "admin", Call(f"/v1/roster-exports/{write_ready_export(app, session)}/file")


def _ledger_file(app: Flask, session: Session) -> tuple[str, Call]:
    export_id = Stage(session).ledger_export()
    make(app, session, export_id, kind=hazards.LEDGER)
    return "admin", Call(f"/v1/hazard-exports/{export_id}/file")


def _closing(_: Flask, __: Session) -> tuple[str, Call]:
    return "resident", Call(f"/v1/me/closings/{new_id()}", with_json({}))


_SPECIAL = {
    "POST /v1/sessions": _sign_in,
    "POST /v1/sessions/code": _code,
    "POST /v1/sessions/refresh": _refresh,
    "POST /v1/sessions/current/check": _check,
    "POST /v1/sessions/current/second-factor": _totp("/v1/sessions/current/second-factor", confirmed=True),
    "POST /v1/me/password": _password,
    "POST /v1/me/totp/confirm": _totp("/v1/me/totp/confirm", confirmed=False),
    "POST /v1/invitations/accept": _invited,
    "POST /v1/me/notices/<uuid:notice_id>/read": _notice,
    "POST /v1/me/notices/read": _read_until,
    "PUT /v1/me/closings/<uuid:closing_id>": _closing,
    "GET /v1/me/copies/<uuid:copy_id>/file": _copy_file,
    "GET /v1/roster-exports/<uuid:export_id>/file": _export_file,
    "GET /v1/hazard-exports/<uuid:export_id>/file": _ledger_file,
    "GET /v1/photos/<uuid:photo_id>/<any(thumb, large):copy>": _photo_file,
    "GET /v1/photos/<uuid:photo_id>/marked": _marked_photo,
}
"""Routes that the matrix calls without success, or as somebody to whom it is refused: the right request."""


class _NextDoor(Stage):
    """Writes rows of the neighbours, so that they do not stand in the way of the samples'."""

    @property
    def household_id(self) -> UUID:
        """Their household."""
        return named("household neighbour")

    @property
    def resident_id(self) -> UUID:
        """Its head."""
        return named("neighbour")


def known_ids(session: Session) -> dict[str, list[str]]:
    """Write a record of every kind and commit; give their ids by the name that a parameter or field has."""
    stage = _NextDoor(session)
    inspection = stage.inspection()
    checklist, item = stage.checklist()
    visit, follow_up = stage.visit()
    worker = stage.user("worker")
    known: dict[str, Any] = {
        "approval_id": stage.approval(),
        "area_code": [cast.HOME, cast.GRID, "421224"],
        "assignee_id": worker,
        "care_record_id": session.get_one(Visit, visit).care_record_id,
        "checklist_id": checklist,
        "follow_up_id": follow_up,
        "form_id": stage.visit_form(),
        "former_id": worker,
        "household_id": stage.household_id,
        "inspection_id": inspection,
        "item_id": item,
        "notice_id": stage.notice("worker"),
        "owner_id": worker,
        "photo_ids": stage.photo(inspection, PhotoOwner.INSPECTION),
        "place_id": stage.place_id,
        "place_ids": stage.place_id,
        "resident_id": stage.resident_id,
        "reward_id": stage.reward(),
        "rule_id": stage.rule(),
        "user_id": worker,
        "visit_id": visit,
        "worker_id": worker,
    }
    session.commit()
    return {
        name: [str(one) for one in ids] if isinstance(ids, list) else [str(ids)]
        for name, ids in known.items()
    }
