"""Residents of the roster; numbers of identity cards and phones are kept elsewhere."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import people
from app.api.allow import actor, allow
from app.api.blueprint import Blueprint, once
from app.api.fields import Input, Output, Text, day, uid, word
from app.db import transaction
from app.identity import Permission
from app.people import PresenceState, Relation, Sex

blueprint = Blueprint("residents", __name__, description="居民")


class ResidentInput(Input):
    """A resident to register."""

    household_id = uid(required=True)
    name = Text(40, least=1, required=True)
    sex = word(Sex, required=True)
    birth_date = day(required=True)
    relation = word(Relation, required=True)
    presence = word(PresenceState, load_default=PresenceState.HOME)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> people.NewResident:
        """Give what the domain takes."""
        return people.NewResident(**data)


class ResidentOutput(Output):
    """A resident, as staff and his own household see him."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    household_id = fields.UUID(required=True)
    name = fields.String(required=True)
    sex = fields.Enum(Sex, by_value=True, required=True)
    birth_date = fields.Date(required=True)
    relation = fields.Enum(Relation, by_value=True, required=True)
    presence = fields.Enum(PresenceState, by_value=True, required=True)


@blueprint.route("/residents/<uuid:resident_id>", methods=["PUT"])
@allow(Permission.ROSTER_WRITE)
@blueprint.made_once(ResidentOutput)
@blueprint.body(ResidentInput)
def put_resident(new: people.NewResident, resident_id: UUID) -> tuple[Any, int]:
    """Register a resident, once."""
    with transaction() as session:
        resident, made = people.register_resident(session, actor(), resident_id, new)
    return resident, once(made)


@blueprint.route("/residents/<uuid:resident_id>", methods=["GET"])
@allow(Permission.ROSTER_READ)
@blueprint.answer(ResidentOutput)
def get_resident(resident_id: UUID) -> Any:
    """Show one resident."""
    with transaction() as session:
        return people.resident_in_scope(session, actor(), resident_id)
