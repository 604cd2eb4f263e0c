"""Whom to call in an emergency of somebody who is looked after."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, StepInput, Text, any_phone, listed
from app.api.http.parts import parts
from app.api.http.recording import note, note_leave, transaction
from app.identity import Permission
from app.visits import Contact

blueprint = Blueprint("care_contacts", __name__, description="紧急联系人")
MOST_CONTACTS = 3


class ContactInput(Input):
    """Somebody to call, and what he is to whoever is looked after."""

    name = Text(40, least=1, required=True)
    relation = Text(20, least=1, required=True)
    phone = any_phone(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Contact:
        """Give what the domain takes."""
        return Contact(**data)


class ContactsInput(StepInput):
    """All of them, the first to be called first; none is an empty list."""

    contacts = listed(fields.Nested(ContactInput), MOST_CONTACTS, required=True)


class ContactOutput(Output):
    """Somebody to call."""

    name = fields.String(required=True)
    relation = fields.String(required=True)
    phone = fields.String(required=True)


class ContactsOutput(Output):
    """Whom to call in an emergency, the first one first."""

    care_record_id = fields.UUID(required=True)
    contacts = fields.List(fields.Nested(ContactOutput), required=True)


@blueprint.route("/care-records/<uuid:record_id>/contacts", methods=["GET"])
@allow(Permission.CARE_READ)
@blueprint.answer(ContactsOutput)
def get_contacts(record_id: UUID) -> dict[str, Any]:
    """Show whom to call in an emergency."""
    with transaction() as session:
        contacts, leave = visits.known_contacts(session, actor(), parts().showing, record_id)
        note_leave(leave)
        return {"care_record_id": record_id, "contacts": contacts}


@blueprint.route("/care-records/<uuid:record_id>/contacts", methods=["POST"])
@allow(Permission.VISIT_FILE)
@blueprint.answer(ContactsOutput)
@blueprint.body(ContactsInput)
def change_contacts(sent: dict[str, Any], record_id: UUID) -> dict[str, Any]:
    """Say whom to call in an emergency, instead of whoever it was; answers with what was sent."""
    contacts = tuple(sent.pop("contacts"))
    with transaction() as session:
        step = {"contacts": contacts, **sent}
        record = visits.change_contacts(session, actor(), parts().sealer, record_id, **step)
        note(resident_id=str(record.resident_id))
        return {"care_record_id": record_id, "contacts": contacts}
