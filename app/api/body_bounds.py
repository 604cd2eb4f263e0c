"""How long a body may be, by the view that takes it: what is longer is refused before anything is done."""

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.api.report_form import MAX_FORM_BYTES
from app.api.strict_json import MAX_JSON_BYTES

MAX_PHOTO_BYTES = 12 * 1024 * 1024
"""A photo of a phone fits."""
_LONGER = {"photos.put_photo": MAX_PHOTO_BYTES, "codes.send_report": MAX_FORM_BYTES}


def bound_bodies(app: Flask) -> None:
    """Refuse a body that says it is too long, and stop reading one that does not say."""

    def check() -> None:
        if request.url_rule is None:
            return
        bound = _LONGER.get(request.endpoint or "", MAX_JSON_BYTES)
        request.max_content_length = bound
        if (request.content_length or 0) > bound:
            raise RequestEntityTooLarge

    app.before_request(check)
