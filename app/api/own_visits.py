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
from app.api.http.recording import note, transaction
from app.identity import Permission
from app.visits import Confirmation, SaidBy, VisitMode

blueprint = Blueprint("own_visits", __name__, description="探访确认")
_WORD_SIGNS = 200


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
    """A visit that somebody confirmed or denied; whom it was to, and his words, the visit itself tells."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    care_record_id = fields.UUID(required=True)
    worker_id = fields.UUID(required=True)
    worker_name = fields.String(required=True)
    visited_at = sent_moment(required=True)
    mode = fields.Enum(VisitMode, by_value=True, required=True)
    confirmation = fields.Enum(Confirmation, by_value=True, required=True)
    answered_at = sent_moment(required=True)
    answered_as = fields.Enum(SaidBy, by_value=True, required=True)

    @ma.pre_dump
    def flatten(self, answered: tuple[Any, str], **_: Any) -> dict[str, Any]:
        """Put the name beside the row."""
        visit, worker_name = answered
        besides = {"worker_name": worker_name, "visited_at": visit.happened_at}
        return {name: besides[name] if name in besides else getattr(visit, name) for name in self.fields}


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
def list_answered_visits(limit: int, after: str | None, answer: VisitAnswer | None) -> dict[str, Any]:
    """List what residents confirmed or denied, the newest visit first."""
    said = Confirmation(answer) if answer is not None else None

    def fetch(**span: Any) -> Any:
        return visits.answered_visits(session, actor(), said=said, **span)

    with transaction() as session:
        return page(fetch, lambda row: row[0].id, limit=limit, after=after)
