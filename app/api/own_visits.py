"""Visits as who was visited sees them, and his word that somebody came, or that nobody did."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, StepInput, Text, sent_moment, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_leaves, sensitive, transaction
from app.identity import Permission
from app.visits import Confirmation, SaidBy, VisitMode

blueprint = Blueprint("own_visits", __name__, description="探访确认")
_WORD_SIGNS = 200
_ANSWER = ("id", "area_code", "ticket_needed", "confirmation")
"""What is told of a visit to a minor to whoever has no leave to read of him."""


class VisitAnswer(StrEnum):
    """What somebody may say of a visit."""

    CONFIRMED = "confirmed"
    DENIED = "denied"


class VisitAnswerInput(StepInput):
    """Whether somebody came, and a word besides."""

    answer = word(VisitAnswer, required=True)
    word = Text(_WORD_SIGNS, lines=True, load_default="")


class AnsweredListInput(PageInput):
    """Which answers."""

    answer = word(VisitAnswer, load_default=None)


class OwnVisitOutput(Output):
    """When, by whom and how somebody called; ``open`` says that it may be answered now."""

    id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True)
    resident_name = fields.String(required=True)
    visited_at = sent_moment(required=True)
    mode = fields.Enum(VisitMode, by_value=True, required=True)
    worker_name = fields.String(required=True)
    confirmation = fields.Enum(Confirmation, by_value=True, required=True)
    answered_at = sent_moment(required=True, allow_none=True)
    open = fields.Boolean(required=True)

    @ma.pre_dump
    def flatten(self, seen: visits.OwnVisit, **_: Any) -> dict[str, Any]:
        """Give what he is shown, and nothing else of the visit."""
        visit = seen.visit
        return {
            "id": visit.id,
            "resident_id": seen.resident.id,
            "resident_name": seen.resident.name,
            "visited_at": visit.happened_at,
            "mode": visit.mode,
            "worker_name": seen.worker_name,
            "confirmation": visit.confirmation,
            "answered_at": visit.answered_at,
            "open": seen.open,
        }


class AnsweredVisitOutput(Output):
    """A visit that somebody confirmed or denied; whom it was to, and his words, the visit itself tells.

    Of a minor's all but what was answered is null to whoever needs a ticket.
    """

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    ticket_needed = fields.Boolean(required=True)
    care_record_id = fields.UUID(required=True, allow_none=True)
    worker_id = fields.UUID(required=True, allow_none=True)
    worker_name = fields.String(required=True, allow_none=True)
    visited_at = sent_moment(required=True, allow_none=True)
    mode = fields.Enum(VisitMode, by_value=True, required=True, allow_none=True)
    confirmation = fields.Enum(Confirmation, by_value=True, required=True)
    answered_at = sent_moment(required=True, allow_none=True)
    answered_as = fields.Enum(SaidBy, by_value=True, required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, answered: visits.AnsweredVisit, **_: Any) -> dict[str, Any]:
        """Put the name beside the row; leave out what is not shown."""
        visit = answered.visit
        besides = {
            "ticket_needed": not answered.whole,
            "worker_name": answered.worker_name,
            "visited_at": visit.happened_at,
        }
        told = {name: besides[name] if name in besides else getattr(visit, name) for name in self.fields}
        if answered.whole:
            return told
        return {name: value if name in _ANSWER else None for name, value in told.items()}


@blueprint.route("/me/visits", methods=["GET"])
@allow(Permission.VISIT_OWN)
@blueprint.answer(page_of(OwnVisitOutput))
@blueprint.query(PageInput)
def my_visits(limit: int, after: str | None) -> dict[str, Any]:
    """List who called on me, and on children whose guardian I am, the newest first; not every visit."""

    def fetch(**span: Any) -> Any:
        return visits.own_visits(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda seen: seen.visit.id, limit=limit, after=after)


@blueprint.route("/me/visits/<uuid:visit_id>/answer", methods=["POST"])
@allow(Permission.VISIT_OWN)
@blueprint.answer(OwnVisitOutput)
@blueprint.body(VisitAnswerInput)
def answer_visit(sent: dict[str, Any], visit_id: UUID) -> Any:
    """Say that somebody came, or that nobody did: once; a denial is told to the community's admins."""
    said = Confirmation(sent.pop("answer"))
    with transaction() as session:
        seen = visits.answer(session, actor(), parts().sealer, visit_id, said=said, **sent)
        note(resident_id=str(seen.resident.id))
        return seen


@blueprint.route("/answered-visits", methods=["GET"])
@allow(Permission.CARE_WRITE)
@blueprint.answer(page_of(AnsweredVisitOutput))
@blueprint.query(AnsweredListInput)
@sensitive
def list_answered_visits(limit: int, after: str | None, answer: VisitAnswer | None) -> dict[str, Any]:
    """List what residents confirmed or denied, the newest visit first; of minors by leave only."""
    said = Confirmation(answer) if answer is not None else None

    def fetch(**span: Any) -> Any:
        found = visits.answered_visits(session, actor(), said=said, **span)
        note_leaves([one.leave for one in found])
        if whose := {str(one.resident.id) for one in found if one.whole}:
            note(resident_ids=sorted(whose))
        return found

    with transaction() as session:
        return page(fetch, lambda one: one.visit.id, limit=limit, after=after)
