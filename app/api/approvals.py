"""Approvals: high-risk steps that a second person agrees to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import exports, hazards, identity, own_data
from app.api import decision_words
from app.api.adjustments import AdjustmentsInput, PointsForDoorOutput, SumsOutput
from app.api.hazard_exports import NamedLedgerInput
from app.api.http.allow import actor, allow
from app.api.http.askers import AskerOutput, MinorOutput, NamedAccountOutput
from app.api.http.blueprint import Blueprint, once
from app.api.http.body_bounds import LISTS_BYTES
from app.api.http.fields import (
    NOT_EMPTY,
    Input,
    Output,
    Text,
    area_code,
    has_words,
    sent_moment,
    uid,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, transaction
from app.api.policy_switches import NamedSwitchInput
from app.api.roster_exports import NamedExportInput
from app.api.users import GrantInput
from app.identity import (
    ApprovalKind,
    ApprovalState,
    NewApproval,
    Permission,
    minor_ages,
    officers,
    told_approvals,
)

blueprint = Blueprint("approvals", __name__, description="双人审批")
_EXPIRED = "expired"
_STATES = [*ApprovalState, _EXPIRED]


class AdminGrantInput(GrantInput):
    """The grant of an administrator's or an officer's role, under the id that it will have."""

    id = uid(required=True)

    @ma.validates_schema
    def check_role(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a role that needs no approval."""
        if data.get("role") not in identity.ADMINISTRATORS | officers.OFFICERS:
            raise ma.ValidationError("这个角色不用审批，直接授权就行", "role")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give the grant's id, and what the domain takes."""
        grant_id = data.pop("id")
        return grant_id, identity.NewGrant(**data)


class MinorAgeInput(Input):
    """Whose age, in which community, and the correction or deletion; without one his ID number goes."""

    area_code = area_code(required=True)
    resident_id = uid(required=True)
    request_id = uid(load_default=None, allow_none=True)


class ApprovalInput(Input):
    """What is to be done, one of the kinds, to the letter; and why."""

    admin_grant = fields.Nested(AdminGrantInput, error_messages=NOT_EMPTY)
    points_bulk = fields.Nested(AdjustmentsInput, error_messages=NOT_EMPTY)
    roster_export = fields.Nested(NamedExportInput, error_messages=NOT_EMPTY)
    hazard_export = fields.Nested(NamedLedgerInput, error_messages=NOT_EMPTY)
    minor_age = fields.Nested(MinorAgeInput, error_messages=NOT_EMPTY)
    policy_switch = fields.Nested(NamedSwitchInput, error_messages=NOT_EMPTY)
    reason = Text(200, least=1, required=True, checks=[has_words])

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none of the kinds, or several."""
        if len(data.keys() & set(ApprovalKind)) != 1:
            raise ma.ValidationError(
                "一次申请办一件事，请填授权、积分更正、导出名册、导出隐患台账、未成年人年龄、政策开关中的一项"
            )

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewApproval:
        """Give what the domain takes."""
        reason = data["reason"]
        if "admin_grant" in data:
            grant_id, new = data["admin_grant"]
            payload = identity.grant_payload(grant_id, new)
            return NewApproval(ApprovalKind.ADMIN_GRANT, new.area_code, payload, reason)
        if "roster_export" in data:
            export_id, export = data["roster_export"]
            payload = export.payload(export_id)
            return NewApproval(ApprovalKind.ROSTER_EXPORT, export.area_code, payload, reason)
        if "hazard_export" in data:
            export_id, ledger = data["hazard_export"]
            payload = ledger.payload(export_id)
            return NewApproval(ApprovalKind.HAZARD_EXPORT, ledger.area_code, payload, reason)
        if "minor_age" in data:
            age = data["minor_age"]
            payload = minor_ages.minor_age_payload(age["resident_id"], age["request_id"])
            return NewApproval(ApprovalKind.MINOR_AGE, age["area_code"], payload, reason)
        if "policy_switch" in data:
            step_id, switch = data["policy_switch"]
            kind, payload = ApprovalKind.POLICY_SWITCH, switch.payload(step_id)
            return NewApproval(kind, switch.area_code, payload, reason, switch.check_effect)
        batch = data["points_bulk"]
        return NewApproval(ApprovalKind.POINTS_BULK, batch.area_code, batch.payload(), reason)


class ApprovalListInput(PageInput):
    """Which approvals."""

    state = word(ApprovalState, load_default=None)


class DecisionInput(Input):
    """The second person's answer."""

    note = Text(200, load_default="")


class RefusalInput(Input):
    """The second person's no, and why."""

    note = Text(200, least=1, required=True)


class ApprovalOutput(Output):
    """What was asked, in words, and how it stands; as lists show it, whose rows do not grow with a batch.

    ``account`` is of a grant, ``sums`` are of points, ``rows`` are residents in an export's file now, told
    while it is to be decided on, ``minor`` is whose age is to be another. ``can_be_done`` is null once it is
    over.
    """

    id = fields.UUID(required=True)
    kind = fields.Enum(ApprovalKind, by_value=True, required=True)
    area_code = fields.String(required=True)
    area_name = fields.String(required=True)
    text = fields.String(required=True)
    can_be_done = fields.Boolean(required=True, allow_none=True)
    asker = fields.Nested(AskerOutput, required=True)
    account = fields.Nested(NamedAccountOutput, required=True, allow_none=True)
    sums = fields.Nested(SumsOutput, required=True, allow_none=True)
    rows = fields.Integer(required=True, allow_none=True)
    minor = fields.Nested(MinorOutput, required=True, allow_none=True)
    reason = fields.String(required=True)
    asked_by = fields.UUID(required=True)
    asked_at = sent_moment(required=True)
    expires_at = sent_moment(required=True)
    state = fields.String(required=True, validate=ma.validate.OneOf(_STATES))
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = sent_moment(required=True, allow_none=True)
    decision_note = fields.String(required=True)
    used_at = sent_moment(required=True, allow_none=True)

    @ma.pre_dump
    def tell(self, shown: "_Shown", **_: Any) -> dict[str, Any]:
        """Put it in words, and say of what was not decided or not used in time that it is over."""
        told, approval = shown.told, shown.told.approval
        ended = approval.state in {ApprovalState.REFUSED, ApprovalState.USED}
        beside = {
            "state": approval.state.value if told.waits or ended else _EXPIRED,
            "area_name": told.area_name,
            "text": decision_words.of_approval(told, shown.rows, shown.wish, shown.names),
            "can_be_done": told.can_be_done if told.waits else None,
            "asker": told.asker,
            "account": told.account,
            "adjustments": told.adjustments,
            "sums": told.sums if approval.kind is ApprovalKind.POINTS_BULK else None,
            "rows": shown.rows,
            "minor": told.minor,
        }
        return {name: getattr(approval, name) for name in self.fields if name not in beside} | beside


class WholeApprovalOutput(ApprovalOutput):
    """One approval with each adjustment of a batch; ``payload`` is what is to be done, as it was sent."""

    adjustments = fields.List(fields.Nested(PointsForDoorOutput), required=True)
    payload = fields.Dict(keys=fields.String(), required=True)


@dataclass(frozen=True)
class _Shown:
    """An approval in words."""

    told: told_approvals.ToldApproval
    rows: int | None
    """How many residents would stand in the file of an export that is to be decided on."""
    wish: own_data.AgeWish | None
    """What a minor's age would become, while that can be told."""
    names: Mapping[str, str]
    """How the place, the person, the unit and the item are called to which a ledger is narrowed."""


def _shown(session: Any, approvals: Sequence[identity.Approval]) -> list[_Shown]:
    told = told_approvals.told_approvals(session, actor(), approvals)
    counted = [one.approval.area_code for one in told if _is_counted(one)]
    rows = exports.rows_by_area(session, set(counted))
    wishes = own_data.age_wishes(session, parts().showing, approvals)
    ledgers = [
        one.approval for one in told if one.approval.kind is ApprovalKind.HAZARD_EXPORT and one.reached
    ]
    named = hazards.names_of(session, [(one.area_code, one.payload["wanted"]) for one in ledgers])
    names = {one.id: called for one, called in zip(ledgers, named, strict=True)}
    return [
        _Shown(
            one,
            rows[one.approval.area_code] if _is_counted(one) else None,
            wishes.get(one.approval.id),
            names.get(one.approval.id, {}),
        )
        for one in told
    ]


def _is_counted(told: told_approvals.ToldApproval) -> bool:
    """Say whether a roster is counted: while it waits for a decision, as no later figure was decided on."""
    is_open = told.waits and told.approval.state is ApprovalState.OPEN
    return told.approval.kind is ApprovalKind.ROSTER_EXPORT and is_open and told.reached


@blueprint.route("/approvals", methods=["GET"])
@allow(Permission.APPROVAL_READ)
@blueprint.answer(page_of(ApprovalOutput))
@blueprint.query(ApprovalListInput)
def list_approvals(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List what one asked for and what one may decide on, the newest first."""

    def fetch(**span: Any) -> Any:
        return _shown(session, identity.approvals(session, actor(), **filters, **span))

    with transaction() as session:
        return page(fetch, lambda shown: shown.told.approval.id, limit=limit, after=after)


@blueprint.route("/approvals/<uuid:approval_id>", methods=["GET"])
@allow(Permission.APPROVAL_READ)
@blueprint.answer(WholeApprovalOutput)
def get_approval(approval_id: UUID) -> Any:
    """Show one approval."""
    with transaction() as session:
        (shown,) = _shown(session, [identity.approval_in_scope(session, actor(), approval_id)])
    return shown


@blueprint.route("/approvals/<uuid:approval_id>", methods=["PUT"])
@allow(Permission.APPROVAL_ASK)
@blueprint.made_once(WholeApprovalOutput)
@blueprint.body(ApprovalInput, most_bytes=LISTS_BYTES)
def put_approval(new: NewApproval, approval_id: UUID) -> tuple[Any, int]:
    """Ask a second person to agree to a step."""
    note(area_code=new.area_code, kind=new.kind.value)
    _note_whom(new.payload)
    with transaction() as session:
        approval, made = identity.ask_approval(session, actor(), approval_id, new)
        (shown,) = _shown(session, [approval])
    return shown, once(made)


@blueprint.route("/approvals/<uuid:approval_id>/approve", methods=["POST"])
@allow(Permission.APPROVAL_DECIDE, checked=True)
@blueprint.answer(WholeApprovalOutput)
@blueprint.body(DecisionInput)
def approve(sent: dict[str, Any], approval_id: UUID) -> Any:
    """Agree."""
    with transaction() as session:
        return _decided(session, approval_id, approved=True, note=sent["note"])


@blueprint.route("/approvals/<uuid:approval_id>/refuse", methods=["POST"])
@allow(Permission.APPROVAL_DECIDE, checked=True)
@blueprint.answer(WholeApprovalOutput)
@blueprint.body(RefusalInput)
def refuse(sent: dict[str, Any], approval_id: UUID) -> Any:
    """Refuse."""
    with transaction() as session:
        return _decided(session, approval_id, approved=False, note=sent["note"])


def _decided(session: Any, approval_id: UUID, **answer: Any) -> _Shown:
    approval = identity.decide_approval(session, actor(), approval_id, **answer)
    _note_whom(approval.payload)
    (shown,) = _shown(session, [approval])
    return shown


def _note_whom(payload: Mapping[str, Any]) -> None:
    """Tell for whom a step is: who gets a role, whose points change, or whose age is at stake."""
    if "user_id" in payload:
        note(user_id=payload["user_id"])
    if "items" in payload:
        note(household_ids=sorted({item["household_id"] for item in payload["items"]}))
    if "resident_id" in payload:
        note(resident_id=payload["resident_id"])
