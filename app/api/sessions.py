"""Signing in and out, going on, and who I am."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import after_this_request, request
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from app import identity
from app.actors import Role
from app.api.http.addresses import asking_address
from app.api.http.allow import COOKIE, PUBLIC, actor, allow, bearer, is_browser
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Signs, Text, phone, sent_moment, whole, word
from app.api.http.limits import limiter
from app.api.http.parts import parts
from app.api.http.recording import decided, note, transaction
from app.api.http.sign_in_tries import count_refresh, counted_by_address, counted_by_phone, is_wrong
from app.api.wechat_calls import WeChatPhoneCodeError, asking_wechat, wechat_client
from app.errors import DomainError
from app.identity import Permission, SessionKind, wechat_checks

blueprint = Blueprint("sessions", __name__, description="登录与退出")
_TRIED_SIGNS = 16
"""Of the keyed hash of a phone, in the trail: enough to see that the same one is tried again."""
_OFTEN = "20 per minute; 200 per hour"
"""Of one address, those that are wrong."""


def totp_field(**kwargs: Any) -> Signs:
    """Give a field for the six digits of an authenticator app."""
    check = validate.Regexp(r"^[0-9]{6}$", error="请填6位动态验证码")
    return Signs(6, checks=[check], load_only=True, **kwargs)


def password_field(**kwargs: Any) -> Text:
    """Give a field for a password."""
    return Text(200, least=1, load_only=True, **kwargs)


class CookieInput(Input):
    """Whether a browser signs in."""

    cookie = whole(0, 1, strict=False, load_default=0)


class SignInInput(Input):
    """Phone and password, the code of the second factor, and a new password where the old one is too old."""

    phone = phone(required=True)
    password = password_field(required=True)
    totp = totp_field(load_default=None)
    new_password = password_field(load_default=None)
    kind = word(SessionKind, load_default=SessionKind.APP)


class SignInCodeInput(Input):
    """The digits that a member of staff handed over."""

    code = Signs(
        identity.DIGITS,
        checks=[validate.Regexp(r"^[0-9]{12}$", error="请填12位登录码")],
        required=True,
        load_only=True,
    )


class RefreshInput(Input):
    """The refresh token of the sign-in, or of the refresh before."""

    refresh_token = Text(100, least=1, required=True, load_only=True)


class SecondFactorInput(Input):
    """A code of the authenticator app."""

    totp = totp_field(required=True)


class CheckInput(Input):
    """One of the three; a code of ``wx.login`` is for people who have neither of the others."""

    password = password_field()
    totp = totp_field()
    wechat_code = Text(512, least=1, load_only=True)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Ask for exactly one."""
        if len(data) != 1:
            raise ma.ValidationError("密码、动态验证码、微信，请用一样来确认", "password")


class SessionOutput(Output):
    """An open session; tokens are shown this once. A browser has its token in a cookie instead."""

    token = fields.String(required=True, allow_none=True)
    refresh_token = fields.String(required=True, allow_none=True)
    expires_at = sent_moment(required=True)
    idle_s = fields.Integer(required=True)
    second_factor = fields.Boolean(required=True)


class CheckOutput(Output):
    """Until when sensitive steps are open."""

    checked_until = sent_moment(required=True)


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
    waiting = fields.List(fields.Nested(HeldOutput), required=True)


def shown(opened: identity.Opened, *, cookie: bool) -> dict[str, Any]:
    """Give the answer of an open session; a browser gets the token as a cookie that no script reads."""
    if cookie:
        set_cookie(opened.token)
    return {
        "token": None if cookie else opened.token,
        "refresh_token": opened.refresh_token,
        "expires_at": opened.session.expires_at,
        "idle_s": opened.session.idle_s,
        "second_factor": opened.session.second_factor_at is not None,
    }


def set_cookie(token: str) -> None:
    """Let the browser keep the session's token where no script reads it."""

    @after_this_request
    def add(response: Response) -> Response:
        response.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="Strict")
        return response


@blueprint.route("/sessions", methods=["POST"])
@limiter.limit(_OFTEN, deduct_when=is_wrong)
@allow(PUBLIC)
@blueprint.answer(SessionOutput, HTTPStatus.CREATED)
@blueprint.body(SignInInput)
@blueprint.query(CookieInput)
def sign_in(sent: dict[str, Any], cookie: int) -> dict[str, Any]:
    """Sign in with phone and password, and the second factor if there is one."""
    having, address = parts(), asking_address()
    with counted_by_address(), counted_by_phone(sent["phone"]) as closed:
        credentials = identity.Credentials(
            **sent, address=address, closed=closed, refreshable=not cookie, replaces=_replaced(cookie)
        )
        try:
            opened = decided(
                lambda session: identity.sign_in(
                    session, having.sealer, having.settings.sessions, having.tries_key, credentials
                )
            )
        except identity.WrongCredentialsError:
            note(
                tried=identity.who_tries(having.tries_key, sent["phone"]).hex()[:_TRIED_SIGNS], closed=closed
            )
            raise
    return shown(opened, cookie=bool(cookie))


@blueprint.route("/sessions/code", methods=["POST"])
@limiter.limit(_OFTEN, deduct_when=is_wrong)
@allow(PUBLIC)
@blueprint.answer(SessionOutput, HTTPStatus.CREATED)
@blueprint.body(SignInCodeInput)
@blueprint.query(CookieInput)
def sign_in_by_code(sent: dict[str, Any], cookie: int) -> dict[str, Any]:
    """Sign in with a code that staff handed over."""
    having = parts()
    with counted_by_address():
        opened = decided(
            lambda session: identity.sign_in_by_code(
                session,
                having.settings.sessions,
                having.tries_key,
                sent["code"],
                refreshable=not cookie,
                replaces=_replaced(cookie),
            )
        )
    return shown(opened, cookie=bool(cookie))


@blueprint.route("/sessions/refresh", methods=["POST"])
@limiter.limit("60 per minute", deduct_when=is_wrong)
@allow(PUBLIC)
@blueprint.answer(SessionOutput, HTTPStatus.CREATED)
@blueprint.body(RefreshInput)
def refresh(sent: dict[str, Any]) -> dict[str, Any]:
    """Go on with the next session and the next refresh token; the one sent is used up."""
    having = parts()

    def step(session: Any) -> identity.Opened | DomainError:
        outcome = identity.refresh(
            session, having.settings.sessions, having.refresh_key, sent["refresh_token"]
        )
        if isinstance(outcome, identity.Opened):
            count_refresh(outcome.session.user_id)
        return outcome

    return shown(decided(step), cookie=False)


@blueprint.route("/sessions/current", methods=["DELETE"])
@allow(Permission.SELF)
@blueprint.response(HTTPStatus.NO_CONTENT)
def sign_out() -> None:
    """Sign out; the token is dead at once, and its refresh token."""
    with transaction() as session:
        identity.sign_out(session, actor())
        note(object_kind="session", object_id=actor().session_id)
    if is_browser():
        set_cookie("")


@blueprint.route("/sessions/current/second-factor", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(SessionOutput, HTTPStatus.CREATED)
@blueprint.body(SecondFactorInput)
def show_second_factor(sent: dict[str, Any]) -> dict[str, Any]:
    """Go on under another token, with the second factor; the old token is dead."""
    return stepped_up(sent["totp"])


@blueprint.route("/sessions/current/check", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(CheckOutput)
@blueprint.body(CheckInput)
def check(sent: dict[str, Any]) -> dict[str, Any]:
    """Prove oneself again by password, code or WeChat, for the sensitive steps of the next five minutes."""
    having = parts()
    if "wechat_code" in sent:
        return {"checked_until": _checked_by_wechat(sent["wechat_code"])}
    until = decided(
        lambda session: identity.check_again(session, actor(), having.sealer, having.tries_key, **sent)
    )
    return {"checked_until": until}


@blueprint.route("/me", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(MeOutput)
def me() -> Any:
    """Say who I am and what I may; what waits counts once the session has a second factor."""
    return actor()


def _replaced(cookie: int) -> bytes | None:
    """Give what is kept of the token that a browser has so far, whose session ends as it signs in anew."""
    before = request.cookies.get(COOKIE) if cookie else None
    return identity.hashed(before) if before else None


def _checked_by_wechat(code: str) -> datetime:
    client = wechat_client()
    with asking_wechat(WeChatPhoneCodeError, field="wechat_code"):
        who = client.mini.code2session(code)
    with transaction() as session:
        return wechat_checks.check_by_wechat(session, actor(), parts().sealer, who.openid)


def stepped_up(code: str, *, confirming: bool = False) -> dict[str, Any]:
    """Take the code and answer with the session that goes on, as a cookie where the old one was."""
    having, token = parts(), bearer()
    assert token is not None, "allow() let nobody in without one"
    opened = decided(
        lambda session: identity.step_up(
            session,
            actor(),
            having.sealer,
            having.settings.sessions,
            having.tries_key,
            token=token,
            totp=code,
            confirming=confirming,
        )
    )
    return shown(opened, cookie=is_browser())
