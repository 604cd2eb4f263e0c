"""The web app inside WeChat: signing in through WeChat's page, and the signature of its functions."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from marshmallow import fields

from app import identity
from app.api.html import asks_for_page, refusal, refusal_page
from app.api.http import problems
from app.api.http.allow import COOKIE, PUBLIC, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text
from app.api.http.limits import READ_BY_MANY, limiter
from app.api.http.parts import parts
from app.api.http.recording import note_opened, sensitive, transaction
from app.api.http.sign_in_tries import count_wechat, is_wrong
from app.api.sessions import set_cookie
from app.api.web_sign_in_states import States
from app.api.wechat_calls import WeChatOffError, asking_wechat, place_at_wechat, service_account
from app.errors import DomainError, Kind
from app.identity import WeChatApp
from app.keys import derived

blueprint = Blueprint("wechat web", __name__, description="微信内网页")
_LIMIT = "60 per minute; 1000 per hour"
"""Of one address, those that come back wrong."""
_MARK = "__Host-gongdi-sign-in"
_MARK_S = 600
_LED_HERE = {"wechat web.start", "wechat web.callback"}
"""What a person's browser opens itself."""
_HOME = "/"
"""Where everybody lands who signed in: nothing from outside says where to."""


class PageForeignError(DomainError):
    """The page is not https on one of our hosts, so it gets no signature."""

    code = "page_foreign"
    kind = Kind.BAD_REQUEST


class CallbackInput(Input):
    """What WeChat's page sends back."""

    code = Text(512, load_default="")
    state = Text(128, load_default="")


class PageInput(Input):
    """The page that wants to use WeChat's functions."""

    url = Text(2048, least=1, required=True)


class PageSignatureOutput(Output):
    """What ``wx.config`` takes."""

    appid = fields.String(required=True)
    nonce = fields.String(required=True)
    timestamp = fields.Integer(required=True)
    signature = fields.String(required=True)


def _states() -> States:
    return States(parts().redis, derived(parts().settings.secret_key, "web sign-ins"))


def _to(address: str) -> Response:
    return Response(status=HTTPStatus.FOUND, headers={"Location": address})


@blueprint.route("/oauth/wechat/start", methods=["GET"])
@limiter.limit(READ_BY_MANY)
@allow(PUBLIC)
@blueprint.response(HTTPStatus.FOUND)
def start() -> Response:
    """Send the browser to WeChat, and back to the callback with a code."""
    account = service_account()
    state, mark = _states().start(request.cookies.get(_MARK), before=request.cookies.get(COOKIE))
    with asking_wechat(WeChatOffError, waiting=False):
        there = account.authorize_url(f"{parts().settings.public_url}/v1/oauth/wechat/callback", state)
    response = _to(there)
    # Lax, for the browser comes back from another site.
    response.set_cookie(_MARK, mark, max_age=_MARK_S, path="/", secure=True, httponly=True, samesite="Lax")
    return response


@blueprint.route("/oauth/wechat/callback", methods=["GET"])
@limiter.limit(_LIMIT, deduct_when=is_wrong)
@allow(PUBLIC)
@sensitive
@blueprint.response(HTTPStatus.FOUND)
@blueprint.query(CallbackInput)
def callback(code: str, state: str) -> Response:
    """Sign the browser in with the code it brings back; a copy of the call gets the same session."""
    account, states, mark = service_account(), _states(), request.cookies.get(_MARK) or ""
    token = states.token(state, mark)
    with place_at_wechat():  # copies wait as long as the first one does
        if states.claim(state, mark):
            try:
                before = states.before(state)
                with asking_wechat(waiting=False):
                    who = account.exchange(code)
                count_wechat(who.openid)
                with transaction() as session:
                    opened = identity.sign_in_by_wechat(
                        session,
                        parts().sealer,
                        parts().settings.sessions,
                        WeChatApp.WEB,
                        who,
                        token=token,
                        replaces=before,
                    )
                    note_opened(opened)
            except BaseException:
                states.drop(state)
                raise
            states.finish(state)
        else:
            states.wait(state)
    set_cookie(token)
    return _to(_HOME)


def _refused(error: Exception) -> Response:
    """Say on a page what is wrong to a person whom WeChat led here, and in JSON to a program."""
    if request.endpoint in _LED_HERE and asks_for_page():
        return refusal(error, _refusal_page)
    return problems.answer(error)


blueprint.register_error_handler(Exception, _refused)


def _refusal_page(document: Response) -> Response:
    return refusal_page(document, sign_in=url_for(".start"))


@blueprint.route("/wechat/page-signature", methods=["GET"])
@limiter.limit(READ_BY_MANY)
@allow(PUBLIC)
@blueprint.answer(PageSignatureOutput)
@blueprint.query(PageInput)
def page_signature(url: str) -> dict[str, Any]:
    """Sign one of our pages for WeChat's functions, such as scanning; without its fragment."""
    account = service_account()
    with asking_wechat(PageForeignError, field="url", waiting=not account.has_ticket()):
        return asdict(account.sign_page(url))
