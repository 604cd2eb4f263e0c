"""What WeChat may answer instead of what was asked, by what can be done about it.

No error carries a code, token, secret or openid: only the call's name, WeChat's number for the fault, and its
request id, which its own tools resolve. Numbers: docs of each call, and the common table of return codes.
"""

import re
from datetime import timedelta

from app.clock import business_day, end_of, now, start_of

_RID = re.compile(r"\brid: ?([0-9a-f-]{8,64})", re.IGNORECASE)
_MINUTE_S = 60


class WeChatError(Exception):
    """A call to WeChat that brought no result."""

    def __init__(
        self,
        call: str,
        *,
        errcode: int | None = None,
        rid: str | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(call, errcode, rid)
        self.call = call
        self.errcode = errcode
        self.rid = rid
        self.retry_after_s = retry_after_s
        """When it may be worth another try, if that is known."""
        self.logged = False
        """Whether a line of the log tells of it already."""

    def __str__(self) -> str:
        said = "" if self.errcode is None else f" answered {self.errcode}"
        return f"{self.call}{said}" + (f" (rid {self.rid})" if self.rid else "")


class WeChatUserError(WeChatError):
    """Something of this person's: only he can do something about it."""


class CodeRefusedError(WeChatUserError):
    """The one-time code is wrong, too old or used: the phone must fetch another."""


class UserBlockedError(WeChatUserError):
    """WeChat takes this account for a high risk and lets it into no mini-program."""


class ForeignPhoneError(WeChatUserError):
    """The phone number was given to another mini-program than ours."""


class NotSubscribedError(WeChatUserError):
    """The person has not asked for this message, or the one that was asked for is sent."""


class WeChatTokenError(WeChatError):
    """The access token is not, or no longer, the right one."""


class WeChatQuotaError(WeChatError):
    """Asked too often, by the minute or by the day: see ``retry_after_s``."""


class WeChatRetryableError(WeChatError):
    """Nothing is wrong with what was asked: the same may work later."""


class WeChatBusyError(WeChatRetryableError):
    """WeChat says that it is busy (-1), or that a message to the same person is under way (43108)."""


class WeChatUnreachableError(WeChatRetryableError):
    """No connection was made, so nothing was sent."""


class WeChatTimeoutError(WeChatRetryableError):
    """The answer was not whole within the time; whether the call took effect is unknown."""


class WeChatAnswerError(WeChatRetryableError):
    """What came is not an answer of WeChat's: cut off, too large, a redirect, HTML, or a field is missing."""


class CircuitOpenError(WeChatRetryableError):
    """WeChat was away several times in a row, so it was not asked: see ``retry_after_s``."""


class WeChatConfigurationError(WeChatError):
    """Whoever runs this must look: a wrong secret, address, template or permission, or an unknown number."""


class MessageFieldError(WeChatConfigurationError):
    """A field of a message does not fit its type, so it was not sent."""

    def __init__(self, field: str) -> None:
        super().__init__(f"message field {field}")
        self.field = field


_KINDS: dict[type[WeChatError], frozenset[int]] = {
    CodeRefusedError: frozenset({40029, 40163}),
    UserBlockedError: frozenset({40226}),
    NotSubscribedError: frozenset({43101}),
    WeChatUserError: frozenset({40003, 61010}),
    WeChatTokenError: frozenset({40001, 40014, 41001, 42001}),
    WeChatQuotaError: frozenset({44991, 45009, 45011}),
    WeChatBusyError: frozenset({-1, 43108}),
}
_BY_NUMBER = {number: kind for kind, numbers in _KINDS.items() for number in numbers}
OF_THE_DAY = 45009
"""The day's quota of a call is used up."""
_DAY_BEGINS = timedelta(minutes=5)
"""WeChat's midnight need not be ours to the second, and what it says then may be about the day before."""


def error_for(call: str, errcode: int, errmsg: str) -> WeChatError:
    """Give the error of WeChat's number; one that is not known needs somebody to look."""
    kind = _BY_NUMBER.get(errcode, WeChatConfigurationError)
    found = _RID.search(errmsg)
    return kind(call, errcode=errcode, rid=found[1] if found else None, retry_after_s=_wait_s(errcode))


def _wait_s(errcode: int) -> int | None:
    """Give how long a limit lasts: daily ones end at midnight in China."""
    kind = _BY_NUMBER.get(errcode)
    if errcode == OF_THE_DAY:
        today, doubtful_until = business_day(), start_of(business_day()) + _DAY_BEGINS
        until = doubtful_until if now() < doubtful_until else end_of(today)
        return int((until - now()).total_seconds()) + 1
    if kind is WeChatQuotaError:
        return _MINUTE_S
    return 1 if kind is WeChatBusyError else None
