"""Teams and companies that hazards are given to."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import hazards
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import (
    Flag,
    Input,
    Output,
    StepInput,
    Text,
    Uid,
    community_code,
    has_words,
    listed,
    sent_moment,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.hazards import UnitKind
from app.identity import Permission

blueprint = Blueprint("units", __name__, description="整改单位")


def _name() -> Text:
    return Text(40, least=2, required=True, checks=[has_words])


def _members() -> fields.List[Any]:
    return listed(Uid(), hazards.MEMBERS_MOST, least=1, required=True)


class UnitInput(Input):
    """A unit of a community; its members have a post as field staff there."""

    area_code = community_code(required=True)
    name = _name()
    kind = word(UnitKind, required=True)
    member_ids = _members()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> hazards.NewUnit:
        """Give what the domain takes."""
        return hazards.NewUnit(**data)


class UnitChangeInput(StepInput):
    """What a unit is from now on."""

    name = _name()
    member_ids = _members()
    ended = Flag(load_default=False)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "change": hazards.UnitChange(**data)}


class UnitMemberOutput(Output):
    """Somebody of a unit."""

    user_id = fields.UUID(required=True)
    name = fields.String(required=True)


class UnitOutput(Output):
    """A unit, with who is of it now."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(UnitKind, by_value=True, required=True)
    members = fields.List(fields.Nested(UnitMemberOutput), required=True)
    created_at = sent_moment(required=True)
    ended_at = sent_moment(required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, shown: hazards.ShownUnit, **_: Any) -> dict[str, Any]:
        """Put the row beside its members."""
        members = [{"user_id": user_id, "name": name} for user_id, name in shown.members]
        return {name: getattr(shown.unit, name, None) for name in self.fields} | {"members": members}


@blueprint.route("/units", methods=["GET"])
@allow(Permission.HAZARD_ASSIGN)
@blueprint.answer(page_of(UnitOutput))
@blueprint.query(PageInput)
def list_units(limit: int, after: str | None) -> dict[str, Any]:
    """List the units within reach, the newest first, also those that ended."""

    def fetch(**span: Any) -> Any:
        return hazards.units(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda shown: shown.unit.id, limit=limit, after=after)


@blueprint.route("/units/<uuid:unit_id>", methods=["PUT"])
@allow(Permission.HAZARD_TRIAGE)
@blueprint.made_once(UnitOutput)
@blueprint.body(UnitInput)
def put_unit(new: hazards.NewUnit, unit_id: UUID) -> tuple[Any, int]:
    """Make a unit, to which hazards can be given."""
    with transaction() as session:
        shown, made = hazards.make_unit(session, actor(), unit_id, new)
    return shown, once(made)


@blueprint.route("/units/<uuid:unit_id>/change", methods=["POST"])
@allow(Permission.HAZARD_TRIAGE)
@blueprint.answer(UnitOutput)
@blueprint.body(UnitChangeInput)
def change_unit(sent: dict[str, Any], unit_id: UUID) -> Any:
    """Let a unit have another name or other members, or end it."""
    with transaction() as session:
        return hazards.change_unit(session, actor(), unit_id, **sent)
