"""Plain pages without JavaScript, so that any phone and any browser shows them."""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, render_template, request

from app.api.http import problems
from app.api.http.allow import PUBLIC, allow
from app.errors import NotFoundError

blueprint = Blueprint("html", __name__)
_STYLE = (Path(__file__).parent / "static" / "pages.css").read_bytes()
_STYLE_VERSION = sha256(_STYLE).hexdigest()[:12]
_JSON, _HTML = "application/json", "text/html"
_API = "/v1/"
_YEAR_S = 365 * 24 * 3600


def wants_json() -> bool:
    """Say whether a program asks: only one that prefers JSON gets it."""
    return request.accept_mimetypes.best_match([_HTML, _JSON], default=_HTML) == _JSON


def asks_for_page() -> bool:
    """Say whether the request asks for a page outright, as browsers do, rather than for anything."""
    accepted = request.accept_mimetypes
    return accepted[_HTML] > accepted[_JSON]


def varying(response: Response) -> Response:
    """Say that the same address has an answer for people and one for programs."""
    response.headers["Vary"] = "Accept"
    return response


def html_page(template: str, status: int = HTTPStatus.OK, **words: object) -> Response:
    """Answer with a page."""
    return varying(Response(render_template(template, **words), status=status, mimetype=_HTML))


def message_page(status: int, message: str, **links: str | None) -> Response:
    """Answer with a page of one sentence, and where to go from there."""
    return html_page("message.html", status, message=message, **links)


def refusal_page(document: Response, **links: str | None) -> Response:
    """Say on a page what a problem document says, and where to go from there."""
    return message_page(document.status_code, document.get_json()["title"], **links)


def refusal(error: Exception, page: Callable[[Response], Response] = refusal_page) -> Response:
    """Say to a person on a page what is wrong, to a program in a problem document."""
    document = problems.answer(error)
    if wants_json() or document.status_code < HTTPStatus.BAD_REQUEST:
        return varying(document)
    shown = page(document)
    for name in ("Retry-After", "Allow", "Accept-Encoding"):
        if name in document.headers:
            shown.headers[name] = document.headers[name]
    return shown


@blueprint.route("/static/<version>/pages.css", methods=["GET"])
@allow(PUBLIC)
def style(version: str) -> Response:
    """Give the pages' style; its address changes with its content, so it may be kept for a year."""
    if version != _STYLE_VERSION:
        raise NotFoundError
    response = Response(_STYLE, mimetype="text/css")
    response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return response


@blueprint.app_errorhandler(HTTPStatus.NOT_FOUND)
@blueprint.app_errorhandler(HTTPStatus.METHOD_NOT_ALLOWED)
def _no_such_page(error: Exception) -> Response:
    """Say so on a page to a browser that asks beside the API for what no route answers.

    No blueprint has such a request, so none of theirs could: what is printed gets mistyped, and cut off.
    """
    if request.path.startswith(_API):
        return problems.answer(error)
    if not asks_for_page():
        return varying(problems.answer(error))
    return refusal(error)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"style_version": _STYLE_VERSION}
