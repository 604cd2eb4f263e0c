"""Spot checks: what was drawn for a second look, what was found, and what the worker says to it."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import spot_checks
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Flag, Input, Output, Text, area_code, has_words, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.api.photos import PhotoOutput
from app.api.signals import GatheredFields, photo_ids
from app.evidence import Datum
from app.identity import Permission
from app.spot_checks import SpotCheckRecord, SpotCheckStatus

blueprint = Blueprint("spot_checks", __name__, description="抽查")
_MAX_NOTE = 500


class SpotCheckResult(StrEnum):
    """What a second look may find."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    COULD_NOT_CHECK = "could_not_check"


class SpotCheckListInput(PageInput):
    """Which spot checks, of whose records."""

    status = word(SpotCheckStatus, load_default=None)
    area_code = area_code(load_default=None)
    worker_id = uid(load_default=None)


class ResultInput(Input):
    """What was found, and why."""

    result = word(SpotCheckResult, required=True)
    note = Text(_MAX_NOTE, least=2, lines=True, required=True, checks=[has_words])
    photo_ids = photo_ids()


class AppealInput(Input):
    """Why the result is wrong, in the worker's words."""

    reason = Text(_MAX_NOTE, least=2, lines=True, required=True, checks=[has_words])


class AppealDecisionInput(Input):
    """Whether the result stands, and why."""

    upheld = Flag(required=True)
    note = Text(_MAX_NOTE, least=2, lines=True, required=True, checks=[has_words])


class SpotCheckOutput(Output):
    """A spot check in a list; nothing follows from any result by itself."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    record_kind = fields.Enum(SpotCheckRecord, by_value=True, required=True)
    record_id = fields.UUID(required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    worker_id = fields.UUID(required=True)
    worker_name = fields.String(required=True)
    drawn_at = sent_moment(required=True)
    status = fields.Enum(SpotCheckStatus, by_value=True, required=True)
    checked_by_name = fields.String(required=True, allow_none=True)
    checked_at = sent_moment(required=True, allow_none=True)
    note = fields.String(required=True)
    appeal = fields.String(required=True)
    appealed_at = sent_moment(required=True, allow_none=True)
    decided_by_name = fields.String(required=True, allow_none=True)
    decided_at = sent_moment(required=True, allow_none=True)
    decision_note = fields.String(required=True)

    @ma.pre_dump
    def flatten(self, seen: spot_checks.ListedSpotCheck, **_: Any) -> dict[str, Any]:
        """Put the names and the evidence beside the row."""
        besides = {name: value for name, value in vars(seen).items() if name != "check"}
        return {name: besides[name] if name in besides else getattr(seen.check, name) for name in self.fields}


class SpotCheckPlaceOutput(Output):
    """Where the place lies, WGS-84."""

    lng = fields.Float(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    radius_m = fields.Integer(required=True)


class SpotCheckRecordOutput(GatheredFields, Output):
    """What the record showed; the position as it was sent, and none of a visit."""

    lng = fields.Float(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    accuracy_m = fields.Float(required=True, allow_none=True)
    datum = fields.Enum(Datum, by_value=True, required=True, allow_none=True)


class SpotCheckChallengeOutput(Output):
    """When the challenge was given and over."""

    issued_at = sent_moment(required=True)
    expires_at = sent_moment(required=True)


class SpotCheckPhotoOutput(Output):
    """A photo of the record, and whether it came when the challenge was over."""

    photo_id = fields.UUID(required=True)
    received_at = sent_moment(required=True, allow_none=True)
    is_late = fields.Boolean(required=True)


class WholeSpotCheckOutput(SpotCheckOutput):
    """A spot check with place, position, times and photos side by side; of a visit no photos."""

    place = fields.Nested(SpotCheckPlaceOutput, required=True)
    record = fields.Nested(SpotCheckRecordOutput, required=True)
    challenge = fields.Nested(SpotCheckChallengeOutput, required=True, allow_none=True)
    digits = fields.String(required=True, allow_none=True)
    photos = fields.List(fields.Nested(SpotCheckPhotoOutput), required=True)
    result_photos = fields.List(fields.Nested(PhotoOutput), required=True)


class SpotCheckWeekOutput(Output):
    """A week's lot: the hash of its seed beforehand, the seed itself once it was drawn."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    week_on = fields.Date(required=True)
    committed_at = sent_moment(required=True)
    seed_hash = fields.String(required=True)
    seed = fields.String(required=True, allow_none=True)
    drawn_at = sent_moment(required=True, allow_none=True)
    records = fields.Integer(required=True)

    @ma.pre_dump
    def show(self, seen: spot_checks.ListedWeek, **_: Any) -> dict[str, Any]:
        """Write the hash in hexadecimal, and put what belongs to the week beside it."""
        besides = {name: value for name, value in vars(seen).items() if name != "week"}
        besides |= {"seed_hash": seen.week.seed_hash.hex()}
        if "entries" in self.fields:
            besides["entries"] = seen.week.candidates
        return {name: besides[name] if name in besides else getattr(seen.week, name) for name in self.fields}


class SpotCheckEntryOutput(Output):
    """A record in the urn: ``due`` says that one at least of its worker, a number, had to be drawn."""

    record_id = fields.UUID(required=True)
    worker = fields.Integer(required=True)
    weight = fields.Integer(required=True)
    due = fields.Boolean(required=True)


class WholeSpotCheckWeekOutput(SpotCheckWeekOutput):
    """A week's lot with its urn and what was drawn: enough to draw it again."""

    entries = fields.List(fields.Nested(SpotCheckEntryOutput), required=True)
    drawn = fields.List(fields.UUID(), required=True)


@blueprint.route("/spot-checks", methods=["GET"])
@allow(Permission.SPOT_CHECK_READ)
@blueprint.answer(page_of(SpotCheckOutput))
@blueprint.query(SpotCheckListInput)
def list_spot_checks(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List what was drawn within reach, the newest first; a worker finds his own that have a result."""

    def fetch(**span: Any) -> Any:
        return spot_checks.spot_checks(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda seen: seen.check.id, limit=limit, after=after)


@blueprint.route("/spot-checks/<uuid:check_id>", methods=["GET"])
@allow(Permission.SPOT_CHECK_READ)
@blueprint.answer(WholeSpotCheckOutput)
def get_spot_check(check_id: UUID) -> Any:
    """Show one with what the record showed."""
    with transaction() as session:
        return spot_checks.spot_check(session, actor(), check_id)


@blueprint.route("/spot-checks/<uuid:check_id>/result", methods=["POST"])
@allow(Permission.SPOT_CHECK_DO)
@blueprint.answer(SpotCheckOutput)
@blueprint.body(ResultInput)
def give_result(sent: dict[str, Any], check_id: UUID) -> Any:
    """Say what was found; the worker reads it with its reason and the name, and may appeal."""
    with transaction() as session:
        result = SpotCheckStatus(sent["result"])
        row = spot_checks.give_result(session, actor(), check_id, **sent | {"result": result})
        return spot_checks.listed(session, row)


@blueprint.route("/spot-checks/<uuid:check_id>/appeal", methods=["POST"])
@allow(Permission.SPOT_CHECK_READ)
@blueprint.answer(SpotCheckOutput)
@blueprint.body(AppealInput)
def appeal(sent: dict[str, Any], check_id: UUID) -> Any:
    """Say as the worker that a result is wrong."""
    with transaction() as session:
        return spot_checks.listed(session, spot_checks.appeal(session, actor(), check_id, **sent))


@blueprint.route("/spot-checks/<uuid:check_id>/decide", methods=["POST"])
@allow(Permission.SPOT_CHECK_DO)
@blueprint.answer(SpotCheckOutput)
@blueprint.body(AppealDecisionInput)
def decide(sent: dict[str, Any], check_id: UUID) -> Any:
    """Decide on an appeal, as somebody who neither made the record nor looked at it."""
    with transaction() as session:
        return spot_checks.listed(session, spot_checks.decide(session, actor(), check_id, **sent))


@blueprint.route("/spot-check-weeks", methods=["GET"])
@allow(Permission.SPOT_CHECK_DO)
@blueprint.answer(page_of(SpotCheckWeekOutput))
@blueprint.query(PageInput)
def list_spot_check_weeks(limit: int, after: str | None) -> dict[str, Any]:
    """List the weeks' lots, the newest first, so that anybody can draw them again."""

    def fetch(**span: Any) -> Any:
        return spot_checks.weeks(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda seen: seen.week.id, limit=limit, after=after)


@blueprint.route("/spot-check-weeks/<uuid:week_id>", methods=["GET"])
@allow(Permission.SPOT_CHECK_DO)
@blueprint.answer(WholeSpotCheckWeekOutput)
def get_spot_check_week(week_id: UUID) -> Any:
    """Give a week's draw as a document, from which anybody can draw again (``verify-draw``)."""
    with transaction() as session:
        return spot_checks.whole_week(session, actor(), week_id)
