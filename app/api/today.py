"""A worker's day in one call."""

import hashlib
import json
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, jsonify, request
from marshmallow import fields

from app import reports
from app.api.care_records import CareRecordOutput
from app.api.checklists import ChecklistItemOutput, ChecklistOutput
from app.api.escape_helps import BuildingHelpsOutput
from app.api.hazards import FiveFixedOutput, HazardOutput
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, sent_moment
from app.api.http.parts import parts
from app.api.http.recording import note, note_leaves, sensitive, transaction
from app.api.occurrences import OccurrenceOutput, plain
from app.api.visit_drafts import VisitDraftOutput
from app.api.visit_forms import VisitFormOutput
from app.hazards import HazardStep
from app.identity import Permission
from app.places import PlaceKind

blueprint = Blueprint("today", __name__, description="今天的工作")


class DayPlaceOutput(Output):
    """A place, and who there needs help to get out.

    ``code_check`` is the start of the SHA-256, in hexadecimal, of the code that hangs there.
    """

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    kind = fields.Enum(PlaceKind, by_value=True, required=True)
    name = fields.String(required=True)
    lng = fields.Float(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    radius_m = fields.Integer(required=True)
    code_check = fields.String(required=True, allow_none=True)
    escape_helps = fields.Nested(BuildingHelpsOutput, required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, seen: reports.DayPlace, **_: Any) -> dict[str, Any]:
        """Put the check beside the place."""
        beside = {"code_check": seen.code_check, "escape_helps": seen.helps}
        return {name: getattr(seen.place, name) for name in self.fields if name not in beside} | beside


class DayOccurrenceOutput(OccurrenceOutput):
    """An inspection to be made; ``checklist_id`` is the list in force that serves the place."""

    checklist_id = fields.UUID(required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, seen: reports.DayOccurrence, **_: Any) -> dict[str, Any]:
        """Put the checklist beside the occurrence."""
        return plain(seen.shown) | {"checklist_id": seen.checklist_id}


class DayChecklistOutput(ChecklistOutput):
    """A checklist in force with its items."""

    items = fields.List(fields.Nested(ChecklistItemOutput), required=True)


class DayPhotoOutput(Output):
    """A photo by its id: an address would end within minutes, and make another day of each one."""

    id = fields.UUID(required=True, attribute="photo_id")
    arrived = fields.Boolean(required=True)


class LastNoteOutput(Output):
    """The last step in which somebody wrote something."""

    step = fields.Enum(HazardStep, by_value=True, required=True)
    at = sent_moment(required=True)
    note = fields.String(required=True)


class DayHazardOutput(HazardOutput):
    """An open hazard, with what it takes to go on with it offline: the steps open now, and the last words.

    ``GET /v1/photos/<id>`` gives a photo's addresses once it is looked at.
    """

    allowed = fields.List(fields.Enum(HazardStep, by_value=True), required=True)
    controls = fields.String(required=True, allow_none=True)
    five_fixed = fields.Nested(FiveFixedOutput, required=True, allow_none=True)
    last_note = fields.Nested(LastNoteOutput, required=True, allow_none=True)
    photos = fields.List(fields.Nested(DayPhotoOutput), required=True)


class DayOutput(Output):
    """What a worker needs today; ``more`` names the lists of which something was left out.

    ``stands_in_for`` names those whose work he does today, ``away_until`` is his own last day away.
    ``missed`` has what was missed in the last two weeks and may be filed late, with a reason. A building lead
    has places and hazards; the rest is empty.
    """

    server_time = sent_moment(required=True)
    stands_in_for = fields.List(fields.String(), required=True, attribute="leave.stands_in_for")
    away_until = fields.Date(required=True, allow_none=True, attribute="leave.away_until")
    occurrences = fields.List(fields.Nested(DayOccurrenceOutput), required=True)
    missed = fields.List(fields.Nested(DayOccurrenceOutput), required=True)
    places = fields.List(fields.Nested(DayPlaceOutput), required=True)
    checklists = fields.List(fields.Nested(DayChecklistOutput), required=True)
    hazards = fields.List(fields.Nested(DayHazardOutput), required=True)
    care_records = fields.List(fields.Nested(CareRecordOutput), required=True)
    visit_drafts = fields.List(fields.Nested(VisitDraftOutput), required=True)
    visit_forms = fields.List(fields.Nested(VisitFormOutput), required=True)
    more = fields.List(fields.String(), required=True)


@blueprint.route("/me/today", methods=["GET"])
@allow(Permission.DAY_READ)
@sensitive
@blueprint.answer(DayOutput)
@blueprint.query(Input)
@blueprint.alt_response(HTTPStatus.NOT_MODIFIED, success=True)
def get_today() -> Response:
    """Give all that a worker needs to work today offline; 304 to whoever has it (``If-None-Match``).

    The tag goes by everything but ``server_time``.
    """
    with transaction() as session:
        day = reports.today(session, actor(), parts().signer)
        note_leaves([one.leave for one in day.care_records])
        if day.visit_drafts:
            note(resident_ids=sorted(str(one.record.resident_id) for one in day.visit_drafts))
        shown: dict[str, Any] = DayOutput().dump(day)
    lasting = {name: value for name, value in shown.items() if name != "server_time"}
    tag = hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()[:32]
    known = request.if_none_match.contains_weak(tag)
    response = Response(status=HTTPStatus.NOT_MODIFIED) if known else jsonify(shown)
    response.set_etag(tag, weak=True)
    return response
