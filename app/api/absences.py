"""Absences: another does a worker's occurrences for some days."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import plans, visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, community_code, day, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission
from app.plans import AbsenceReason

blueprint = Blueprint("absences", __name__, description="请假顶班")


class AbsenceInput(Input):
    """Who is away from when until when, both days included, and who stands in for him."""

    area_code = community_code(required=True)
    worker_id = uid(required=True)
    substitute_id = uid(required=True)
    from_on = day(required=True)
    until_on = day(required=True)
    reason = word(AbsenceReason, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> plans.NewAbsence:
        """Give what the domain takes."""
        return plans.NewAbsence(**data)


class AbsenceListInput(PageInput):
    """Whose absences."""

    worker_id = uid(load_default=None)


class AbsenceOutput(Output):
    """An absence."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    worker_id = fields.UUID(required=True)
    substitute_id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    reason = fields.Enum(AbsenceReason, by_value=True, required=True)
    created_at = sent_moment(required=True)
    ended_at = sent_moment(required=True, allow_none=True)


@blueprint.route("/absences", methods=["GET"])
@allow(Permission.PLAN_READ)
@blueprint.answer(page_of(AbsenceOutput))
@blueprint.query(AbsenceListInput)
def list_absences(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List absences within reach, or by which a worker is away or stands in, the newest first."""

    def fetch(**span: Any) -> Any:
        return plans.absences(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda absence: absence.id, limit=limit, after=after)


@blueprint.route("/absences/<uuid:absence_id>", methods=["PUT"])
@allow(Permission.PLAN_WRITE)
@blueprint.made_once(AbsenceOutput)
@blueprint.body(AbsenceInput)
def put_absence(new: plans.NewAbsence, absence_id: UUID) -> tuple[Any, int]:
    """Let somebody stand in for a worker; who gives out hazards is told of what would wait for him."""
    with transaction() as session:
        absence, made = visits.let_stand_in(session, actor(), absence_id, new)
    return absence, once(made)


@blueprint.route("/absences/<uuid:absence_id>/end", methods=["POST"])
@allow(Permission.PLAN_WRITE)
@blueprint.answer(AbsenceOutput)
def end_absence(absence_id: UUID) -> Any:
    """Let a worker be back from now on; what can still be done is his again."""
    with transaction() as session:
        return plans.end_absence(session, actor(), absence_id)
