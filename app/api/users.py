"""Users and grants."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import identity
from app.actors import Role
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import (
    Input,
    Output,
    StepInput,
    Text,
    area_code,
    moment,
    phone,
    sent_moment,
    uid,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, transaction
from app.identity import Permission, officers

blueprint = Blueprint("users", __name__, description="账号与授权")


class UserInput(Input):
    """A user to make."""

    area_code = area_code(required=True)
    phone = phone(required=True)
    name = Text(40, least=1, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> identity.NewUser:
        """Give what the domain takes."""
        return identity.NewUser(**data)


class AccountStepInput(StepInput):
    """A step with an account, and why."""

    note = Text(200, load_default="")


class GrantInput(Input):
    """A role to give; ``resident`` is implied by being bound to a resident."""

    user_id = uid(required=True)
    role = word(Role, required=True)
    area_code = area_code(required=True)
    valid_from = moment(load_default=None)
    valid_until = moment(load_default=None, allow_none=True)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse the implied role and a span that ends before it starts."""
        if data["role"] is Role.RESIDENT:
            raise ma.ValidationError("居民不用授权，账号和本人对上就行", "role")
        start, end = data.get("valid_from"), data.get("valid_until")
        if start and end and end <= start:
            raise ma.ValidationError("结束时间要在开始时间之后", "valid_until")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> identity.NewGrant:
        """Give what the domain takes."""
        return identity.NewGrant(**data)


class ApprovedGrantInput(GrantInput):
    """A role to give; that of an administrator or officer only as somebody of another role approved it."""

    approval_id = uid(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give what the domain takes: the grant, and the approval beside it."""
        approval_id = data.pop("approval_id")
        return identity.NewGrant(**data), approval_id


class GrantOutput(Output):
    """A grant."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    area_code = fields.String(required=True)
    valid_from = sent_moment(required=True)
    valid_until = sent_moment(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)


class UserListInput(PageInput):
    """Which users: who holds a role, whose account or post lies in an area, or who holds the role there."""

    role = word(Role, load_default=None)
    area_code = area_code(load_default=None)


class UserOutput(Output):
    """A user; the phone is masked."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    resident_id = fields.UUID(required=True, allow_none=True)
    disabled_at = sent_moment(required=True, allow_none=True)
    last_signed_in_at = sent_moment(required=True, allow_none=True)
    grants = fields.List(fields.Nested(GrantOutput), required=True)

    @ma.pre_dump
    def mask(self, user: identity.User, **_: Any) -> dict[str, Any]:
        """Put the masked phone beside the rest."""
        phone = {"phone": identity.masked_phone(parts().sealer, user)}
        return {name: getattr(user, name) for name in self.fields if name not in phone} | phone


@blueprint.route("/users", methods=["GET"])
@allow(Permission.USER_READ)
@blueprint.answer(page_of(UserOutput))
@blueprint.query(UserListInput)
def list_users(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List users within reach, the newest first, with their grants."""

    def fetch(**span: Any) -> Any:
        return identity.users(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda user: user.id, limit=limit, after=after)


@blueprint.route("/users/<uuid:user_id>", methods=["GET"])
@allow(Permission.USER_READ)
@blueprint.answer(UserOutput)
def get_user(user_id: UUID) -> Any:
    """Show one user with his grants."""
    with transaction() as session:
        return identity.user_in_scope(session, actor(), user_id)


@blueprint.route("/users/<uuid:user_id>", methods=["PUT"])
@allow(Permission.USER_WRITE)
@blueprint.made_once(UserOutput)
@blueprint.body(UserInput)
def put_user(new: identity.NewUser, user_id: UUID) -> tuple[Any, int]:
    """Make a user; an invitation lets him set his password."""
    with transaction() as session:
        row, made = identity.make_user(session, actor(), parts().sealer, user_id, new)
        assert row.area_code is not None, "whoever is made here is made in an area"
        author = actor().as_author(row.area_code)
        return identity.user_in_scope(session, author, user_id), once(made)


@blueprint.route("/users/<uuid:user_id>/disable", methods=["POST"])
@allow(Permission.USER_WRITE, checked=True)
@blueprint.answer(UserOutput)
@blueprint.body(AccountStepInput)
def disable_user(sent: dict[str, Any], user_id: UUID) -> Any:
    """Disable an account; its sessions end at once."""
    return _taken(identity.disable, sent, user_id)


@blueprint.route("/users/<uuid:user_id>/enable", methods=["POST"])
@allow(Permission.USER_WRITE, checked=True)
@blueprint.answer(UserOutput)
@blueprint.body(AccountStepInput)
def enable_user(sent: dict[str, Any], user_id: UUID) -> Any:
    """Enable an account again."""
    return _taken(identity.enable, sent, user_id)


@blueprint.route("/users/<uuid:user_id>/second-factor/reset", methods=["POST"])
@allow(Permission.USER_WRITE, checked=True)
@blueprint.answer(UserOutput)
@blueprint.body(AccountStepInput)
def reset_second_factor(sent: dict[str, Any], user_id: UUID) -> Any:
    """Take the second factor of somebody who lost his phone; his sessions end and he is told."""
    return _taken(identity.reset_second_factor, sent, user_id)


@blueprint.route("/grants/<uuid:grant_id>", methods=["PUT"])
@allow(Permission.GRANT_WRITE, checked=True)
@blueprint.made_once(GrantOutput)
@blueprint.body(ApprovedGrantInput)
def put_grant(sent: tuple[identity.NewGrant, UUID | None], grant_id: UUID) -> tuple[Any, int]:
    """Give a role to a user; an administrator's, and an officer's but the first, needs an approval."""
    new, approval_id = sent
    approval = str(approval_id) if approval_id else None
    note(area_code=new.area_code, user_id=str(new.user_id), role=new.role.value, approval_id=approval)
    with transaction() as session:
        grant, made = identity.grant(session, actor(), grant_id, new, approval_id=approval_id)
        if made and approval_id is None and new.role in officers.OFFICERS:
            note(went_without=True)
    return grant, once(made)


@blueprint.route("/grants/<uuid:grant_id>/end", methods=["POST"])
@allow(Permission.GRANT_WRITE, checked=True)
@blueprint.answer(GrantOutput)
def end_grant(grant_id: UUID) -> Any:
    """End a grant now."""
    with transaction() as session:
        row = identity.end_grant(session, actor(), grant_id)
        note(user_id=str(row.user_id), role=row.role.value)
        return row


def _taken(step: Callable[..., identity.User], sent: dict[str, Any], user_id: UUID) -> Any:
    with transaction() as session:
        area_code = step(session, actor(), user_id, **sent).area_code
        assert area_code is not None, "it lies in the actor's areas"
        return identity.user_in_scope(session, actor().as_author(area_code), user_id)
