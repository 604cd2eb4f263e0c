"""How long a body may be, by the view that takes it: what is longer is refused before anything is done.

Each view says it itself; of one that does not, little is taken. What is compressed is refused, too: nobody
knows how long that is.
"""

from collections.abc import Callable
from typing import IO, Any, TypeVar

from flask import Flask, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from app.api.http.problems import IDENTITY, EncodedBodyError

View = TypeVar("View", bound=Callable[..., Any])
MOST_BYTES = 64 * 1024
"""Of a view that does not say how much it takes."""
LISTS_BYTES = 128 * 1024
"""JSON with a list of people or goods."""
FORMS_BYTES = 1024 * 1024
"""JSON of a checklist or a questionnaire with all its answers."""
SIGNATURE_BYTES = 512 * 1024
"""A name drawn with a finger."""
MAX_PHOTO_BYTES = 12 * 1024 * 1024
"""A photo of a phone fits."""


def takes(most_bytes: int) -> Callable[[View], View]:
    """Let the view's body be this long."""

    def decorate(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return decorate


def most_bytes_of(app: Flask, endpoint: str) -> int:
    """Give the length that the body of this view may have."""
    return getattr(app.view_functions.get(endpoint), "most_bytes", MOST_BYTES)


def bound_bodies(app: Flask) -> None:
    """Refuse a body that says it is too long or encoded, and stop reading one that does not say how long."""

    def check() -> None:
        if request.url_rule is None:
            return
        if request.headers.get("Content-Encoding", IDENTITY).strip().lower() not in {IDENTITY, ""}:
            raise EncodedBodyError
        bound = most_bytes_of(app, request.endpoint or "")
        request.max_content_length = bound
        if request.content_length is None and "wsgi.input_terminated" in request.environ:
            request.environ["wsgi.input"] = _Bounded(request.environ["wsgi.input"], bound)
            request.max_content_length = bound + 1  # at it Werkzeug would cut the body, and go on
        if (request.content_length or 0) > bound:
            raise RequestEntityTooLarge

    app.before_request(check)


class _Bounded:
    """A body that came in chunks, without a word on its length."""

    def __init__(self, stream: IO[bytes], bound: int) -> None:
        self._stream = stream
        self._left = bound

    def read(self, size: int) -> bytes:
        """Read on. Raises RequestEntityTooLarge for a byte too many, BadRequest for what is no chunk."""
        try:
            piece = self._stream.read(size)
        except ParseException:
            raise BadRequest from None
        self._left -= len(piece)
        if self._left < 0:
            raise RequestEntityTooLarge
        return piece
