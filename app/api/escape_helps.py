"""The register of those who need others to get out of their home."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, day, uid, whole
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import note_leave, note_leaves, sensitive, transaction
from app.identity import Permission
from app.visits import PresenceState

blueprint = Blueprint("escape_helps", __name__, description="需要帮助疏散的人")
_MOST_HELPERS = 4


class EscapeHelpInput(Input):
    """Who needs how many people to get out, noted on which day."""

    resident_id = uid(required=True)
    helpers = whole(1, _MOST_HELPERS, required=True)
    noted_on = day(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> visits.NewHelp:
        """Give what the domain takes."""
        return visits.NewHelp(**data)


class EscapeHelpListInput(PageInput):
    """Of which building."""

    place_id = uid(load_default=None)


class EndHelpInput(Input):
    """The last day."""

    ended_on = day(required=True)


class EscapeHelpOutput(Output):
    """Somebody of the register; of a minor without a ticket the door alone."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    resident_id = fields.UUID(required=True, allow_none=True)
    resident_name = fields.String(required=True, allow_none=True)
    presence = fields.Enum(PresenceState, by_value=True, required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    door = fields.String(required=True)
    helpers = fields.Integer(required=True)
    noted_on = fields.Date(required=True)
    noted_by = fields.UUID(required=True)
    ended_on = fields.Date(required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, one: visits.ShownHelp, **_: Any) -> dict[str, Any]:
        """Add where it is; leave out what is not shown."""
        resident = one.row.resident
        household = resident.household
        beside = {
            "resident_id": resident.id if one.named else None,
            "resident_name": resident.name if one.named else None,
            "presence": resident.presence,
            "place_id": household.place_id,
            "place_name": household.place.name,
            "door": household.door,
        }
        return {name: beside[name] if name in beside else getattr(one.row, name) for name in self.fields}


class BuildingHelpsOutput(Output):
    """How many of a building who are there need help to get out, and behind which doors, up to twenty."""

    count = fields.Integer(required=True)
    doors = fields.List(fields.String(), required=True)


@blueprint.route("/escape-helps", methods=["GET"])
@allow(Permission.ESCAPE_HELP)
@sensitive
@blueprint.answer(page_of(EscapeHelpOutput))
@blueprint.query(EscapeHelpListInput)
def list_escape_helps(limit: int, after: str | None, place_id: UUID | None) -> dict[str, Any]:
    """List who needs help to get out, in my areas or one building, the newest first."""

    def fetch(**span: Any) -> Any:
        found = visits.helps(session, actor(), place_id=place_id, **span)
        note_leaves([one.leave for one in found])
        return found

    with transaction() as session:
        return page(fetch, lambda one: one.row.id, limit=limit, after=after)


@blueprint.route("/escape-helps/<uuid:help_id>", methods=["PUT"])
@allow(Permission.ESCAPE_HELP)
@blueprint.made_once(EscapeHelpOutput)
@blueprint.body(EscapeHelpInput)
def put_escape_help(new: visits.NewHelp, help_id: UUID) -> tuple[Any, int]:
    """Note that somebody needs help to get out."""
    with transaction() as session:
        _, made = visits.note_help(session, actor(), help_id, new)
        return _known(session, help_id), once(made)


@blueprint.route("/escape-helps/<uuid:help_id>/end", methods=["POST"])
@allow(Permission.ESCAPE_HELP)
@blueprint.answer(EscapeHelpOutput)
@blueprint.body(EndHelpInput)
def end_escape_help(sent: dict[str, Any], help_id: UUID) -> Any:
    """Take somebody off the register."""
    with transaction() as session:
        visits.end_help(session, actor(), help_id, **sent)
        return _known(session, help_id)


def _known(session: Any, help_id: UUID) -> visits.ShownHelp:
    found = visits.known_help(session, actor(), help_id)
    note_leave(found.leave)
    return found
