"""Where WeChat's servers tell us what happens there (消息推送): checked, kept, and answered at once.

No part of the API's description: nobody but WeChat calls it, and its form is WeChat's.
"""

from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request

from app import messages
from app.adapters import wechat
from app.api.http.allow import PUBLIC, allow
from app.api.http.body_bounds import takes
from app.api.http.parts import parts
from app.api.http.recording import note, transaction
from app.api.wechat_calls import WeChatAwayError, WeChatOffError, wechat_client
from app.errors import DomainError, Kind

blueprint = Blueprint("wechat_push", __name__)
log = structlog.get_logger()
_HEARD = "success"
"""What WeChat wants to hear; anything else, and it asks twice more."""


class PushRefusedError(DomainError):
    """It does not come from WeChat, not for us, not just now, or not whole."""

    code = "push_refused"
    kind = Kind.BAD_REQUEST


@blueprint.route("/v1/wechat/push", methods=["GET"])
@allow(PUBLIC)
def echo() -> Response:
    """Answer the question by which WeChat checks this address."""
    try:
        return _text(_callbacks().echo(request.args))
    except wechat.CallbackRefusedError as error:
        raise _refused(error) from error


@blueprint.route("/v1/wechat/push", methods=["POST"])
@allow(PUBLIC)
@takes(wechat.LARGEST_CALLBACK)
def hear() -> Response:
    """Keep what WeChat tells, once; it is handled by a job, so that WeChat never waits."""
    callbacks = _callbacks()
    try:
        event = callbacks.open(request.args, request.get_data(cache=False))
        content = messages.told(event)
    except wechat.CallbackRepeatedError:
        return _text(_HEARD)
    except (wechat.CallbackRefusedError, wechat.EventError) as error:
        raise _refused(error) from error
    except wechat.CallbackUncertainError as error:
        raise WeChatAwayError from error
    try:
        with transaction() as session:
            kept = content is not None and messages.keep(session, parts().sealer, event, content)
            note(event=event.kind if content is not None else "other", kept=kept)
    except BaseException:
        callbacks.forget(request.args)
        raise
    log.info("push_heard", kept=kept)
    return _text(_HEARD)


def _callbacks() -> wechat.Callbacks:
    callbacks = wechat_client().callbacks
    if callbacks is None:
        raise WeChatOffError
    return callbacks


def _refused(error: Exception) -> PushRefusedError:
    """Tell the log that something came and of what length, and nothing of what it holds."""
    log.warning("push_refused", error=type(error).__name__, bytes=request.content_length or 0)
    return PushRefusedError()


def _text(text: str) -> Response:
    return Response(text, HTTPStatus.OK, mimetype="text/plain")
