"""Asking WeChat in the course of a request: what it says instead of a result, as refusals people can read."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

import structlog

from app.adapters import wechat
from app.api.http.bulkhead import BulkheadFullError
from app.api.http.parts import parts
from app.errors import DomainError, Kind

log = structlog.get_logger()
_A_MINUTE_S = 60
_FULL_S = 5
"""When one of those who wait for WeChat will have given up, or soon: calls last ten seconds at most."""


class WeChatOffError(DomainError):
    """The installation does without WeChat, or without this part of it."""

    code = "wechat_off"
    kind = Kind.NOT_SET_UP


class WeChatAwayError(DomainError):
    """WeChat does not answer, or not with an answer, or refuses its own tokens; the rest goes on.

    Data: ``retry_after_s``, if that is known.
    """

    code = "wechat_away"
    kind = Kind.UNAVAILABLE


class WeChatBusyError(DomainError):
    """WeChat's limit of calls is reached (data: ``retry_after_s``)."""

    code = "wechat_busy"
    kind = Kind.TOO_MANY


class WeChatCodeError(DomainError):
    """The sign-in code is wrong, too old or used: the phone must fetch another."""

    code = "wechat_code"
    kind = Kind.UNKNOWN_PERSON


class WeChatBlockedError(DomainError):
    """WeChat lets this account in nowhere."""

    code = "wechat_blocked"
    kind = Kind.FORBIDDEN


class WeChatPhoneCodeError(DomainError):
    """The code of the phone button, or of a check, is wrong, too old, used, or another person's."""

    code = "wechat_phone_code"
    kind = Kind.INVALID


class WeChatPhoneForeignError(DomainError):
    """The phone number was given to another mini-program than ours (its watermark)."""

    code = "wechat_phone_foreign"
    kind = Kind.INVALID


def wechat_client() -> wechat.WeChat:
    """Give the client. Raises WeChatOffError."""
    client = parts().wechat
    if client is None:
        raise WeChatOffError
    return client


def service_account() -> wechat.ServiceAccount:
    """Give the service account behind the web app. Raises WeChatOffError."""
    account = wechat_client().web
    if account is None:
        raise WeChatOffError
    return account


@contextmanager
def place_at_wechat() -> Iterator[None]:
    """Be one of the few requests that may wait for WeChat at a time, so that others find threads.

    Raises WeChatAwayError where WeChat is so slow that all places stay taken.
    """
    with ExitStack() as held:
        try:
            held.enter_context(parts().wechat_places.place())
        except BulkheadFullError:
            log.warning("wechat_full")
            raise WeChatAwayError(retry_after_s=_FULL_S) from None
        yield


@contextmanager
def asking_wechat(
    refused: type[DomainError] = WeChatCodeError, *, field: str = "code", waiting: bool = True
) -> Iterator[None]:
    """Turn WeChat's refusals into ours; ``refused`` says what is wrong with the caller's code, in ``field``.

    It takes a place at WeChat; ``waiting`` is False where the caller has one, or nothing goes to WeChat's
    servers.
    No transaction may be open: WeChat may take seconds. A wrong secret, address or permission of ours is a
    fault and stays one (500, logged by its number). Tokens that WeChat gives and then refuses
    are no fault of ours.
    """
    try:
        with place_at_wechat() if waiting else nullcontext():
            yield
    except wechat.UserBlockedError as error:
        log.warning("wechat_blocked", rid=error.rid)
        raise WeChatBlockedError from error
    except wechat.ForeignPhoneError as error:
        raise WeChatPhoneForeignError(field=field) from error
    except wechat.WeChatUserError as error:
        raise refused(field=field) from error
    except wechat.WeChatQuotaError as error:
        log.warning("wechat_quota", call=error.call, errcode=error.errcode)
        raise WeChatBusyError(retry_after_s=error.retry_after_s or _A_MINUTE_S) from error
    except wechat.WeChatRetryableError as error:
        if not error.logged:
            log.warning("wechat_away", call=error.call, error=type(error).__name__)
        # Only an open circuit knows when it is worth another try; a busy WeChat would be asked each second.
        known = {"retry_after_s": error.retry_after_s} if isinstance(error, wechat.CircuitOpenError) else {}
        raise WeChatAwayError(**known) from error
    except wechat.WeChatTokenError as error:
        told = {"call": error.call, "errcode": error.errcode, "rid": error.rid}
        log.error("wechat_token", **told)  # noqa: TRY400  # the number says all
        raise WeChatAwayError from error
