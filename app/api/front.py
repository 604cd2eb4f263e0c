"""The bare address, where a developer's browser begins; production does not have it."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from app.api.http.allow import PUBLIC, allow

blueprint = Blueprint("front", __name__)


@blueprint.route("/", methods=["GET"])
@allow(PUBLIC)
def lead_to_docs() -> Response:
    """Lead to the API's documentation, which is what there is to see."""
    return redirect("/docs/")
