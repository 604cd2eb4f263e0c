"""Signing in and out, and who I am."""

from http import HTTPStatus
from typing import Any

from marshmallow import fields

from app import identity
from app.actors import Role
from app.api.allow import PUBLIC, actor, allow, bearer
from app.api.blueprint import Blueprint
from app.api.fields import Input, Output, Text, phone, sent_moment, word
from app.api.limits import limiter
from app.api.parts import parts
from app.api.recording import note, note_opened, transaction
from app.api.sign_in_tries import counted_try
from app.identity import Permission, SessionKind

blueprint = Blueprint("sessions", __name__, description="登录与退出")


class SignInInput(Input):
    """Phone and password."""

    phone = phone(required=True)
    password = Text(200, least=1, required=True, load_only=True)
    kind = word(SessionKind, load_default=SessionKind.APP)


class SessionOutput(Output):
    """An open session; the token is shown this once."""

    token = fields.String(required=True)
    expires_at = sent_moment(required=True)


class HeldOutput(Output):
    """A grant in force."""

    role = word(Role, required=True)
    area_code = fields.String(required=True)


class MeOutput(Output):
    """Who I am and what I may."""

    user_id = fields.UUID(required=True)
    name = fields.String(required=True)
    resident_id = fields.UUID(required=True, allow_none=True)
    household_id = fields.UUID(required=True, allow_none=True)
    held = fields.List(fields.Nested(HeldOutput), required=True)


@blueprint.route("/sessions", methods=["POST"])
@limiter.limit("20 per minute; 200 per hour")
@allow(PUBLIC)
@blueprint.answer(SessionOutput, HTTPStatus.CREATED)
@blueprint.body(SignInInput)
def sign_in(sent: dict[str, Any]) -> dict[str, Any]:
    """Sign in with phone and password."""
    rules = parts().settings.sessions
    with counted_try(parts().tries_key, sent["phone"]), transaction() as session:
        opened = identity.sign_in(session, parts().sealer, rules, **sent)
        note_opened(opened)
    return {"token": opened.token, "expires_at": opened.session.expires_at}


@blueprint.route("/sessions/current", methods=["DELETE"])
@allow(Permission.SELF)
@blueprint.response(HTTPStatus.NO_CONTENT)
def sign_out() -> None:
    """Sign out; the token is dead at once."""
    token = bearer()
    assert token is not None, "allow() let nobody in without one"
    with transaction() as session:
        identity.end_session(session, token)
        note(object_kind="session", object_id=actor().session_id)


@blueprint.route("/me", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(MeOutput)
def me() -> Any:
    """Say who I am and what I may."""
    return actor()
