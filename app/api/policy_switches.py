"""Policy switches: what a community turned on, on whose word and by which law."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import policies
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import (
    Input,
    Output,
    StepInput,
    Text,
    community_code,
    has_words,
    sent_moment,
    uid,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import note, note_approval, transaction
from app.identity import Permission
from app.policies import PolicySwitch

blueprint = Blueprint("policy_switches", __name__, description="政策开关")


class WantedSwitchInput(Input):
    """Which switch, what for, and which law or document lets it be."""

    area_code = community_code(required=True)
    switch = word(PolicySwitch, required=True)
    purpose = Text(200, least=4, required=True, checks=[has_words])
    legal_basis = Text(200, least=4, required=True, checks=[has_words])


class NamedSwitchInput(WantedSwitchInput):
    """The same under the id that the step will have."""

    id = uid(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give the step's id, and what the domain takes."""
        step_id = data.pop("id")
        return step_id, policies.NewSwitch(**data)


class TurnOnInput(WantedSwitchInput, StepInput):
    """A switch to turn on, with the approval for it."""

    approval_id = uid(required=True)


class TurnOffInput(StepInput):
    """A switch to turn off, and why."""

    area_code = community_code(required=True)
    switch = word(PolicySwitch, required=True)
    reason = Text(200, least=1, required=True, checks=[has_words])


class CommunityInput(Input):
    """Of which community."""

    area_code = community_code(required=True)


class ChangeListInput(PageInput):
    """Of which community."""

    area_code = community_code(required=True)


class PolicyChangeOutput(Output):
    """A turn of a switch, and who answers for it; of one turned off ``purpose`` is the reason."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    switch = fields.Enum(PolicySwitch, by_value=True, required=True)
    is_on = fields.Boolean(required=True)
    purpose = fields.String(required=True)
    legal_basis = fields.String(required=True)
    changed_by_name = fields.String(required=True)
    approved_by_name = fields.String(required=True, allow_none=True)
    changed_at = sent_moment(required=True)

    @ma.pre_dump
    def flatten(self, shown: policies.ShownChange, **_: Any) -> dict[str, Any]:
        """Put the names beside the row."""
        besides = {name: value for name, value in vars(shown).items() if name != "change"}
        return {
            name: besides[name] if name in besides else getattr(shown.change, name) for name in self.fields
        }


_NOT_YET = "管的功能还没有，现在打不开"
GOVERNS = {
    PolicySwitch.COMPULSORY_CHECK_IN: "打开后，没有到场证明的巡查、探访记录会标明缺证明，照样收下",
    PolicySwitch.POSITION_UPLOAD: f"要求上传位置：{_NOT_YET}",
    PolicySwitch.STAFF_RANKING: f"给工作人员排名：{_NOT_YET}",
    PolicySwitch.RESIDENT_RANKING: f"给居民排名：{_NOT_YET}",
    PolicySwitch.PHOTO_COMPULSORY: "打开后，没有照片的巡查、探访记录会标明缺证明，照样收下",
    PolicySwitch.WECHAT_CONTENT_CHECK: f"把内容交给微信检查：{_NOT_YET}",
}
"""What each switch changes, for whoever reads or turns it."""


class PolicySwitchOutput(Output):
    """What a switch changes and how it stands; ``latest`` is null if it was never touched.

    One that is not ``available`` governs nothing yet and is not turned on.
    """

    switch = fields.Enum(PolicySwitch, by_value=True, required=True)
    governs = fields.String(required=True)
    available = fields.Boolean(required=True)
    is_on = fields.Boolean(required=True)
    latest = fields.Nested(PolicyChangeOutput, required=True, allow_none=True)


class PolicySwitchesOutput(Output):
    """All switches of a community."""

    items = fields.List(fields.Nested(PolicySwitchOutput), required=True)


@blueprint.route("/policy-switches", methods=["GET"])
@allow(Permission.POLICY_READ)
@blueprint.answer(PolicySwitchesOutput)
@blueprint.query(CommunityInput)
def list_policy_switches(area_code: str) -> dict[str, Any]:
    """Show what every switch of a community changes, and how it stands."""
    with transaction() as session:
        found = policies.standing(session, actor(), area_code)
    items = [
        {
            "switch": switch,
            "governs": GOVERNS[switch],
            "available": switch in policies.IN_EFFECT,
            "is_on": bool(shown and shown.change.is_on),
            "latest": shown,
        }
        for switch, shown in found.items()
    ]
    return {"items": items}


@blueprint.route("/policy-changes", methods=["GET"])
@allow(Permission.POLICY_READ)
@blueprint.answer(page_of(PolicyChangeOutput))
@blueprint.query(ChangeListInput)
def list_policy_changes(limit: int, after: str | None, area_code: str) -> dict[str, Any]:
    """List what was turned on and off in a community, the newest first."""

    def fetch(**span: Any) -> Any:
        return policies.changes(session, actor(), area_code, **span)

    with transaction() as session:
        return page(fetch, lambda shown: shown.change.id, limit=limit, after=after)


@blueprint.route("/policy-switches/on", methods=["POST"])
@allow(Permission.POLICY_SET, checked=True)
@blueprint.answer(PolicyChangeOutput)
@blueprint.body(TurnOnInput)
def turn_on(sent: dict[str, Any]) -> Any:
    """Turn a switch on, which an officer of county or city approved."""
    step_id, approval_id = sent.pop("step_id"), sent.pop("approval_id")
    note(object_id=step_id, area_code=sent["area_code"], switch=sent["switch"].value)
    note_approval(approval_id)
    with transaction() as session:
        new = policies.NewSwitch(**sent)
        return policies.turn_on(session, actor(), step_id, new, approval_id=approval_id)


@blueprint.route("/policy-switches/off", methods=["POST"])
@allow(Permission.POLICY_SET)
@blueprint.answer(PolicyChangeOutput)
@blueprint.body(TurnOffInput)
def turn_off(sent: dict[str, Any]) -> Any:
    """Turn a switch off, at once."""
    step_id: UUID = sent.pop("step_id")
    note(object_id=step_id, area_code=sent["area_code"], switch=sent["switch"].value)
    with transaction() as session:
        return policies.turn_off(session, actor(), step_id, **sent)
