"""Visits to care residents; what was said is shown one visit at a time, never in lists."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.answers import answers
from app.api.follow_ups import FollowUpOutput
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.body_bounds import FORMS_BYTES
from app.api.http.fields import Flag, Input, Output, Text, day, listed, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_leave, transaction
from app.api.photos import PhotoOutput, PhotosFields, with_counts
from app.api.signals import GatheredFields, SignalsFields, photo_ids, signals_from
from app.hazards import HazardCategory
from app.identity import Permission
from app.visits import Confirmation, SaidBy, VisitBasis, VisitMode, VisitOutcome

blueprint = Blueprint("visits", __name__, description="探访")
_NOTE_SIGNS = 1000
_KEY_SIGNS = 60
_MOST_KEYS = 100
_MOST_HAZARD_SIGNS = 1000


class NewFollowUpInput(Input):
    """Something that is needed; without an owner it is the responsible worker's."""

    need = Text(200, least=1, required=True)
    due_on = day(required=True)
    owner_id = uid(load_default=None, allow_none=True)
    urgent = Flag(load_default=False)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> visits.NewFollowUp:
        """Give what the domain takes."""
        return visits.NewFollowUp(**data)


class NewHazardInput(Input):
    """Something unsafe where somebody was visited, of whose home nobody is named; the phone makes the id."""

    id = uid(required=True)
    category = word(HazardCategory, required=True)
    text = Text(_MOST_HAZARD_SIGNS, least=1, lines=True, required=True)
    photo_ids = photo_ids()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> visits.NewHazard:
        """Give what the domain takes."""
        return visits.NewHazard(photo_ids=tuple(data.pop("photo_ids")), **data)


class VisitInput(SignalsFields, Input):
    """A visit to file; code and position count for a visit in person only, and are not kept otherwise.

    With ``unchanged_from``, the visit of the draft, ``answers`` has what is otherwise than then and what does
    not last, ``cleared`` the keys of what is no more; all else that lasts is taken from there.
    """

    care_record_id = uid(required=True)
    form_id = uid(required=True)
    mode = word(VisitMode, required=True)
    outcome = word(VisitOutcome, required=True)
    answers = answers(load_default=dict)
    note = Text(_NOTE_SIGNS, lines=True, load_default="")
    photo_ids = photo_ids()
    signature_id = uid(load_default=None, allow_none=True)
    harm_signs = Flag(load_default=False)
    unchanged_from = uid(load_default=None, allow_none=True)
    cleared = listed(Text(_KEY_SIGNS, least=1), _MOST_KEYS, load_default=list)
    follow_ups = listed(fields.Nested(NewFollowUpInput), visits.MAX_FOLLOW_UPS, load_default=list)
    hazards = listed(fields.Nested(NewHazardInput), visits.MAX_HAZARDS, load_default=list)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> visits.NewVisit:
        """Give what the domain takes."""
        signals = signals_from(data)
        lists: dict[str, Any] = {
            name: tuple(data.pop(name)) for name in ("photo_ids", "follow_ups", "cleared", "hazards")
        }
        return visits.NewVisit(signals=signals, **lists, **data)


class VisitListInput(PageInput):
    """Whose visits."""

    care_record_id = uid(required=True)


class VisitOutput(GatheredFields, Output):
    """A visit without what was said."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    care_record_id = fields.UUID(required=True)
    form_id = fields.UUID(required=True)
    worker_id = fields.UUID(required=True)
    mode = fields.Enum(VisitMode, by_value=True, required=True)
    outcome = fields.Enum(VisitOutcome, by_value=True, required=True)
    basis = fields.Enum(VisitBasis, by_value=True, required=True)
    confirmation = fields.Enum(Confirmation, by_value=True, required=True)
    answered_at = sent_moment(required=True, allow_none=True)
    answered_as = fields.Enum(SaidBy, by_value=True, required=True, allow_none=True)


class WholeVisitOutput(PhotosFields, VisitOutput):
    """A visit with everything in it.

    ``unchanged`` and ``changed`` are the keys of what lasts, against the visit ``unchanged_from``;
    ``word`` is what who was visited said beside his yes or no, for admins.
    """

    unchanged_from = fields.UUID(required=True, allow_none=True)
    unchanged = fields.List(fields.String(), required=True)
    changed = fields.List(fields.String(), required=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    note = fields.String(required=True)
    signature = fields.Nested(PhotoOutput, required=True, allow_none=True)
    word = fields.String(required=True, allow_none=True)
    follow_ups = fields.List(fields.Nested(FollowUpOutput), required=True)
    hazard_ids = fields.List(fields.UUID(), required=True)

    @ma.pre_dump
    def flatten(self, whole: visits.WholeVisit, **_: Any) -> dict[str, Any]:
        """Put the photos and follow-ups beside the rest."""
        sealer = parts().showing
        unchanged, changed = visits.told_apart(sealer, whole.visit)
        besides = {
            **with_counts(whole.photos),
            "unchanged_from": whole.visit.unchanged_from_id,
            "unchanged": unchanged,
            "changed": changed,
            "follow_ups": whole.follow_ups,
            "hazard_ids": whole.hazard_ids,
            "signature": whole.signature,
            "answers": visits.answers_of(sealer, whole.visit),
            "note": visits.note_of(sealer, whole.visit),
            "word": visits.word_of(sealer, whole.visit) if whole.hears else None,
        }
        if not whole.read:  # he gets back what he sent, without what others said before or since
            signed = Confirmation.NONE if whole.signature is None else Confirmation.SIGNED
            besides |= {"confirmation": signed, "answered_at": None, "answered_as": None, "signature": None}
            besides["answers"] = {
                key: told for key, told in besides["answers"].items() if key not in unchanged
            }
        return {
            name: besides[name] if name in besides else getattr(whole.visit, name) for name in self.fields
        }


@blueprint.route("/visits", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(page_of(VisitOutput))
@blueprint.query(VisitListInput)
def list_visits(care_record_id: UUID, limit: int, after: str | None) -> dict[str, Any]:
    """List the visits of a care record, the newest first."""

    def fetch(**span: Any) -> Any:
        return visits.visits_of(session, actor(), care_record_id, **span)

    with transaction() as session:
        note_leave(visits.leave_of_record(session, actor(), care_record_id))
        return page(fetch, lambda visit: visit.id, limit=limit, after=after)


@blueprint.route("/visits/<uuid:visit_id>", methods=["PUT"])
@allow(Permission.VISIT_FILE)
@blueprint.made_once(WholeVisitOutput)
@blueprint.body(VisitInput, most_bytes=FORMS_BYTES)
def put_visit(new: visits.NewVisit, visit_id: UUID) -> tuple[Any, int]:
    """File a visit."""
    with transaction() as session:
        _, made = visits.file(session, actor(), parts().signer, parts().sealer, visit_id, new)
        filed = visits.filed_visit(session, actor(), visit_id)
        note(resident_id=str(filed.visit.care_record.resident_id))
        note_leave(filed.leave)
        return filed, once(made)


@blueprint.route("/visits/<uuid:visit_id>", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(WholeVisitOutput)
def get_visit(visit_id: UUID) -> Any:
    """Show one visit with everything in it."""
    with transaction() as session:
        whole = visits.whole_visit(session, actor(), visit_id)
        note(resident_id=str(whole.visit.care_record.resident_id))
        note_leave(whole.leave)
        return whole
