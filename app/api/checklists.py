"""Checklists: what a worker goes through at a place."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from app import checklists, hazards
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.checklists import ItemKind
from app.hazards import HazardCategory, HazardLevel
from app.identity import Permission
from app.places import PlaceKind

blueprint = Blueprint("checklists", __name__, description="检查表")


class ChecklistListInput(PageInput):
    """Which checklists: of a kind of place, or those that serve one place."""

    kind = word(PlaceKind, load_default=None)
    place_id = uid(load_default=None)


class ChecklistOutput(Output):
    """One version of a checklist, without its items; all versions have the same ``code``.

    ``copied_from_id`` names the version of a list above that a copy follows.
    """

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    code = fields.String(required=True)
    kind = fields.Enum(PlaceKind, by_value=True, required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    source = fields.String(required=True)
    published_at = sent_moment(required=True)
    retired_at = sent_moment(required=True, allow_none=True)
    copied_from_id = fields.UUID(required=True, allow_none=True)


class ItemOptionOutput(Output):
    """An option to choose, and whether choosing it is a problem."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    problem = fields.Boolean(required=True)


class ItemFieldsOutput(Output):
    """A question of a list, and what a problem there amounts to; ``code`` lasts across versions.

    ``kind`` says how it is answered: a choice has ``options``, a figure ``unit``, ``decimals`` and the bounds
    ``least`` and ``most`` within which it is fine, an item of pictures ``photos``, how many at least.
    """

    code = fields.String(required=True)
    section = fields.String(required=True)
    text = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(ItemKind)))
    required = fields.Boolean(required=True)
    options = fields.List(fields.Nested(ItemOptionOutput), required=True)
    unit = fields.String(required=True)
    decimals = fields.Integer(required=True)
    least = fields.Float(required=True, allow_none=True)
    most = fields.Float(required=True, allow_none=True)
    photos = fields.Integer(required=True)
    level = fields.String(required=True, validate=validate.OneOf(list(HazardLevel)))
    category = fields.String(required=True, validate=validate.OneOf(list(HazardCategory)))
    deadline_days = fields.Integer(required=True, allow_none=True)
    advice = fields.String(required=True)
    source = fields.String(required=True)


class ChecklistItemOutput(ItemFieldsOutput):
    """An item of a published list."""

    id = fields.UUID(required=True)
    position = fields.Integer(required=True)


class WholeChecklistOutput(ChecklistOutput):
    """A checklist with its items; ``newer_id`` is a newer version of the list that it was copied from."""

    newer_id = fields.UUID(required=True, allow_none=True)
    items = fields.List(fields.Nested(ChecklistItemOutput), required=True)


def shown(session: Any, checklist: checklists.Checklist) -> dict[str, Any]:
    """Give what is shown of one list: what it was copied from may have gone on."""
    names = WholeChecklistOutput().fields.keys() - {"newer_id"}
    return {name: getattr(checklist, name) for name in names} | {
        "newer_id": checklists.newer_above(session, checklist)
    }


@blueprint.route("/checklists", methods=["GET"])
@allow(Permission.CHECKLIST_READ)
@blueprint.answer(page_of(ChecklistOutput))
@blueprint.query(ChecklistListInput)
def list_checklists(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List the checklists in force, the newest first.

    Of a place also where the caller inspects it as a substitute today or has a hazard to put right.
    """

    def fetch(**span: Any) -> Any:
        return checklists.checklists(session, reader, **filters, **span)

    with transaction() as session:
        place_id = filters["place_id"]
        reader = actor() if place_id is None else hazards.reading(session, actor(), place_id)
        return page(fetch, lambda checklist: checklist.id, limit=limit, after=after)


@blueprint.route("/checklists/<uuid:checklist_id>", methods=["GET"])
@allow(Permission.CHECKLIST_READ)
@blueprint.answer(WholeChecklistOutput)
def get_checklist(checklist_id: UUID) -> Any:
    """Show one version of a checklist with its items, in force or retired."""
    with transaction() as session:
        return shown(session, checklists.checklist(session, actor(), checklist_id))
