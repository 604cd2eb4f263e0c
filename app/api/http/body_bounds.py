"""How long a body may be, by the view that takes it: what is longer is refused before anything is done.

So is what is compressed: nobody knows how long that is.
"""

from typing import IO

from flask import Flask, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from app.adapters import wechat
from app.api.http.problems import IDENTITY, EncodedBodyError
from app.api.http.strict_json import MAX_JSON_BYTES
from app.api.report_form import MAX_FORM_BYTES

MAX_PHOTO_BYTES = 12 * 1024 * 1024
"""A photo of a phone fits."""
_OTHER = {
    "photos.put_photo": MAX_PHOTO_BYTES,
    "codes.send_report": MAX_FORM_BYTES,
    "wechat_push.hear": wechat.LARGEST_CALLBACK,
}


def bound_bodies(app: Flask) -> None:
    """Refuse a body that says it is too long or encoded, and stop reading one that does not say how long."""

    def check() -> None:
        if request.url_rule is None:
            return
        if request.headers.get("Content-Encoding", IDENTITY).strip().lower() not in {IDENTITY, ""}:
            raise EncodedBodyError
        bound = _OTHER.get(request.endpoint or "", MAX_JSON_BYTES)
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
