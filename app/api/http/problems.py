"""Refusals as RFC 9457 problem documents with a Chinese sentence for people and a code for programs."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import count, islice
from typing import Any

import marshmallow as ma
import structlog
from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException

from app.api.http.limits import retry_after_s
from app.api.http.sentences import sentence
from app.db import DATABASE_AWAY
from app.errors import DomainError, Kind
from app.sealing import UnreadableError

log = structlog.get_logger()

STATUS = {
    Kind.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.UNKNOWN_PERSON: HTTPStatus.UNAUTHORIZED,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.GONE: HTTPStatus.GONE,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Kind.UNSUPPORTED: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Kind.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Kind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Kind.NOT_SET_UP: HTTPStatus.SERVICE_UNAVAILABLE,
}
_HTTP_CODES = {
    400: "bad_request",
    401: "sign_in_needed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
}
_READS = {"GET", "HEAD"}
_MOST_ERRORS = 500
"""More than the columns of all tables have names; a body of thousands of odd fields is not echoed."""
IDENTITY = "identity"
"""The only encoding that bodies of requests may have: none."""


class SignInNeededError(DomainError):
    """There is no session, or it is over."""

    code = "sign_in_needed"
    kind = Kind.UNKNOWN_PERSON


class CrossSiteError(DomainError):
    """A browser that is signed in by its cookie was made to send this by a page that is not ours."""

    code = "cross_site"
    kind = Kind.FORBIDDEN


class EncodedBodyError(DomainError):
    """The body is compressed or otherwise encoded; bodies are taken as they are."""

    code = "body_encoded"
    kind = Kind.UNSUPPORTED


def problem(code: str, status: int, *, errors: Any = None, **data: Any) -> Response:
    """Give a problem document."""
    body = {
        "type": "about:blank",
        "title": sentence(code, data, reading=request.method in _READS),
        "status": status,
        "code": code,
        "request_id": g.get("request_id", ""),
    }
    if "there_id" in data:
        body["there_id"] = str(data["there_id"])
    if errors:
        body["errors"] = _first_of(errors, islice(count(), _MOST_ERRORS))
    response = Response(json.dumps(body), status=status, mimetype="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response


def register(app: Flask) -> None:
    """Answer every refusal and every fault of the application with a problem document."""
    for kind, handler in _ANSWERS.items():
        app.register_error_handler(kind, handler)


def answer(error: Exception) -> Response:
    """Give the problem document of whatever went wrong, for an edge that shows it in its own way."""
    return next(handler for kind, handler in _ANSWERS.items() if isinstance(error, kind))(error)


def _domain(error: DomainError) -> Response:
    title = sentence(error.code, error.data)
    errors = _nested(error.data["field"], [title]) if "field" in error.data else None
    response = problem(error.code, STATUS[error.kind], errors=errors, **error.data)
    if error.kind is Kind.NOT_SET_UP:
        del response.headers["Retry-After"]
    if "retry_after_s" in error.data:
        response.headers["Retry-After"] = str(error.data["retry_after_s"])
    if isinstance(error, EncodedBodyError):
        response.headers["Accept-Encoding"] = IDENTITY  # RFC 9110, 12.5.3
    return response


def _nested(field: str, messages: list[str]) -> dict[str, Any]:
    """Put messages where the field stands in the input: a point in its name leads one level down."""
    outer, _, inner = field.partition(".")
    return {outer: _nested(inner, messages) if inner else messages}


def _first_of(errors: Any, places: Iterator[int]) -> Any:
    """Give the errors with the first messages only, as many as there are places."""
    if not isinstance(errors, dict):
        return errors
    kept = {}
    for name, inner in errors.items():
        if isinstance(inner, dict):
            if some := _first_of(inner, places):
                kept[name] = some
        elif next(places, None) is not None:
            kept[name] = inner
        else:
            break
    return kept


def unfit(error: ma.ValidationError) -> Response:
    """Answer what names each field that does not fit."""
    return problem("invalid", HTTPStatus.UNPROCESSABLE_ENTITY, errors=error.normalized_messages())  # type: ignore[no-untyped-call]


def _http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return Response(error.get_response().get_data(), status=status, headers=dict(error.get_headers()))
    data = getattr(error, "data", {}) or {}
    messages = data.get("messages", {})
    code = _HTTP_CODES.get(
        status, "internal" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "bad_request"
    )
    response = problem(code, status, errors=_flat(messages))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(retry_after_s())
    return response


def _flat(messages: Any) -> Any:
    """Drop webargs' grouping by location: field names are told apart without it."""
    if not isinstance(messages, dict):
        return None
    merged: dict[str, Any] = {}
    for location, fields in messages.items():
        if location in {"json", "query", "files", "headers"} and isinstance(fields, dict):
            merged |= fields
        else:
            merged[location] = fields
    return merged


def _database_away(error: Exception) -> Response:
    log.error("database_away", route=_route(), error=type(error).__name__)
    return problem("database_away", HTTPStatus.SERVICE_UNAVAILABLE)


def _unreadable(error: UnreadableError) -> Response:
    """Say that what was asked for needs a sealed value that does not open; the log has the place of it."""
    log.error("unreadable", route=_route(), method=request.method, exc_info=error)
    return problem("unreadable", HTTPStatus.INTERNAL_SERVER_ERROR)


def _fault(error: Exception) -> Response:
    log.error("fault", route=_route(), method=request.method, exc_info=error)
    return problem("internal", HTTPStatus.INTERNAL_SERVER_ERROR)


def _route() -> str | None:
    """Give the rule, not the address: an address may hold a code or a seal."""
    return request.url_rule.rule if request.url_rule else None


_ANSWERS: dict[type[Exception], Callable[[Any], Response]] = {
    DomainError: _domain,
    ma.ValidationError: unfit,
    HTTPException: _http,
    **dict.fromkeys(DATABASE_AWAY, _database_away),
    UnreadableError: _unreadable,
    Exception: _fault,
}
"""The first that fits."""
