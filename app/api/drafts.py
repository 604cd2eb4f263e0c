"""Drafts: records that a phone made without a net, sent many at once and answered one by one."""

import io
from contextvars import copy_context
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, current_app, json, request
from marshmallow import fields

from app.api.http.allow import FOR, allow
from app.api.http.blueprint import Blueprint
from app.api.http.body_bounds import FORMS_BYTES
from app.api.http.fields import Input, Output, Text, listed, sent_moment, uid, word
from app.api.http.problems import unfit
from app.api.http.recording import note, transaction
from app.identity import Permission

blueprint = Blueprint("drafts", __name__, description="离线草稿")
MOST_DRAFTS = 50
_MOST_KEY_SIGNS = 100


class DraftKind(StrEnum):
    """What a phone makes without a net."""

    INSPECTION = "inspection"
    HAZARD = "hazard"
    VISIT = "visit"
    CLAIM = "claim"


class DraftInput(Input):
    """One record: its id, made by the phone, and the body that its own PUT takes.

    ``acted_for`` is the resident for whom it is, as the header ``Gongdi-For`` says it there.
    """

    kind = word(DraftKind, required=True)
    id = uid(required=True)
    acted_for = uid(load_default=None, allow_none=True)
    body = fields.Dict(
        keys=Text(_MOST_KEY_SIGNS, least=1),
        required=True,
        error_messages={"required": "请填写这一项", "null": "这一项不能为空", "invalid": "这里要填一组内容"},
    )


class _Alone(fields.Nested):
    """A record whose faults are its own: what does not fit is given as the error that says so, not raised."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Give what was sent, or the error."""
        try:
            return super().deserialize(value, *args, **kwargs)
        except ma.ValidationError as error:
            return error


class DraftsInput(Input):
    """Up to fifty of them, in the order in which they are to be taken."""

    drafts = listed(
        _Alone(DraftInput, error_messages={"null": "这一项不能为空"}), MOST_DRAFTS, least=1, required=True
    )


class DraftResultOutput(Output):
    """What became of one: the status and the problem that its own PUT would have answered.

    ``missing_photo_ids`` are those that it names and that have not arrived. Of one whose ``kind`` or ``id``
    cannot be read that is not said: results stand in the order of what was sent.
    """

    kind = fields.Enum(DraftKind, by_value=True, required=True, allow_none=True)
    id = fields.UUID(required=True, allow_none=True)
    ok = fields.Boolean(required=True)
    status = fields.Integer(required=True)
    received_at = sent_moment(required=True, allow_none=True)
    missing_photo_ids = fields.List(fields.UUID(), required=True)
    problem = fields.Dict(required=True, allow_none=True)


class DraftsOutput(Output):
    """An answer for each draft, in their order."""

    results = fields.List(fields.Nested(DraftResultOutput), required=True)


@blueprint.route("/drafts", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(DraftsOutput)
@blueprint.body(DraftsInput, most_bytes=FORMS_BYTES)
def send_drafts(sent: dict[str, Any]) -> dict[str, Any]:
    """Take many records made offline; each is judged and kept for itself, as by its own PUT.

    One that is refused undoes no other. Sent again, what is there already is answered as there already.
    """
    with transaction():  # ended before the first record, which needs a connection of its own
        note(drafts=len(sent["drafts"]))
    return {"results": [_result(draft) for draft in sent["drafts"]]}


def _result(draft: dict[str, Any] | ma.ValidationError) -> dict[str, Any]:
    if isinstance(draft, ma.ValidationError):
        read = draft.valid_data if isinstance(draft.valid_data, dict) else {}
        return _said(read.get("kind"), read.get("id"), unfit(draft))
    path = f"/v1/{draft['kind']}s/{draft['id']}"
    # In a context of its own: the log's request id, and all else that it sets, stay with it.
    answer = copy_context().run(_put, path, draft["body"], draft["acted_for"])
    return _said(draft["kind"], draft["id"], answer)


def _said(kind: DraftKind | None, draft_id: UUID | None, answer: Response) -> dict[str, Any]:
    content = answer.get_json()
    taken = answer.status_code < HTTPStatus.BAD_REQUEST
    photos = content.get("photos", []) if taken else []
    return {
        "kind": kind,
        "id": draft_id,
        "ok": taken,
        "status": answer.status_code,
        "received_at": datetime.fromisoformat(content["received_at"]) if taken else None,
        "missing_photo_ids": [UUID(photo["id"]) for photo in photos if not photo["arrived"]],
        "problem": None if taken else content,
    }


def _put(path: str, body: dict[str, Any], acted_for: UUID | None) -> Response:
    """Let the application answer the PUT of one record by whoever sent the drafts."""
    data = json.dumps(body).encode()
    environ = {name: value for name, value in request.environ.items() if not name.startswith("werkzeug.")}
    environ |= {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": io.BytesIO(data),
    }
    environ.pop(_HEADER_FOR, None)
    if acted_for is not None:
        environ[_HEADER_FOR] = str(acted_for)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way
    with app.app_context(), app.request_context(environ):
        made: Response = app.full_dispatch_request()
        return made


_HEADER_FOR = f"HTTP_{FOR.upper().replace('-', '_')}"
