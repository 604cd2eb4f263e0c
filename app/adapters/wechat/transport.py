"""One way to ask WeChat: limited in time and size, to one address, without showing what was asked."""

import json
import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
import structlog
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, ReadTimeoutError

from app.adapters.wechat.breaker import Breaker
from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.errors import (
    CircuitOpenError,
    WeChatAnswerError,
    WeChatBusyError,
    WeChatError,
    WeChatRetryableError,
    WeChatTimeoutError,
    WeChatUnreachableError,
)
from app.adapters.wechat.reply import Reply
from app.adapters.wechat.wire import READ_S, ending_at, open_session

TOTAL_S = 10.0
"""For a call with its retries and the token it needs."""
ATTEMPT_S = READ_S
RETRIES = 2
LARGEST_BODY = 2 * 1024 * 1024
_PIECE = 64 * 1024
_FIRST_PAUSE_S = 0.2
_chance = secrets.SystemRandom()
log = structlog.get_logger()


class Transport:
    """Asks one server of WeChat's, from any thread."""

    def __init__(self, base_url: str, *, breaker: Breaker | None = None) -> None:
        self._base_url = base_url
        self._breaker = breaker or Breaker()
        self._session = open_session()

    def ask(
        self,
        path: str,
        query: Mapping[str, str],
        *,
        body: Mapping[str, Any] | None = None,
        repeatable: bool,
        deadline: Deadline,
    ) -> Reply:
        """Ask once, or, for what may be asked twice without harm, up to three times.

        Only "busy" and a connection that was never made are tried again. Without a body it is a GET.
        Raises the WeChatError that fits.
        """
        tries = 1 + RETRIES if repeatable else 1
        for attempt in range(1, tries + 1):
            try:
                return self._ask_once(path, query, body, deadline)
            except (WeChatBusyError, WeChatUnreachableError) as error:
                pause_s = _FIRST_PAUSE_S * attempt * _chance.uniform(0.5, 1.5)
                if attempt == tries or pause_s >= deadline.left_s():
                    raise
                log.info("wechat_again", call=path, errcode=error.errcode, attempt=attempt)
                time.sleep(pause_s)
        raise AssertionError("the last attempt returns or raises")

    def _ask_once(
        self, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None, deadline: Deadline
    ) -> Reply:
        rest_s = self._breaker.rest_left_s()
        if rest_s:
            raise CircuitOpenError(path, retry_after_s=int(rest_s) + 1)
        answer = self._send(path, query, body, deadline.within(ATTEMPT_S))
        if isinstance(answer, bytes):
            return self._read(path, answer)
        self._breaker.failed()
        log.warning("wechat_away", call=path, error=type(answer).__name__)
        answer.logged = True
        raise answer

    def _read(self, path: str, answer: bytes) -> Reply:
        try:
            reply = Reply.read(path, answer)
        except WeChatAnswerError as error:
            self._breaker.failed()
            log.warning("wechat_away", call=path, error="no JSON")
            error.logged = True
            raise
        except WeChatError as error:
            self._breaker.succeeded()
            log.info("wechat_refused", call=path, errcode=error.errcode, rid=error.rid)
            raise
        self._breaker.succeeded()
        return reply

    def _send(
        self, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None, deadline: Deadline
    ) -> bytes | WeChatRetryableError:
        """Return the answer's body, or what went wrong.

        It is returned and not raised from here, so that the library's own errors, which quote the address
        with everything secret in it, are not even chained to ours.
        """
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        with ending_at(deadline) as timeout:
            try:
                answer = self._session.request(
                    "GET" if data is None else "POST",
                    self._base_url + path,
                    params=query,
                    data=data,
                    headers={} if data is None else {"Content-Type": "application/json"},
                    timeout=timeout,
                    allow_redirects=False,
                    stream=True,
                )
                with answer:
                    return _body(path, answer)
            except (requests.ConnectTimeout, requests.exceptions.SSLError):
                return WeChatUnreachableError(path)
            except (requests.Timeout, ReadTimeoutError, TimeoutError):
                return WeChatTimeoutError(path)
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                # The standard library says ValueError of a length that is none.
                return WeChatUnreachableError(path) if _was_never_made(error) else WeChatAnswerError(path)


def _body(path: str, answer: requests.Response) -> bytes | WeChatRetryableError:
    """Read in pieces, and no more than the cap, whatever the answer says of its length."""
    if answer.status_code != HTTPStatus.OK:
        return WeChatAnswerError(path)
    pieces, length = [], 0
    while piece := answer.raw.read(_PIECE, decode_content=True):
        length += len(piece)
        if length > LARGEST_BODY:
            return WeChatAnswerError(path)
        pieces.append(piece)
    return b"".join(pieces)


def _was_never_made(error: Exception) -> bool:
    """Say whether there was no connection, so that nothing can have been sent."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
