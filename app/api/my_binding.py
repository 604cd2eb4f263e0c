"""Becoming a resident of the roster: at once by a good proof, or by asking the community; and leaving."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from app import identity, people
from app.api.binding_requests import BindingRequestOutput, BindingRequestPage
from app.api.bindings import BindingOutput
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Signs, Text, community_code, uid
from app.api.http.limits import each_person
from app.api.http.paging import PageInput, page
from app.api.http.parts import parts
from app.api.http.recording import decided, note, reading, transaction
from app.identity import BindingEnd, IdProof, NewBindingRequest, Permission
from app.people import ConsentPurpose

blueprint = Blueprint("my_binding", __name__, description="我的居民身份")
_OFTEN = "30 per minute; 100 per hour"
"""Of one person; what is guessed at is counted by user and household besides."""
_CODE = r"^[0-9]{16}$"
_TAIL = r"^[0-9]{5}[0-9X]$"


class PhoneProofInput(Input):
    """The community that has me on its roster with my phone; ``id`` is the binding's."""

    id = uid(required=True)
    area_code = community_code(required=True)


class IdProofInput(Input):
    """What I know of myself; ``id`` is the binding's, ``text_id`` names the text that I agreed to first."""

    id = uid(required=True)
    code = Signs(
        identity.BINDING_DIGITS,
        checks=[validate.Regexp(_CODE, error="请填16位绑定码")],
        required=True,
        load_only=True,
    )
    name = Text(40, least=1, required=True)
    id_tail = Signs(
        identity.TAIL,
        checks=[validate.Regexp(_TAIL, error="请填身份证号的后六位")],
        required=True,
        load_only=True,
    )
    text_id = uid(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> IdProof:
        """Give what the domain takes."""
        return IdProof(binding_id=data.pop("id"), **data)


class LeaveBindingInput(Input):
    """Why I leave."""

    reason = fields.Enum(
        BindingEnd,
        by_value=True,
        required=True,
        validate=validate.OneOf(identity.BY_HIMSELF, error="请从列出的选项里选"),
        error_messages={
            "required": "请填写这一项",
            "null": "这一项不能为空",
            "unknown": "请从列出的选项里选",
        },
    )


class BindingRequestInput(Input):
    """Who I say I am."""

    area_code = community_code(required=True)
    name = Text(40, least=1, required=True)
    door = Text(40, least=1, required=True)
    note = Text(200, load_default="")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewBindingRequest:
        """Give what the domain takes."""
        return NewBindingRequest(**data)


class IdTextOutput(Output):
    """What I am asked to agree to before my ID number is compared."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class MyBindingOutput(Output):
    """My binding in force, if there is one, and the text on ID numbers."""

    binding = fields.Nested(BindingOutput, required=True, allow_none=True)
    id_number_text = fields.Nested(IdTextOutput, required=True)


@blueprint.route("/me/binding", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(MyBindingOutput)
def my_binding() -> dict[str, Any]:
    """Show which resident I am, and what I agree to when I show it by ID number."""
    with reading() as session:
        user_id = actor().user_id
        assert user_id is not None, "a view for signed-in people"
        return {
            "binding": identity.open_binding(session, user_id),
            "id_number_text": people.text_in_force(session, ConsentPurpose.ID_NUMBER),
        }


@blueprint.route("/me/binding/phone", methods=["POST"])
@allow(Permission.SELF)
@each_person(_OFTEN)
@blueprint.answer(BindingOutput)
@blueprint.body(PhoneProofInput)
def bind_by_phone(sent: dict[str, Any]) -> Any:
    """Make me the one resident of a community who has the phone that WeChat vouches for."""
    with transaction() as session:
        made = identity.bind_by_phone(session, actor(), parts().sealer, sent["id"], sent["area_code"])
        note(
            object_kind="binding",
            object_id=made.id,
            area_code=made.area_code,
            resident_id=str(made.resident_id),
        )
        return made


@blueprint.route("/me/binding/id-number", methods=["POST"])
@allow(Permission.SELF)
@each_person(_OFTEN)
@blueprint.answer(BindingOutput)
@blueprint.body(IdProofInput)
def bind_by_id_number(proof: IdProof) -> Any:
    """Make me the resident whom name, end of the ID number and the household's code name together."""
    note(text_id=str(proof.text_id), purpose=ConsentPurpose.ID_NUMBER.value)
    having = parts()

    def step(session: Any) -> Any:
        outcome = identity.bind_by_id_number(session, actor(), having.sealer, having.tries_key, proof)
        if isinstance(outcome, identity.Binding):
            note(object_kind="binding", object_id=outcome.id, area_code=outcome.area_code)
        return outcome

    return decided(step)


@blueprint.route("/me/bindings/<uuid:binding_id>/end", methods=["POST"])
@allow(Permission.SELF, checked=True, own_way_in=True)
@blueprint.answer(BindingOutput)
@blueprint.body(LeaveBindingInput)
def leave(sent: dict[str, Any], binding_id: UUID) -> Any:
    """Stop being that resident, from the next request on.

    Not in the session of a code that staff handed out: with another one they would be that resident.
    """
    with transaction() as session:
        return identity.leave(session, actor(), binding_id, sent["reason"])


@blueprint.route("/me/binding-requests", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(BindingRequestPage)
@blueprint.query(PageInput)
def my_requests(limit: int, after: str | None) -> dict[str, Any]:
    """List what I asked the community, the newest first."""

    def fetch(**span: Any) -> Any:
        return identity.own_requests(session, actor(), **span)

    with reading() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/me/binding-requests/<uuid:request_id>", methods=["PUT"])
@allow(Permission.SELF)
@each_person(_OFTEN)
@blueprint.made_once(BindingRequestOutput)
@blueprint.body(BindingRequestInput)
def put_request(new: NewBindingRequest, request_id: UUID) -> tuple[Any, int]:
    """Ask the community to find who I am."""
    with transaction() as session:
        row, made = identity.ask_binding(session, actor(), request_id, new)
    return row, once(made)


@blueprint.route("/me/binding-requests/<uuid:request_id>/withdraw", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(BindingRequestOutput)
def withdraw_request(request_id: UUID) -> Any:
    """Take my request back."""
    with transaction() as session:
        return identity.withdraw_request(session, actor(), request_id)
