"""What the code on a written notice opens: the hazard, for whoever may read it and is signed in."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, jsonify

from app import hazards
from app.api.html import html_page, message_page, refusal, refusal_page, varying, wants_json
from app.api.http.allow import actor, allow
from app.api.http.recording import reading
from app.api.page_words import STATES, STEPS, shown_due
from app.identity import Permission

blueprint = Blueprint("notice_page", __name__)
_SIGN_IN = "请先登录再扫一次；不是工作人员的，请找通知书上的联系人"


def notice_url(public_url: str, notice_id: UUID) -> str:
    """Give the address in the code; it names the notice, for a hazard's id opens its reporter's receipt."""
    return f"{public_url}/n/{notice_id}"


@blueprint.route("/n/<uuid:notice_id>", methods=["GET"])
@allow(Permission.HAZARD_READ)
def show_hazard(notice_id: UUID) -> Response:
    """Show the hazard of a notice as it stands now; a program is told which one it is."""
    with reading() as session:
        seen = hazards.hazard_of_notice(session, actor(), notice_id)
    row = seen.hazard
    if wants_json():
        told = {"id": row.id, "place_name": row.place.name, "area_code": row.area_code, "status": row.status}
        return varying(jsonify(hazard=told))
    return html_page(
        "hazard.html",
        seen=seen,
        state=STATES[row.status][0],
        steps=STEPS,
        category=hazards.CATEGORY_NAMES[row.category],
        level=hazards.LEVEL_NAMES[row.level],
    )


@blueprint.app_template_filter("due")
def _due(at: datetime) -> str:
    return shown_due(at)


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> Response:
    return refusal(error, _refusal_page)


def _refusal_page(document: Response) -> Response:
    if document.status_code == HTTPStatus.UNAUTHORIZED:
        return message_page(document.status_code, _SIGN_IN)
    return refusal_page(document)
