"""Follow-ups of visits."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, StepInput, Text, day, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_leave, note_leaves, transaction
from app.identity import Permission
from app.visits import Done, FollowUpStep, Whose

blueprint = Blueprint("follow_ups", __name__, description="需求跟进")
_REASON_SIGNS = 200


class FollowUpListInput(PageInput):
    """Which follow-ups."""

    whose = word(Whose, load_default=Whose.MINE)
    done = word(Done, load_default=Done.OPEN)


class FinishInput(Input):
    """What came of it."""

    result = Text(500, lines=True, required=True)


class HandOverInput(StepInput):
    """Who sees to it from now on, and why."""

    owner_id = uid(required=True)
    reason = Text(_REASON_SIGNS, least=2, required=True)


class PostponeInput(StepInput):
    """Until when it waits now, and why."""

    due_on = day(required=True)
    reason = Text(_REASON_SIGNS, least=2, required=True)


class CourseOutput(Output):
    """One step: who had it and until when from then on."""

    step = fields.Enum(FollowUpStep, by_value=True, required=True)
    at = sent_moment(required=True)
    by_id = fields.UUID(required=True)
    owner_id = fields.UUID(required=True)
    due_on = fields.Date(required=True)
    reason = fields.String(required=True)


class FollowUpOutput(Output):
    """Something that is needed, who sees to it, and what came of it as far as that is shown."""

    id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    need = fields.String(required=True)
    urgent = fields.Boolean(required=True)
    owner_id = fields.UUID(required=True)
    due_on = fields.Date(required=True)
    done_at = sent_moment(required=True, allow_none=True)
    done_by = fields.UUID(required=True, allow_none=True)
    result = fields.String(required=True, allow_none=True)
    course = fields.List(fields.Nested(CourseOutput), required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, shown: visits.ShownFollowUp, **_: Any) -> dict[str, Any]:
        """Open what is sealed; the need is told with its visit, what came of it as far as it is shown."""
        row, unknown = shown.row, dict.fromkeys(("done_at", "done_by", "result", "course"))
        told = _words(row) if shown.whole else unknown | {"need": visits.need_of(parts().showing, row)}
        return {name: told[name] if name in told else getattr(row, name) for name in self.fields}


def _words(row: visits.FollowUp) -> dict[str, Any]:
    sealer = parts().showing
    return {
        "need": visits.need_of(sealer, row),
        "result": visits.result_of(sealer, row),
        "course": visits.course_of(sealer, row),
    }


class NamedFollowUpOutput(FollowUpOutput):
    """A follow-up with whom it is for; its words are null to an admin without leave to read of a minor."""

    need = fields.String(required=True, allow_none=True)
    care_record_id = fields.UUID(required=True)
    resident_name = fields.String(required=True)

    @ma.pre_dump
    def flatten(self, shown: visits.ShownFollowUp, **_: Any) -> dict[str, Any]:
        """Open what is sealed and may be read, and add whom it is for."""
        row = shown.row
        told: dict[str, Any] = {"need": None, "result": None, "course": None}
        told |= _words(row) if shown.whole else {}
        told["care_record_id"] = row.visit.care_record_id
        told["resident_name"] = row.visit.care_record.resident.name
        return {name: told[name] if name in told else getattr(row, name) for name in self.fields}


@blueprint.route("/follow-ups", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(page_of(NamedFollowUpOutput))
@blueprint.query(FollowUpListInput)
def list_follow_ups(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List follow-ups by the day they are due."""

    def fetch(**span: Any) -> Any:
        found = visits.follow_ups(session, actor(), **filters, **span)
        note_leaves([one.leave for one in found])
        if whose := {str(_whom(one.row)) for one in found if one.whole}:
            note(resident_ids=sorted(whose))
        return found

    def key(shown: visits.ShownFollowUp) -> visits.DueKey:
        return visits.DueKey(shown.row.due_on, shown.row.id)

    with transaction() as session:
        return page(fetch, key, limit=limit, after=after, parse=visits.DueKey.parse)


@blueprint.route("/follow-ups/<uuid:follow_up_id>/finish", methods=["POST"])
@allow(Permission.VISIT_FILE)
@blueprint.answer(NamedFollowUpOutput)
@blueprint.body(FinishInput)
def finish_follow_up(sent: dict[str, Any], follow_up_id: UUID) -> Any:
    """Note what came of a follow-up."""
    with transaction() as session:
        row = visits.finish(session, actor(), parts().sealer, follow_up_id, **sent)
        (shown,) = visits.shown_follow_ups(session, actor(), [row])
        return _noted(shown)


@blueprint.route("/follow-ups/<uuid:follow_up_id>/hand-over", methods=["POST"])
@allow(Permission.VISIT_FILE)
@blueprint.answer(NamedFollowUpOutput)
@blueprint.body(HandOverInput)
def hand_over_follow_up(sent: dict[str, Any], follow_up_id: UUID) -> Any:
    """Give it to another owner."""
    to = sent.pop("owner_id")
    with transaction() as session:
        row = visits.hand_over(session, actor(), parts().sealer, follow_up_id, to=to, **sent)
        return _noted(visits.moved(session, actor(), parts().showing, row, sent["step_id"]))


@blueprint.route("/follow-ups/<uuid:follow_up_id>/postpone", methods=["POST"])
@allow(Permission.VISIT_FILE)
@blueprint.answer(NamedFollowUpOutput)
@blueprint.body(PostponeInput)
def postpone_follow_up(sent: dict[str, Any], follow_up_id: UUID) -> Any:
    """Give it another day."""
    with transaction() as session:
        row = visits.postpone(session, actor(), parts().sealer, follow_up_id, **sent)
        return _noted(visits.moved(session, actor(), parts().showing, row, sent["step_id"]))


def _noted(shown: visits.ShownFollowUp) -> visits.ShownFollowUp:
    """Name in the trail whose it is, and by what its words are read."""
    note(resident_id=str(_whom(shown.row)))
    note_leave(shown.leave)
    return shown


def _whom(row: visits.FollowUp) -> UUID:
    return row.visit.care_record.resident_id
