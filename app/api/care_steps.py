"""Steps of care records, and what was changed of one; each step is safe to send again."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.care_records import MAX_REASON, MOST_DAYS, CareRecordOutput, shown
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, StepInput, Text, day, has_words, sent_moment, uid, whole, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note_leave, transaction
from app.identity import Permission
from app.visits import CareLevel, CareStep, SaidBy, Willingness

blueprint = Blueprint("care_steps", __name__, description="关爱对象的变更")


def _why(**kwargs: Any) -> Text:
    return Text(MAX_REASON, lines=True, **kwargs)


class CareLevelInput(StepInput):
    """Another level, or more or less often; without ``every_days`` the level says how often."""

    level = word(CareLevel, required=True)
    every_days = whole(1, MOST_DAYS, load_default=None, allow_none=True)
    reason = _why(least=2, checks=[has_words], required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "new": visits.NewLevel(**data)}


class CareWorkerInput(StepInput):
    """Who is responsible from now on."""

    worker_id = uid(required=True)
    reason = _why(least=2, checks=[has_words], required=True)


class CareSubstituteInput(StepInput):
    """Who does it where the worker cannot and nobody stands in for him; null is nobody."""

    substitute_id = uid(required=True, allow_none=True)
    reason = _why(load_default="")


class WillingnessInput(StepInput):
    """Whether and how visits are wanted, who said so, and on which day."""

    willingness = word(Willingness, required=True)
    willing_on = day(required=True)
    willing_speaker = word(SaidBy, required=True)
    reason = _why(load_default="")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        step_id, reason = data.pop("step_id"), data.pop("reason")
        return {"step_id": step_id, "will": visits.Will(**data), "reason": reason}


class CareEventOutput(Output):
    """A change: what held ``before``, if anything did, what holds ``now``, and why."""

    id = fields.UUID(required=True)
    step = fields.Enum(CareStep, by_value=True, required=True)
    at = sent_moment(required=True)
    day = fields.Date(required=True)
    actor_id = fields.UUID(required=True)
    data = fields.Dict(required=True)
    reason = fields.String(required=True)

    @ma.pre_dump
    def flatten(self, event: visits.CareEvent, **_: Any) -> dict[str, Any]:
        """Open the reason."""
        told = {name: getattr(event, name) for name in self.fields if name != "reason"}
        return told | {"reason": visits.reason_of(parts().showing, event)}


@blueprint.route("/care-records/<uuid:record_id>/history", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(page_of(CareEventOutput))
@blueprint.query(PageInput)
def list_care_history(record_id: UUID, limit: int, after: str | None) -> dict[str, Any]:
    """List what was changed of a care record, the newest first: when, by whom and why."""

    def fetch(**span: Any) -> Any:
        found, leave = visits.care_history(session, actor(), record_id, **span)
        note_leave(leave)
        return found

    with transaction() as session:
        return page(fetch, lambda event: event.id, limit=limit, after=after)


@blueprint.route("/care-records/<uuid:record_id>/level", methods=["POST"])
@allow(Permission.CARE_WRITE)
@blueprint.answer(CareRecordOutput)
@blueprint.body(CareLevelInput)
def change_level(sent: dict[str, Any], record_id: UUID) -> Any:
    """Change the level, or how often somebody calls; the day of the next visit follows."""
    with transaction() as session:
        visits.change_level(session, actor(), parts().sealer, record_id, **sent)
        return shown(session, record_id)


@blueprint.route("/care-records/<uuid:record_id>/worker", methods=["POST"])
@allow(Permission.CARE_WRITE)
@blueprint.answer(CareRecordOutput)
@blueprint.body(CareWorkerInput)
def change_worker(sent: dict[str, Any], record_id: UUID) -> Any:
    """Let another worker be responsible; both are told."""
    with transaction() as session:
        visits.change_worker(session, actor(), parts().sealer, record_id, **sent)
        return shown(session, record_id)


@blueprint.route("/care-records/<uuid:record_id>/substitute", methods=["POST"])
@allow(Permission.CARE_WRITE)
@blueprint.answer(CareRecordOutput)
@blueprint.body(CareSubstituteInput)
def change_substitute(sent: dict[str, Any], record_id: UUID) -> Any:
    """Say who calls there where the worker cannot and nobody stands in for him."""
    with transaction() as session:
        visits.change_substitute(session, actor(), parts().sealer, record_id, **sent)
        return shown(session, record_id)


@blueprint.route("/care-records/<uuid:record_id>/willingness", methods=["POST"])
@allow(Permission.VISIT_FILE)
@blueprint.answer(CareRecordOutput)
@blueprint.body(WillingnessInput)
def note_willingness(sent: dict[str, Any], record_id: UUID) -> Any:
    """Note whether and how somebody wants to be visited; who refuses is not due, unless he is a minor."""
    with transaction() as session:
        visits.note_willingness(session, actor(), parts().sealer, record_id, **sent)
        return shown(session, record_id)
