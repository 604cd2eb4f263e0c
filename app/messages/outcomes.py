"""What a refusal of WeChat's means for a message: who can do something about it, and whether it went out."""

from dataclasses import dataclass

from app.adapters import wechat
from app.models import SendState

_OF_THIS_MESSAGE = {45168, 47003}
"""What it says is at fault (a sensitive word, a field), so others of its template may go."""

_STATES = (
    (wechat.NotSubscribedError, SendState.REFUSED),
    (wechat.WeChatUserError, SendState.GONE),
    (wechat.WeChatConfigurationError, SendState.FAILED),
    (wechat.WeChatTimeoutError, SendState.UNKNOWN),
    (wechat.WeChatAnswerError, SendState.UNKNOWN),
)
"""By the first kind that fits; whatever else surely did not go out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sending one message ended."""

    state: SendState
    fault: str | None = None
    errcode: int | None = None
    retry_after_s: int = 0
    ends_run: bool = False
    """Whatever else is to be sent would fare alike now."""
    ends_template: bool = False
    """Whatever else is to be sent by this template would fare alike now."""
    msgid: str | None = None


def judged(error: wechat.WeChatError) -> Verdict:
    """Sort an error.

    Only what surely did not go out may be tried again. An answer that is late or no answer leaves that open,
    unless it was to a question before the message's own, for the token.
    """
    state, ends_run, ends_template = _sorted(error)
    return Verdict(
        state,
        type(error).__name__,
        error.errcode,
        retry_after_s=error.retry_after_s or 0,
        ends_run=ends_run,
        ends_template=ends_template,
    )


def _sorted(error: wechat.WeChatError) -> tuple[SendState, bool, bool]:
    """Give the state, and whether the whole run or the template's part of it ends."""
    state = next((state for kind, state in _STATES if isinstance(error, kind)), SendState.WAITING)
    if state is SendState.FAILED:
        of_this = isinstance(error, wechat.MessageFieldError) or error.errcode in _OF_THIS_MESSAGE
        return state, False, not of_this
    if state is SendState.UNKNOWN and error.call != wechat.SEND_MESSAGE:
        state = SendState.WAITING
    ends_run = state in {SendState.WAITING, SendState.UNKNOWN}
    return state, ends_run and not isinstance(error, wechat.WeChatBusyError), False
