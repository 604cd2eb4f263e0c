"""The bare address: where a developer's browser begins, and where everybody lands who signed in by WeChat."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from app.api.html import html_page, refusal
from app.api.http.allow import PUBLIC, allow
from app.api.http.parts import parts

blueprint = Blueprint("front", __name__)


@blueprint.route("/", methods=["GET"])
@allow(PUBLIC)
def show_front() -> Response:
    """Say in production where one is and where to go; elsewhere lead to the API's documentation.

    Who signed in is not told so: his cookie is not sent on the way back from WeChat, which is another site.
    """
    if parts().settings.is_production:
        return html_page("front.html")
    return redirect("/docs/")


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> Response:
    return refusal(error)
