"""The mark that browsers show beside a page's title: two houses under one roof line."""

from pathlib import Path

from flask import Blueprint, Response

from app.api.http.allow import PUBLIC, allow

blueprint = Blueprint("icon", __name__)
_ICON = (Path(__file__).parent / "static" / "favicon.svg").read_bytes()
_DAY_S = 24 * 3600


@blueprint.route("/favicon.ico", methods=["GET"])
@allow(PUBLIC)
def show_icon() -> Response:
    """Give the mark where every browser looks for it, whatever page it shows."""
    response = Response(_ICON, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={_DAY_S}"
    return response
