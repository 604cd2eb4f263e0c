"""Signing in by the mini-program, and the phone number that WeChat vouches for."""

from http import HTTPStatus
from typing import Any

from marshmallow import fields

from app import identity
from app.api.http.allow import PUBLIC, actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text
from app.api.http.limits import each_person, limiter
from app.api.http.parts import parts
from app.api.http.recording import note_opened, reading, transaction
from app.api.http.sign_in_tries import count_wechat, is_wrong
from app.api.sessions import SessionOutput, shown
from app.api.wechat_calls import WeChatPhoneCodeError, asking_wechat, wechat_client
from app.identity import Permission, WeChatApp

blueprint = Blueprint("wechat", __name__, description="微信登录")
_LIMIT = "60 per minute; 1000 per hour"
"""Of one address, those that are wrong: a village may share one, and a code of WeChat's cannot be guessed."""
_OFTEN = "20 per minute; 100 per hour"
"""Of one person: each asks WeChat."""


class WeChatCodeInput(Input):
    """A code that WeChat gave to the phone; it works once."""

    code = Text(512, least=1, required=True, load_only=True)


class WeChatPhoneOutput(Output):
    """The phone number kept, masked."""

    phone = fields.String(required=True)


@blueprint.route("/sessions/wechat", methods=["POST"])
@limiter.limit(_LIMIT, deduct_when=is_wrong)
@allow(PUBLIC)
@blueprint.answer(SessionOutput, HTTPStatus.CREATED)
@blueprint.body(WeChatCodeInput)
def sign_in(sent: dict[str, Any]) -> dict[str, Any]:
    """Sign in by the code of wx.login; somebody new gets an account that is bound to nobody yet."""
    with asking_wechat():
        who = wechat_client().mini.code2session(sent["code"])
    count_wechat(who.openid)
    with transaction() as session:
        opened = identity.sign_in_by_wechat(
            session, parts().sealer, parts().settings.sessions, WeChatApp.MINI, who
        )
        note_opened(opened)
    return shown(opened, cookie=False)


@blueprint.route("/me/wechat", methods=["POST"])
@allow(Permission.SELF, checked=True)
@each_person(_OFTEN)
@blueprint.response(HTTPStatus.NO_CONTENT)
@blueprint.body(WeChatCodeInput)
def link(sent: dict[str, Any]) -> None:
    """Let me sign in by the WeChat of this wx.login code from now on, in the place of another one."""
    with asking_wechat(WeChatPhoneCodeError):
        who = wechat_client().mini.code2session(sent["code"])
    with transaction() as session:
        identity.link_wechat(session, actor(), parts().sealer, who)


@blueprint.route("/me/phone/wechat", methods=["POST"])
@allow(Permission.SELF)
@each_person(_OFTEN)
@blueprint.answer(WeChatPhoneOutput)
@blueprint.body(WeChatCodeInput)
def keep_phone(sent: dict[str, Any]) -> dict[str, Any]:
    """Keep the phone number that the code of WeChat's phone button stands for."""
    mini = wechat_client().mini
    with reading() as session:
        openid = identity.own_openid(session, actor(), parts().sealer)
    with asking_wechat(WeChatPhoneCodeError):
        phone = mini.phone_number(sent["code"], openid)
    with transaction() as session:
        user = identity.keep_vouched_phone(session, actor(), parts().sealer, phone)
        return {"phone": identity.masked_phone(parts().sealer, user)}
