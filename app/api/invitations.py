"""Invitations of users to set their password, and codes for residents without WeChat."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from marshmallow import fields

from app import identity
from app.api.http.allow import PUBLIC, actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, sent_moment, uid
from app.api.http.limits import each_person, is_refused, limiter
from app.api.http.parts import parts
from app.api.http.recording import decided, note, transaction
from app.api.sessions import password_field, totp_field
from app.identity import Permission

blueprint = Blueprint("invitations", __name__, description="邀请与登录码")
INVITATIONS = "30 per minute; 300 per hour"
"""Of one address, those that are refused: an office sets its passwords on one day, some at the third try."""


class InvitationInput(Input):
    """Whom to invite."""

    user_id = uid(required=True)


class InvitationOutput(Output):
    """An invitation; its token, and the page to open with it, are shown when it is made, and never again."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    token = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    expires_at = sent_moment(required=True)


class AcceptanceInput(Input):
    """The token of the invitation, the password to be, and a code of whoever has a second factor."""

    token = Text(100, least=1, required=True, load_only=True)
    password = password_field(required=True)
    totp = totp_field(load_default=None)


class NewSignInCodeInput(Input):
    """The id of the code to be made: sent again, it is the same code."""

    id = uid(required=True)


class SignInCodeOutput(Output):
    """A code to hand over; one that has ended lets nobody in, whenever it expires."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    expires_at = sent_moment(required=True)
    ended_at = sent_moment(required=True, allow_none=True)


@blueprint.route("/invitations/<uuid:invitation_id>", methods=["PUT"])
@allow(Permission.USER_WRITE, checked=True)
@blueprint.made_once(InvitationOutput)
@blueprint.body(InvitationInput)
def put_invitation(sent: dict[str, Any], invitation_id: UUID) -> tuple[Any, int]:
    """Invite a user to set his password within a day; an earlier invitation of his ends."""
    with transaction() as session:
        row, token = identity.invite(session, actor(), parts().sealer, invitation_id, sent["user_id"])
        note(user_id=str(row.user_id))
    told = {
        "id": row.id,
        "user_id": row.user_id,
        "token": token,
        "url": identity.invitation_url(parts().settings.public_url, token) if token else None,
        "expires_at": row.expires_at,
    }
    return told, once(token is not None)


@blueprint.route("/invitations/accept", methods=["POST"])
@limiter.limit(INVITATIONS, deduct_when=is_refused)
@allow(PUBLIC)
@blueprint.response(HTTPStatus.NO_CONTENT)
@blueprint.body(AcceptanceInput)
def accept(sent: dict[str, Any]) -> None:
    """Set the password of whoever was invited; then he signs in with it."""
    having = parts()
    decided(
        lambda session: identity.accept_invitation(
            session, having.sealer, having.tries_key, having.settings.sessions.passwords, **sent
        )
    )


@blueprint.route("/residents/<uuid:resident_id>/sign-in-codes", methods=["POST"])
@allow(Permission.SIGN_IN_CODE, checked=True)
@each_person("60 per hour")
@blueprint.answer(SignInCodeOutput, HTTPStatus.CREATED)
@blueprint.body(NewSignInCodeInput)
def hand_out(sent: dict[str, Any], resident_id: UUID) -> dict[str, Any]:
    """Make a code with which a resident signs in once within ten minutes; the one before ends.

    A sensitive step: whoever holds the code is that resident. Sent again, it shows the same code, and in
    `ended_at` since when that is used, replaced or tried too often.
    """
    with transaction() as session:
        row, code = identity.hand_out(session, actor(), parts().tries_key, sent["id"], resident_id)
    return {"id": row.id, "code": code, "expires_at": row.expires_at, "ended_at": row.ended_at}
