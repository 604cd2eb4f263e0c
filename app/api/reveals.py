"""A resident's phone or ID number in clear, for a purpose."""

import re
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import identity, people, visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text, has_words, word
from app.api.http.parts import parts
from app.api.http.recording import note, note_leave, transaction
from app.identity import Permission, RevealField

blueprint = Blueprint("reveals", __name__, description="查看完整号码")
_NUMBERS = re.compile(r"\d{7}")


def _without_numbers(purpose: str) -> None:
    if _NUMBERS.search(purpose) or people.numbers_in_texts.holds_a_number(purpose):
        raise ma.ValidationError("用途里请不要写电话、证件号码")


def purpose() -> Text:
    """Give a field for what somebody needs personal data for; numbers of people do not belong there."""
    return Text(100, least=4, required=True, checks=[has_words, _without_numbers])


class RevealInput(Input):
    """Which number, and what for."""

    field = word(RevealField, required=True)
    purpose = purpose()


class RevealOutput(Output):
    """The number in clear; it is not to be kept."""

    resident_id = fields.UUID(required=True)
    field = fields.Enum(RevealField, by_value=True, required=True)
    value = fields.String(required=True)


@blueprint.route("/residents/<uuid:resident_id>/reveal", methods=["POST"])
@allow(Permission.REVEAL, checked=True)
@blueprint.answer(RevealOutput)
@blueprint.body(RevealInput)
def reveal(sent: dict[str, Any], resident_id: UUID) -> dict[str, Any]:
    """Show one number of a resident in clear, once; at most 20 a day, each with its purpose on record.

    A minor's is part of his record: it is shown by a ticket only.
    """
    with transaction() as session:
        note(purpose=sent["purpose"], field=str(sent["field"]))
        resident = visits.called_on(session, actor(), resident_id)
        note_leave(visits.leave_to_read(session, actor(), resident))
        value = identity.reveal(session, actor(), parts().sealer, resident, **sent)
    return {"resident_id": resident_id, "field": sent["field"], "value": value}
