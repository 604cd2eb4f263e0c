"""The privacy notice as a page for anybody, in the words that the app shows."""

from flask import Blueprint, Response

from app import people
from app.api.html import html_page, refusal
from app.api.http.allow import PUBLIC, allow
from app.api.http.parts import parts

blueprint = Blueprint("privacy_page", __name__)


@blueprint.route("/privacy", methods=["GET"])
@allow(PUBLIC)
def show_notice() -> Response:
    """Tell whoever reports without an account what happens to personal data, before he writes a word."""
    return html_page("privacy.html", paragraphs=people.privacy_notice(parts().settings.months_kept))


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> Response:
    return refusal(error)
