"""What shows that a worker is where he says: the server's challenge, and a witness's code."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import evidence, plans
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, StepInput, sent_moment, uid
from app.api.http.parts import parts
from app.api.http.recording import transaction
from app.clock import now
from app.identity import Permission

blueprint = Blueprint("presence", __name__, description="到场证明")


class ChallengeInput(StepInput):
    """For which place, and on which installation of the app."""

    place_id = uid(required=True)
    device_id = uid(required=True)


class ChallengeOutput(Output):
    """A word to send along with one record, and the digits to show in a photo."""

    id = fields.UUID(required=True)
    place_id = fields.UUID(required=True)
    nonce = fields.String(required=True)
    digits = fields.String(required=True)
    issued_at = sent_moment(required=True)
    expires_at = sent_moment(required=True)

    @ma.pre_dump
    def show(self, row: Any, **_: Any) -> dict[str, Any]:
        """Put the digits beside the row."""
        digits = evidence.shown_digits(row.nonce)
        return {name: digits if name == "digits" else getattr(row, name) for name in self.fields}


class ShownCodeOutput(Output):
    """One code, and from when it is shown for half a minute."""

    since = sent_moment(required=True)
    code = fields.String(required=True)


class WitnessCodeOutput(Output):
    """The codes to show one after the other; the phone needs no net for that."""

    id = fields.UUID(required=True)
    place_id = fields.UUID(required=True)
    shown_at = sent_moment(required=True)
    ends_at = sent_moment(required=True)
    codes = fields.List(fields.Nested(ShownCodeOutput), required=True)

    @ma.pre_dump
    def count(self, row: Any, **_: Any) -> dict[str, Any]:
        """Put the codes beside the row."""
        codes = [{"since": since, "code": code} for since, code in evidence.codes_shown(parts().signer, row)]
        return {name: codes if name == "codes" else getattr(row, name) for name in self.fields}


class DeviceUserOutput(Output):
    """Somebody who used a device."""

    user_id = fields.UUID(required=True)
    user_name = fields.String(required=True)


class SharedDeviceOutput(Output):
    """A device that several people used."""

    device_id = fields.UUID(required=True)
    users = fields.List(fields.Nested(DeviceUserOutput), required=True)
    records = fields.Integer(required=True)


class ManyDevicesOutput(Output):
    """Somebody who used many devices."""

    user_id = fields.UUID(required=True)
    user_name = fields.String(required=True)
    devices = fields.Integer(required=True)
    records = fields.Integer(required=True)


class DeviceFindingsOutput(Output):
    """What a person may want to look at, of the last week; nothing follows from it by itself."""

    since = sent_moment(required=True)
    shared = fields.List(fields.Nested(SharedDeviceOutput), required=True)
    many = fields.List(fields.Nested(ManyDevicesOutput), required=True)


@blueprint.route("/challenges", methods=["POST"])
@allow(Permission.INSPECTION_FILE)
@blueprint.answer(ChallengeOutput)
@blueprint.body(ChallengeInput)
def issue_challenge(sent: dict[str, Any]) -> Any:
    """Give a word that shows, with one record, that the phone asked for it here lately; 15 minutes."""
    with transaction() as session:
        step_id = sent.pop("step_id")
        worker = plans.reaching(session, actor(), sent["place_id"], captured_at=now())
        return evidence.issue_challenge(session, worker, step_id, evidence.NewChallenge(**sent))


@blueprint.route("/places/<uuid:place_id>/witness-codes", methods=["POST"])
@allow(Permission.WITNESS_SHOW)
@blueprint.answer(WitnessCodeOutput)
@blueprint.body(StepInput)
def show_witness_code(sent: dict[str, Any], place_id: UUID) -> Any:
    """Show codes to a worker who is here, another each half minute, for five minutes."""
    with transaction() as session:
        return evidence.show_witness_code(session, actor(), sent["step_id"], place_id)


@blueprint.route("/device-findings", methods=["GET"])
@allow(Permission.DEVICE_FINDINGS)
@blueprint.answer(DeviceFindingsOutput)
def get_device_findings() -> Any:
    """List devices of several people, and people of many devices, of the last week."""
    with transaction() as session:
        return evidence.device_findings(session, actor())
