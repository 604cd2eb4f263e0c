"""Inspections: filed once from the phone, read by the offices."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import inspections
from app.api.checklist_items import MOST_OPTIONS, OPTION_CODE
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.body_bounds import FORMS_BYTES
from app.api.http.fields import (
    Flag,
    Input,
    Output,
    Text,
    area_code,
    asked,
    day,
    has_words,
    listed,
    sent_moment,
    uid,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import transaction
from app.api.photos import PhotoOutput, PhotosFields, with_counts
from app.api.signals import GatheredFields, SignalsFields, photo_ids, signals_from
from app.checklists import ItemKind
from app.evidence import MOST_PHOTOS, Presence
from app.identity import Permission, scope_of
from app.inspections import AnswerResult
from app.plans import OccurrenceState

blueprint = Blueprint("inspections", __name__, description="巡查")
_MAX_ANSWERS = 200
_MAX_NOTE = 500
_MAX_WORDS = 250
"""Of an item that is answered in words."""


class Worker(StrEnum):
    """Whose inspections to list."""

    ME = "me"


class AnswerValue(fields.Field[Any]):
    """The code of an option, the codes of several, a figure, or words."""

    _TEXT = Text(_MAX_WORDS, lines=True)
    _CODES = listed(Text(OPTION_CODE), MOST_OPTIONS)

    def __init__(self, **kwargs: Any) -> None:
        """Describe the forms."""
        code = {"type": "string", "maxLength": OPTION_CODE}
        forms = [
            {"type": "string", "maxLength": _MAX_WORDS},
            {"type": "number"},
            {"type": "array", "items": code, "maxItems": MOST_OPTIONS},
        ]
        super().__init__(metadata={"anyOf": forms}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            return self._TEXT.deserialize(value, attr, data, **kwargs)
        if isinstance(value, list):
            return self._CODES.deserialize(value, attr, data, **kwargs)
        if isinstance(value, bool | dict):
            raise ma.ValidationError("请选选项、填数字或写文字")
        return value  # a figure: no other kind of JSON is left


class AnswerInput(Input):
    """An answer to one item; a problem needs a note or a photo.

    A check is answered by ``result``, a choice, figure or text by ``value``, from which the result follows.
    An item of text or pictures that need not be answered may be called a problem by a note alone.
    """

    item_id = uid(required=True)
    result = word(AnswerResult, load_default=None, allow_none=True)
    value = AnswerValue(load_default=None, allow_none=True)
    note = Text(_MAX_NOTE, lines=True, load_default="")
    corrected = Flag(load_default=False)
    photo_ids = photo_ids()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> inspections.Answer:
        """Give what the domain takes."""
        return inspections.Answer(**data)


class InspectionInput(SignalsFields, Input):
    """A filled checklist; of ``answers`` those may be left out that need not be given (``required``)."""

    place_id = uid(required=True)
    checklist_id = uid(required=True)
    answers = listed(fields.Nested(AnswerInput), _MAX_ANSWERS, required=True)
    note = Text(_MAX_NOTE, lines=True, load_default="")
    photo_ids = photo_ids()
    late_reason = Text(200, checks=[has_words], load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> inspections.InspectionForm:
        """Give what the domain takes."""
        form = inspections.InspectionForm(signals=signals_from(data), **data)
        if len(form.all_photo_ids) > MOST_PHOTOS:
            raise ma.ValidationError(f"一次巡查最多{MOST_PHOTOS}张照片，请去掉一些", "photo_ids")
        return form


class WorkerFilterInput(Input):
    """In which area, and whose; a colleague's are found as far as the reader reaches."""

    area_code = area_code(load_default=None)
    worker = word(Worker, load_default=None)
    worker_id = uid(load_default=None)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse to be asked for two people's work at once."""
        if data.get("worker") and data.get("worker_id"):
            raise ma.ValidationError("巡查人只能填一个", "worker_id")


def chosen(sent: dict[str, Any]) -> dict[str, Any]:
    """Give what the domain takes: the reader himself by his id."""
    about = dict(sent)
    if about.pop("worker") is Worker.ME:
        about["worker_id"] = actor().user_id
    return about


class InspectionListInput(WorkerFilterInput, PageInput):
    """Which inspections; both days are included.

    ``lacks_photos=true`` gives those that name photos which have not arrived, ``problems=true`` those that
    found problems, corrected on the spot or not, ``problems=false`` those that found none.
    """

    place_id = uid(load_default=None)
    presence = word(Presence, load_default=None)
    since = day(load_default=None)
    until = day(load_default=None)
    lacks_photos = asked()
    problems = asked(load_default=None)


def _looks_after(row: Any) -> bool:
    """Say whether the reader made an inspection, or keeps the register of those who cannot get out there."""
    reach = scope_of(actor(), Permission.ESCAPE_HELP)
    return row.worker_id == actor().user_id or (reach is not None and reach.covers(row.area_code))


class InspectionOutput(PhotosFields, GatheredFields, Output):
    """An inspection in a list."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    checklist_id = fields.UUID(required=True)
    checklist_title = fields.String(required=True)
    checklist_version = fields.Integer(required=True)
    worker_id = fields.UUID(required=True)
    note = fields.String(required=True)
    problems = fields.Integer(required=True)

    @ma.pre_dump
    def flatten(self, seen: inspections.ListedInspection, **_: Any) -> dict[str, Any]:
        """Put the record beside what stands in other rows."""
        row = seen.inspection
        besides = {
            "place_name": row.place.name,
            "checklist_title": row.checklist.title,
            "checklist_version": row.checklist.version,
        }
        besides |= {name: value for name, value in vars(seen).items() if name != "inspection"}
        besides |= with_counts(seen.photos)
        if not _looks_after(row):
            besides["escape_helps"] = None
        return {name: besides[name] if name in besides else getattr(row, name) for name in self.fields}


class AnswerOutput(Output):
    """One answer with its question; ``recurrence`` says that the hazard was open already.

    ``value`` has codes or the figure, ``value_text`` the same in words, or the words that answer the item.
    """

    item_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    section = fields.String(required=True)
    text = fields.String(required=True)
    kind = fields.Enum(ItemKind, by_value=True, required=True)
    unit = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True)
    value_text = fields.String(required=True)
    result = fields.Enum(AnswerResult, by_value=True, required=True, allow_none=True)
    note = fields.String(required=True)
    corrected = fields.Boolean(required=True)
    hazard_id = fields.UUID(required=True, allow_none=True)
    recurrence = fields.Boolean(required=True)
    photos = fields.List(fields.Nested(PhotoOutput), required=True)

    @ma.pre_dump
    def flatten(self, seen: inspections.ShownAnswer, **_: Any) -> dict[str, Any]:
        """Put the answer beside its question."""
        asked = {name: getattr(seen.item, name) for name in ("section", "text", "kind", "unit")}
        besides = asked | {"photos": seen.photos}
        return {
            name: besides[name] if name in besides else getattr(seen.answer, name) for name in self.fields
        }


class UnansweredOutput(Output):
    """An item that need not be answered, and was not: nothing was said of it."""

    id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    section = fields.String(required=True)
    text = fields.String(required=True)
    kind = fields.Enum(ItemKind, by_value=True, required=True)


class ResolvedOutput(Output):
    """A period of a plan that it resolves; or the last one of its plan, if ``missed``: give a reason then."""

    id = fields.UUID(required=True)
    plan_id = fields.UUID(required=True)
    plan_title = fields.String(required=True)
    period_on = fields.Date(required=True)
    opens_at = sent_moment(required=True)
    due_at = sent_moment(required=True)
    missed_at = sent_moment(required=True)
    state = fields.Enum(OccurrenceState, by_value=True, required=True)
    on_time = fields.Boolean(required=True)


class WholeInspectionOutput(InspectionOutput):
    """An inspection with its answers, and what it resolves of plans.

    ``escape_helps`` is how many of the building needed others to get out, for who made it and who looks after
    the building; of other places, and to offices, null.
    """

    late_reason = fields.String(required=True, allow_none=True)
    escape_helps = fields.Integer(required=True, allow_none=True)
    answers = fields.List(fields.Nested(AnswerOutput), required=True)
    unanswered = fields.List(fields.Nested(UnansweredOutput), required=True)
    occurrences = fields.List(fields.Nested(ResolvedOutput), required=True)


@blueprint.route("/inspections", methods=["GET"])
@allow(Permission.INSPECTION_READ)
@blueprint.answer(page_of(InspectionOutput))
@blueprint.query(InspectionListInput)
def list_inspections(limit: int, after: str | None, **sent: Any) -> dict[str, Any]:
    """List inspections within reach, the newest first."""
    wanted = inspections.InspectionFilter(**chosen(sent))

    def fetch(**span: Any) -> Any:
        return inspections.inspections(session, actor(), wanted, **span)

    with transaction() as session:
        return page(fetch, lambda seen: seen.inspection.id, limit=limit, after=after)


@blueprint.route("/inspections/<uuid:inspection_id>", methods=["PUT"])
@allow(Permission.INSPECTION_FILE)
@blueprint.made_once(WholeInspectionOutput)
@blueprint.body(InspectionInput, most_bytes=FORMS_BYTES)
def put_inspection(form: inspections.InspectionForm, inspection_id: UUID) -> tuple[Any, int]:
    """File an inspection; each problem not corrected on the spot raises a hazard or joins the open one."""
    with transaction() as session:
        row, resolved = inspections.submit(session, actor(), parts().signer, inspection_id, form)
        made = resolved is not None
        if resolved is not None:
            return inspections.whole_inspection(session, row, resolved), once(made)
        return inspections.inspection(session, actor().as_author(row.area_code), inspection_id), once(made)


@blueprint.route("/inspections/<uuid:inspection_id>", methods=["GET"])
@allow(Permission.INSPECTION_READ)
@blueprint.answer(WholeInspectionOutput)
def get_inspection(inspection_id: UUID) -> Any:
    """Show one inspection with its answers."""
    with transaction() as session:
        return inspections.inspection(session, actor(), inspection_id)
