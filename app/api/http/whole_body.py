"""A body that breaks off on the way is refused, even where its beginning would do as a body."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class WholeBody:
    """Lets nothing read less of a body than its Content-Length promises.

    gunicorn says that its stream ends where the body ends, so Werkzeug counts nothing; but the stream ends
    as quietly where the line breaks. A phone's photo may be a whole picture long before its last byte: the
    part would be kept under the photo's id, and the whole would be refused as other content ever after.
    """

    def __init__(self, app: WSGIApplication) -> None:
        """Stand before the application."""
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let Werkzeug count, which answers 400 to a body that is too short."""
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        return self._app(environ, start_response)
