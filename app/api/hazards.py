"""Hazards: reported and read; what happens to them then is in ``hazard_steps``."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import hazards, visits
from app.api.hazard_filters import HazardFilterInput, wanted_from
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import transaction
from app.api.photos import PhotoOutput, PhotosFields, with_counts
from app.api.signals import GatheredFields, SignalsFields, photo_ids, signals_from
from app.evidence import ClockFlag
from app.hazards import (
    DeadlineSource,
    Department,
    HazardCategory,
    HazardLevel,
    HazardOrder,
    HazardSource,
    HazardStatus,
    HazardStep,
)
from app.identity import Permission

blueprint = Blueprint("hazards", __name__, description="隐患")
_MAX_TEXT = 1000


class HazardInput(SignalsFields, Input):
    """A report; without ``place_id`` it happened where the scanned code hangs."""

    place_id = uid(load_default=None, allow_none=True)
    category = word(HazardCategory, required=True)
    text = Text(_MAX_TEXT, least=1, lines=True, required=True)
    photo_ids = photo_ids()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> hazards.HazardReport:
        """Give what the domain takes."""
        return hazards.HazardReport(signals=signals_from(data), **data)


class HazardListInput(HazardFilterInput, PageInput):
    """Which hazards, in which order."""

    sort = word(HazardOrder, load_default=HazardOrder.NEWEST)


class KeptHazardOutput(Output):
    """What stands for a report that was merged into it; ``reason`` says why it was not accepted."""

    id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    category = fields.Enum(HazardCategory, by_value=True, required=True)
    level = fields.Enum(HazardLevel, by_value=True, required=True)
    status = fields.Enum(HazardStatus, by_value=True, required=True)
    due_at = sent_moment(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)
    reason = fields.String(required=True)

    @ma.pre_dump
    def flatten(self, kept: hazards.KeptHazard, **_: Any) -> dict[str, Any]:
        """Put the record beside what stands in other rows."""
        besides = {"place_name": kept.place_name, "reason": kept.reason}
        return {
            name: besides[name] if name in besides else getattr(kept.hazard, name) for name in self.fields
        }


class HazardOutput(PhotosFields, GatheredFields, Output):
    """A hazard in a list; ``item_key`` names the checklist item it broke, in all versions of the list.

    ``merged_count`` is how many reports were merged into it, ``kept`` what it was merged into itself.
    """

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    item_id = fields.UUID(required=True, allow_none=True)
    item_key = fields.String(required=True, allow_none=True)
    inspection_id = fields.UUID(required=True, allow_none=True)
    source = fields.Enum(HazardSource, by_value=True, required=True)
    category = fields.Enum(HazardCategory, by_value=True, required=True)
    level = fields.Enum(HazardLevel, by_value=True, required=True)
    text = fields.String(required=True)
    status = fields.Enum(HazardStatus, by_value=True, required=True)
    assignee_id = fields.UUID(required=True, allow_none=True)
    unit_id = fields.UUID(required=True, allow_none=True)
    unit_name = fields.String(required=True, allow_none=True)
    due_at = sent_moment(required=True, allow_none=True)
    asked_due_at = sent_moment(required=True, allow_none=True)
    extensions = fields.Integer(required=True)
    ended_at = sent_moment(required=True, allow_none=True)
    satisfaction = fields.Integer(required=True, allow_none=True)
    rated_at = sent_moment(required=True, allow_none=True)
    came_back = fields.Boolean(required=True)
    department = fields.Enum(Department, by_value=True, required=True, allow_none=True)
    controls_due_at = sent_moment(required=True, allow_none=True)
    controls_reported_at = sent_moment(required=True, allow_none=True)
    controls_checked_at = sent_moment(required=True, allow_none=True)
    supervised_at = sent_moment(required=True, allow_none=True)
    answered_at = sent_moment(required=True, allow_none=True)
    duplicate_of_id = fields.UUID(required=True, allow_none=True)
    kept = fields.Nested(KeptHazardOutput, required=True, allow_none=True)
    merged_count = fields.Integer(required=True)
    recurrences = fields.Integer(required=True)
    recheck_failures = fields.Integer(required=True)
    reported_by_me = fields.Boolean(required=True)

    @ma.pre_dump
    def flatten(self, seen: hazards.ListedHazard, **_: Any) -> dict[str, Any]:
        """Put the record beside what stands in other rows."""
        row = seen.hazard
        besides = {"place_name": row.place.name, "unit_name": row.unit.name if row.unit else None}
        besides |= {name: value for name, value in vars(seen).items() if name != "hazard"}
        besides |= with_counts(seen.photos)
        return {name: besides[name] if name in besides else getattr(row, name) for name in self.fields}


class HazardEventOutput(Output):
    """One step; a neighbour or visitor who reported is named in no step of his.

    An assignment names who got it, and from whom. ``captured_at`` is by the phone's clock, where it was told;
    ``at`` by the server's.
    """

    number = fields.Integer(required=True)
    step = fields.Enum(HazardStep, by_value=True, required=True)
    status_after = fields.Enum(HazardStatus, by_value=True, required=True)
    at = sent_moment(required=True)
    captured_at = sent_moment(required=True, allow_none=True)
    clock_flag = fields.Enum(ClockFlag, by_value=True, required=True, allow_none=True)
    actor_name = fields.String(required=True, allow_none=True)
    assignee_name = fields.String(required=True, allow_none=True)
    former_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    data = fields.Dict(required=True)
    photos = fields.List(fields.Nested(PhotoOutput), required=True)

    @ma.pre_dump
    def flatten(self, seen: hazards.ShownEvent, **_: Any) -> dict[str, Any]:
        """Put the step beside its photos and whoever took it."""
        besides = {name: value for name, value in vars(seen).items() if name != "event"}
        return {name: besides[name] if name in besides else getattr(seen.event, name) for name in self.fields}


class FiveFixedOutput(Output):
    """The five fixed items."""

    measures = fields.String(required=True)
    funds = fields.String(required=True)
    responsible = fields.String(required=True)
    deadline = fields.String(required=True)
    contingency = fields.String(required=True)


class EarlierHazardOutput(Output):
    """A hazard of the same item at the same place, found before."""

    id = fields.UUID(required=True)
    status = fields.Enum(HazardStatus, by_value=True, required=True)
    received_at = sent_moment(required=True)
    ended_at = sent_moment(required=True, allow_none=True)


class MergedRatingOutput(Output):
    """What somebody said whose report was merged into this hazard; ``hazard_id`` is his report."""

    hazard_id = fields.UUID(required=True)
    satisfaction = fields.Integer(required=True)
    note = fields.String(required=True)
    rated_at = sent_moment(required=True)


class DefaultTimeOutput(Output):
    """How many working days a hazard gets if nobody names a deadline, and by whose word."""

    working_days = fields.Integer(required=True)
    source = fields.Enum(DeadlineSource, by_value=True, required=True)


class WholeHazardOutput(HazardOutput):
    """A hazard with its history, and the verbs open to the reader now.

    ``merged_ids`` names the first reports that were merged into it, of those that he may read;
    ``merged_ratings`` tells staff what the first of their reporters said of the outcome.
    ``default_time`` is what it gets if his next step names no deadline, null where that gives none.
    """

    controls = fields.String(required=True, allow_none=True)
    five_fixed = fields.Nested(FiveFixedOutput, required=True, allow_none=True)
    assignee_name = fields.String(required=True, allow_none=True)
    merged_ids = fields.List(fields.UUID(), required=True)
    merged_ratings = fields.List(fields.Nested(MergedRatingOutput), required=True)
    earlier = fields.List(fields.Nested(EarlierHazardOutput), required=True)
    extensions_left = fields.Integer(required=True)
    events = fields.List(fields.Nested(HazardEventOutput), required=True)
    allowed = fields.List(fields.Enum(HazardStep, by_value=True), required=True)
    default_time = fields.Nested(DefaultTimeOutput, required=True, allow_none=True)


class HazardOfVisitOutput(WholeHazardOutput):
    """The same with the visit on which it was seen, for whoever may read that; null for all others."""

    visit_id = fields.UUID(required=True, allow_none=True)


@blueprint.route("/hazards", methods=["GET"])
@allow(Permission.HAZARD_READ)
@blueprint.answer(page_of(HazardOutput))
@blueprint.query(HazardListInput)
def list_hazards(limit: int, after: str | None, sort: HazardOrder, **sent: Any) -> dict[str, Any]:
    """List hazards within reach; a resident finds those he reported."""
    wanted = wanted_from(sent)

    def fetch(**span: Any) -> Any:
        return hazards.hazards(session, actor(), wanted, order=sort, **span)

    def key(seen: hazards.ListedHazard) -> hazards.HazardKey:
        return hazards.HazardKey(seen.hazard.id, seen.hazard.due_at)

    with transaction() as session:
        return page(fetch, key, limit=limit, after=after, parse=hazards.HazardKey.parse)


@blueprint.route("/hazards/<uuid:hazard_id>", methods=["PUT"])
@allow(Permission.HAZARD_REPORT)
@blueprint.made_once(HazardOfVisitOutput)
@blueprint.body(HazardInput)
def put_hazard(sent: hazards.HazardReport, hazard_id: UUID) -> tuple[Any, int]:
    """Report a hazard."""
    with transaction() as session:
        row, made = hazards.report(session, actor(), parts().signer, hazard_id, sent)
        return visits.hazard_of_visit(session, actor().as_author(row.area_code), hazard_id), once(made)


@blueprint.route("/hazards/<uuid:hazard_id>", methods=["GET"])
@allow(Permission.HAZARD_READ)
@blueprint.answer(HazardOfVisitOutput)
def get_hazard(hazard_id: UUID) -> Any:
    """Show one hazard with its history."""
    with transaction() as session:
        return visits.hazard_of_visit(session, actor(), hazard_id)
