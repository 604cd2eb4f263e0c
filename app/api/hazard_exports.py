"""Files of the ledger of hazards (隐患台账): asked for with a purpose, fetched once."""

from datetime import UTC
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, request
from marshmallow import fields

from app import exports, hazards
from app.api.hazard_filters import FACES, LONGEST_KEY, YEAR_DAYS
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Flag, Input, Text, area_code, has_words, listed, moment, uid, whole, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_approval, sensitive, transaction
from app.api.roster_exports import WORKBOOK, TakenOutOutput, workbook_of
from app.hazards import HazardCategory, HazardLevel, HazardSource, HazardStatus
from app.identity import Permission

blueprint = Blueprint("hazard_exports", __name__, description="导出隐患台账")
_TABLE = hazards.LEDGER.table
_MOMENTS = ("reported_since", "reported_until", "closed_since", "closed_until")


class LedgerInput(Input):
    """Which hazards of which area, and what for; all else asks as the list of hazards does."""

    area_code = area_code(required=True)
    purpose = Text(200, least=1, required=True, checks=[has_words])
    status = listed(word(HazardStatus), len(HazardStatus), load_default=list)
    source = listed(word(HazardSource), len(HazardSource), load_default=list)
    category = listed(word(HazardCategory), len(HazardCategory), load_default=list)
    level = word(HazardLevel, load_default=None, allow_none=True)
    reported_since = moment(load_default=None, allow_none=True)
    reported_until = moment(load_default=None, allow_none=True)
    closed_since = moment(load_default=None, allow_none=True)
    closed_until = moment(load_default=None, allow_none=True)
    overdue = Flag(load_default=False)
    place_id = uid(load_default=None, allow_none=True)
    item_key = Text(LONGEST_KEY, least=1, load_default=None, allow_none=True)
    assignee_id = uid(load_default=None, allow_none=True)
    unit_id = uid(load_default=None, allow_none=True)
    due_within_days = whole(0, YEAR_DAYS, load_default=None, allow_none=True)
    recurring = Flag(load_default=False)
    lacks_photos = Flag(load_default=False)
    satisfaction = whole(*FACES, load_default=None, allow_none=True)
    supervised = Flag(load_default=False)
    extension_asked = Flag(load_default=False)
    text = Text(50, least=1, load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give what the domain takes."""
        return _new(data)


class NamedLedgerInput(LedgerInput):
    """An export, under the id that it will have."""

    id = uid(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give the export's id, and what the domain takes."""
        export_id = data.pop("id")
        return export_id, _new(data)


class ApprovedLedgerInput(LedgerInput):
    """An export, and the approval that was given for it if it needs one."""

    approval_id = uid(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give what the domain takes: the export, and the approval beside it."""
        approval_id = data.pop("approval_id")
        return _new(data), approval_id


def _new(data: dict[str, Any]) -> hazards.NewLedgerExport:
    """Give the wish in the form in which it is kept, however its moments were sent."""
    area, purpose = data.pop("area_code"), data.pop("purpose")
    wanted: dict[str, Any] = {name: sorted(set(data[name])) for name in ("status", "source", "category")}
    wanted |= {"level": data["level"], "overdue": data["overdue"]}
    wanted |= {name: data[name].astimezone(UTC).isoformat() if data[name] else None for name in _MOMENTS}
    asked = {
        name: data[name] for name in hazards.LEDGER_MORE if data[name] is not None and data[name] is not False
    }
    wanted |= {name: str(value) if isinstance(value, UUID) else value for name, value in asked.items()}
    return hazards.NewLedgerExport(area, purpose, wanted)


class HazardExportOutput(TakenOutOutput):
    """An export of the ledger; ``wanted`` says which hazards."""

    in_words = hazards.IN_WORDS
    wanted = fields.Dict(required=True)
    approved_by = fields.UUID(required=True, allow_none=True)


@blueprint.route("/hazard-exports", methods=["GET"])
@allow(Permission.HAZARD_EXPORT)
@blueprint.answer(page_of(HazardExportOutput))
@blueprint.query(PageInput)
def list_exports(limit: int, after: str | None) -> dict[str, Any]:
    """List the exports that I asked for, the newest first."""

    def fetch(**span: Any) -> Any:
        return exports.exports(session, actor(), table=_TABLE, **span)

    with transaction() as session:
        return page(fetch, lambda export: export.id, limit=limit, after=after)


@blueprint.route("/hazard-exports/<uuid:export_id>", methods=["GET"])
@allow(Permission.HAZARD_EXPORT)
@blueprint.answer(HazardExportOutput)
def get_export(export_id: UUID) -> Any:
    """Show one export that I asked for."""
    with transaction() as session:
        return exports.export_of(session, actor(), export_id, table=_TABLE)


@blueprint.route("/hazard-exports/<uuid:export_id>", methods=["PUT"])
@allow(Permission.HAZARD_EXPORT, checked=True)
@blueprint.made_once(HazardExportOutput)
@blueprint.body(ApprovedLedgerInput)
def put_export(sent: tuple[hazards.NewLedgerExport, UUID | None], export_id: UUID) -> tuple[Any, int]:
    """Ask for a file of the ledger; more than 200 hazards a day need an approval."""
    new, approval_id = sent
    note(area_code=new.area_code)
    note_approval(approval_id)
    with transaction() as session:
        export, made = hazards.ask_ledger(
            session, actor(), parts().photos, export_id, new, approval_id=approval_id
        )
    return export, once(made)


@blueprint.route("/hazard-exports/<uuid:export_id>/file", methods=["GET"])
@allow(Permission.HAZARD_EXPORT, checked=True)
@sensitive
@blueprint.file(WORKBOOK)
def get_export_file(export_id: UUID) -> Response:
    """Give the file, an Excel workbook, to whoever asked for it, once."""
    take = request.method == "GET"  # HEAD, which Flask answers by the same view, takes nothing
    with transaction() as session:
        file = exports.export_file(
            session, actor(), parts().sealer, parts().photos, export_id, take=take, table=_TABLE
        )
    return workbook_of(file, f"hazards-{export_id}")
