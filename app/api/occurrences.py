"""Occurrences: the inspections that plans ask for. Evidence resolves them, nobody ticks them."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import plans
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, StepInput, Text, day, has_words, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.api.inspections import WorkerFilterInput, chosen
from app.identity import Permission
from app.plans import OccurrenceState

blueprint = Blueprint("occurrences", __name__, description="巡查任务")


class OccurrenceListInput(WorkerFilterInput, PageInput):
    """Which occurrences; both days are included and those of the opening."""

    place_id = uid(load_default=None)
    plan_id = uid(load_default=None)
    state = word(OccurrenceState, load_default=None)
    since = day(load_default=None)
    until = day(load_default=None)


class ReassignInput(StepInput):
    """To whom, and why."""

    worker_id = uid(required=True)
    reason = Text(200, least=2, checks=[has_words], required=True)


class OccurrenceOutput(Output):
    """One inspection that a plan asks for, and how it stands."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    plan_id = fields.UUID(required=True)
    plan_title = fields.String(required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    checklist_area_code = fields.String(required=True)
    checklist_code = fields.String(required=True)
    period_on = fields.Date(required=True)
    opens_at = sent_moment(required=True)
    due_at = sent_moment(required=True)
    missed_at = sent_moment(required=True)
    original_worker_id = fields.UUID(required=True, allow_none=True)
    worker_id = fields.UUID(required=True, allow_none=True)
    worker_name = fields.String(required=True, allow_none=True)
    state = fields.Enum(OccurrenceState, by_value=True, required=True)
    on_time = fields.Boolean(required=True, allow_none=True)
    done_at = sent_moment(required=True, allow_none=True)
    inspection_id = fields.UUID(required=True, allow_none=True)
    late_reason = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, seen: plans.ShownOccurrence, **_: Any) -> dict[str, Any]:
        """Put the occurrence beside what stands in other rows."""
        return plain(seen)


def plain(seen: plans.ShownOccurrence) -> dict[str, Any]:
    """Give an occurrence with what stands in other rows."""
    row = seen.occurrence
    besides = {
        "plan_title": row.plan.title,
        "place_name": row.place.name,
        "worker_name": seen.worker_name,
        "state": seen.state,
        "late_reason": row.inspection.late_reason if row.inspection else None,
    }
    return {name: getattr(row, name) for name in OccurrenceOutput().fields.keys() - besides} | besides


@blueprint.route("/occurrences", methods=["GET"])
@allow(Permission.PLAN_READ)
@blueprint.answer(page_of(OccurrenceOutput))
@blueprint.query(OccurrenceListInput)
def list_occurrences(limit: int, after: str | None, **sent: Any) -> dict[str, Any]:
    """List occurrences within reach, the last to open first; of one worker or plan then by the route."""
    wanted = plans.OccurrenceFilter(**chosen(sent))

    def fetch(**span: Any) -> Any:
        return plans.occurrences(session, actor(), wanted, **span)

    with transaction() as session:
        return page(fetch, lambda seen: seen.key, limit=limit, after=after, parse=plans.OpeningKey.parse)


@blueprint.route("/occurrences/<uuid:occurrence_id>", methods=["GET"])
@allow(Permission.PLAN_READ)
@blueprint.answer(OccurrenceOutput)
def get_occurrence(occurrence_id: UUID) -> Any:
    """Show one occurrence."""
    with transaction() as session:
        return plans.occurrence(session, actor(), occurrence_id)


@blueprint.route("/occurrences/<uuid:occurrence_id>/reassign", methods=["POST"])
@allow(Permission.PLAN_WRITE)
@blueprint.answer(OccurrenceOutput)
@blueprint.body(ReassignInput)
def reassign(sent: dict[str, Any], occurrence_id: UUID) -> Any:
    """Give an occurrence to another worker; whose it was stays on record."""
    with transaction() as session:
        row = plans.reassign(session, actor(), occurrence_id, **sent)
        session.flush()
        return plans.occurrence(session, actor().as_author(row.area_code), occurrence_id)
