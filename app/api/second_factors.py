"""One's own second factor and password."""

from http import HTTPStatus
from typing import Any

from marshmallow import fields

from app import identity
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output
from app.api.http.limits import each_person
from app.api.http.parts import parts
from app.api.http.recording import decided, transaction
from app.api.sessions import SecondFactorInput, SessionOutput, password_field, stepped_up
from app.identity import Permission

blueprint = Blueprint("credentials", __name__, description="密码与动态验证码")


class PasswordInput(Input):
    """The present and the next password."""

    old_password = password_field(required=True)
    new_password = password_field(required=True)


class EnrolOutput(Output):
    """What the authenticator app needs; shown this once, best as a QR code."""

    otpauth_uri = fields.String(required=True)


@blueprint.route("/me/password", methods=["POST"])
@allow(Permission.SELF)
@each_person("20 per hour")
@blueprint.response(HTTPStatus.NO_CONTENT)
@blueprint.body(PasswordInput)
def change_password(sent: dict[str, Any]) -> None:
    """Change the password; every other session of the account ends."""
    having = parts()
    decided(
        lambda session: identity.change_password(
            session,
            actor(),
            having.sealer,
            having.tries_key,
            having.settings.sessions.passwords,
            old=sent["old_password"],
            new=sent["new_password"],
        )
    )


@blueprint.route("/me/totp", methods=["POST"])
@allow(Permission.SELF, checked=True)
@blueprint.answer(EnrolOutput, HTTPStatus.CREATED)
def enrol() -> dict[str, Any]:
    """Begin with an authenticator app; it counts once a code of it was confirmed."""
    with transaction() as session:
        return {"otpauth_uri": identity.enrol(session, actor(), parts().sealer)}


@blueprint.route("/me/totp/confirm", methods=["POST"])
@allow(Permission.SELF, checked=True)
@blueprint.answer(SessionOutput, HTTPStatus.CREATED)
@blueprint.body(SecondFactorInput)
def confirm(sent: dict[str, Any]) -> dict[str, Any]:
    """Confirm the authenticator app by its first code, and go on under another token with it."""
    return stepped_up(sent["totp"], confirming=True)
