"""Residents of the roster; their phone and ID number are shown masked."""

from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import people, visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, day, id_number, phone, uid, word
from app.api.http.parts import parts
from app.api.http.recording import note_approval, note_leave, sensitive, transaction
from app.identity import Permission, changed_ages
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


class NumbersInput(Input):
    """Phone and ID number; null takes one away, a minor's ID number by an approval; one left out stays."""

    phone = phone(allow_none=True)
    id_number = id_number(allow_none=True)
    approval_id = uid(load_default=None, allow_none=True)


class ResidentOutput(Output):
    """A resident, as staff and his own household see him; a minor's day of birth takes a ticket."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    household_id = fields.UUID(required=True)
    name = fields.String(required=True)
    sex = fields.Enum(Sex, by_value=True, required=True)
    birth_date = fields.Date(required=True, allow_none=True)
    age_group = fields.Enum(people.AgeGroup, by_value=True, required=True)
    relation = fields.Enum(Relation, by_value=True, required=True)
    presence = fields.Enum(PresenceState, by_value=True, required=True)
    phone = fields.String(required=True, allow_none=True)
    id_number = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def mask(self, seen: visits.Seen, **_: Any) -> dict[str, Any]:
        """Put what is masked or left out beside the rest."""
        resident = seen.resident
        beside = asdict(people.masked_numbers(parts().sealer, resident)) | {
            "age_group": people.age_group(resident),
            "birth_date": resident.birth_date if seen.whole else None,
        }
        return {name: getattr(resident, name) for name in self.fields if name not in beside} | beside


@blueprint.route("/residents/<uuid:resident_id>", methods=["PUT"])
@allow(Permission.ROSTER_WRITE)
@blueprint.made_once(ResidentOutput)
@blueprint.body(ResidentInput)
def put_resident(new: people.NewResident, resident_id: UUID) -> tuple[Any, int]:
    """Register a resident, once."""
    with transaction() as session:
        resident, made = people.register_resident(session, actor(), resident_id, new)
        return _seen(session, resident), once(made)


@blueprint.route("/residents/<uuid:resident_id>", methods=["GET"])
@allow(Permission.ROSTER_READ)
@sensitive
@blueprint.answer(ResidentOutput)
def get_resident(resident_id: UUID) -> Any:
    """Show one resident."""
    with transaction() as session:
        return _seen(session, people.resident_in_scope(session, actor(), resident_id))


@blueprint.route("/residents/<uuid:resident_id>/numbers", methods=["PUT"])
@allow(Permission.ROSTER_WRITE, checked=True)
@blueprint.answer(ResidentOutput)
@blueprint.body(NumbersInput)
def put_numbers(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Keep a resident's phone, ID number or both in the place of those before.

    A sensitive step: whoever holds the phone on the roster can bind himself to the resident. A minor's
    ID number is taken away only with the approval of a second person.
    """
    approval_id = sent["approval_id"]
    given = {name: value for name, value in sent.items() if name != "approval_id"}
    note_approval(approval_id)
    with transaction() as session:
        agreed = partial(
            changed_ages.agreed_to_age, session, actor(), request_id=None, approval_id=approval_id
        )
        row = people.set_numbers(session, actor(), parts().sealer, resident_id, given, agreed=agreed)
        return _seen(session, row)


def _seen(session: Any, resident: people.Resident) -> visits.Seen:
    """Say how much of him is seen, and note the leave by which it is."""
    (one,) = visits.seen(session, actor(), [resident])
    note_leave(one.leave)
    return one
