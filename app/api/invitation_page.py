"""What the link of an invitation opens: a page to set one's password, for staff without the app."""

import hmac
from http import HTTPStatus

import marshmallow as ma
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import identity
from app.api.html import html_page, refusal
from app.api.http.allow import PUBLIC, allow
from app.api.http.fields import Input
from app.api.http.limits import READ_BY_MANY, is_refused, limiter
from app.api.http.parts import parts
from app.api.http.recording import decided, reading
from app.api.http.sentences import sentence
from app.api.invitations import INVITATIONS
from app.api.sessions import password_field, totp_field
from app.config import PasswordProfile
from app.errors import DomainError, Kind

blueprint = Blueprint("invitation_page", __name__)
_TEMPLATE = "invitation.html"
_RULES = {
    PasswordProfile.MLPS: "密码至少12个字，大写字母、小写字母、数字、符号里要有三种。",
    PasswordProfile.ASVS: "密码至少15个字，可以是一句话的拼音。",
}
"""What the form says before anything is wrong."""
_BOTH_WANTED, _CODE_WANTED = "两处都要填，最多200个字", "请填6位动态验证码"


class PasswordFormInput(Input):
    """The password, twice, and the code of whoever has a second factor."""

    password = password_field(required=True)
    again = password_field(required=True)
    totp = totp_field(load_default=None)


@blueprint.route("/invite/<token>", methods=["GET"])
@limiter.limit(READ_BY_MANY)
@allow(PUBLIC)
def show_invitation(token: str) -> Response:
    """Show the form, with the name of whoever is invited."""
    return _form(token)


@blueprint.route("/invite/<token>", methods=["POST"])
@limiter.limit(INVITATIONS, deduct_when=is_refused)
@allow(PUBLIC)
def set_password(token: str) -> AnyResponse:
    """Set the password; the link works no longer then."""
    try:
        sent = PasswordFormInput().load(_filled_in())
    except ma.ValidationError as error:
        at_code = set(error.normalized_messages()) == {"totp"}  # type: ignore[no-untyped-call]
        return _form(token, _CODE_WANTED if at_code else _BOTH_WANTED, at_code=at_code)
    if not hmac.compare_digest(sent["password"].encode(), sent["again"].encode()):
        return _form(token, "两次填的密码不一样，请重新填")
    having, profile = parts(), parts().settings.sessions.passwords
    password, totp = sent["password"], sent["totp"]
    try:
        decided(
            lambda session: identity.accept_invitation(
                session, having.sealer, having.tries_key, profile, token=token, password=password, totp=totp
            )
        )
    except DomainError as error:
        if error.kind is not Kind.INVALID and not isinstance(error, identity.WrongCodeError):
            raise
        at_code = isinstance(error, identity.WrongCodeError)
        return _form(token, sentence(error.code, error.data), at_code=at_code)
    return redirect(url_for(".show_done"), HTTPStatus.SEE_OTHER)


@blueprint.route("/invite/done", methods=["GET"])
@allow(PUBLIC)
def show_done() -> Response:
    """Say that the password is set, and what comes next."""
    return html_page(_TEMPLATE, title="密码设好了", done=True)


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> Response:
    return refusal(error, _refusal_page)


def _refusal_page(document: Response) -> Response:
    told = document.get_json()
    is_over = told["code"] == identity.InvitationOverError.code
    return html_page(_TEMPLATE, document.status_code, title=told["title"], over=is_over)


def _filled_in() -> dict[str, str]:
    sent = {name: request.form.get(name, "") for name in ("password", "again", "totp")}
    return {name: value for name, value in sent.items() if value or name != "totp"}


def _form(token: str, wrong: str | None = None, *, at_code: bool = False) -> Response:
    """Show the form, with what is wrong: at the code of the second factor, or else at the password."""
    with reading() as session:
        user, has_second_factor = identity.invited(session, token)
        name = user.name
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    rules = _RULES[parts().settings.sessions.passwords]
    return html_page(
        _TEMPLATE,
        status,
        title=f"{name}，请设密码",
        token=token,
        rules=rules,
        wrong=wrong,
        wrong_at=("totp" if at_code else "password") if wrong else None,
        totp=has_second_factor,
    )
