"""What a printed code opens: a page with a report form for anybody, JSON for the app.

Plain pages without JavaScript, so that any phone and any scanner shows them.
"""

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, redirect, request, url_for
from flask_limiter import RateLimitExceeded
from limits import RateLimitItemPerHour
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app import evidence, hazards, places
from app.actors import VISITOR
from app.api.html import html_page, message_page, refusal, refusal_page, varying, wants_json
from app.api.http.addresses import asking_address
from app.api.http.allow import PUBLIC, allow
from app.api.http.body_bounds import takes
from app.api.http.limits import READ_BY_MANY, Tally, limiter
from app.api.http.parts import parts
from app.api.http.recording import note, reading, transaction
from app.api.http.sentences import sentence
from app.api.page_words import CATEGORIES, KINDS, STATES, STEPS, shown_moment
from app.api.rating_form import RatingForm
from app.api.report_form import MAX_FORM_BYTES, MAX_PHOTO_MB, MAX_PHOTOS, MAX_TEXT, ReportForm, right_key
from app.db import DATABASE_AWAY
from app.errors import NotFoundError, OtherContentError
from app.evidence import PictureError
from app.ids import new_id

blueprint = Blueprint("codes", __name__)
_TOO_MANY_REPORTS = "从您这个网络来的报告太多，请过一会儿再试；急的不要等，请马上打电话给网格员或社区"
"""Many share one address, so whoever reads it may have sent nothing yet, and what he saw may not wait."""
_TOO_LARGE_REPORT = f"照片最多{MAX_PHOTOS}张，每张不超过{MAX_PHOTO_MB}MB。请回到报告页，少选几张或换小一点的"
_SAID_OF_REPORTS: dict[int, str] = {
    HTTPStatus.TOO_MANY_REQUESTS: _TOO_MANY_REPORTS,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _TOO_LARGE_REPORT,
}
_TOO_MANY_RATINGS = "从您这个网络来的评价太多，请过一会儿再试"
_FACES = {3: "满意", 2: "一般", 1: "不满意"}
_MAX_RATING_BYTES = 4000
_LINKLESS = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_PASSING = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What may be over soon: the same report, sent once more, is taken then."""
_READ_AGAIN = RateLimitItemPerHour(240)
"""Of an address: beyond that a form's photos, which are many megabytes, are not even read past."""


@blueprint.route("/q/<code>", methods=["GET"])
@limiter.limit(READ_BY_MANY)
@allow(PUBLIC)
def show_place(code: str) -> Response:
    """Show the place of a code, with a form to report a hazard there."""
    with reading() as session:
        found = places.resolve(session, parts().signer, code)
        community = places.community_name(session, found.area_code)
    if wants_json():
        place = {name: getattr(found.place, name) for name in ("id", "name", "kind", "area_code")}
        return varying(jsonify(place=place, version=found.version, status="in_use"))
    return _form_page(found, community, ReportForm.fresh())


@blueprint.route("/q/<code>/reports", methods=["POST"])
@limiter.limit("60 per hour")
@limiter.limit("10 per hour", deduct_when=lambda _: g.get("is_new_report", False))
@allow(PUBLIC)
@takes(MAX_FORM_BYTES)
def send_report(code: str) -> AnyResponse:
    """Report a hazard at the place of a code, without an account; sent again, it is one report.

    A report that arrived before its sheet was revoked is recognised after it, too; a new one is not taken.
    Nor does a limit stand before one that arrived, whose reply was lost: it is not counted again.
    """
    with reading() as session:
        if places.find(session, parts().signer, code) is None:
            raise NotFoundError
    form = ReportForm.read(request)
    if not form.errors:
        try:
            g.is_new_report = _file(code, form)
        except PictureError as error:
            form = form.with_error("photos", sentence(error.code, error.data))
        except OtherContentError:
            return _already_sent_page(code, form)
        else:
            return _to_receipt(code, form.id, form.key)
    with reading() as session:
        found = places.resolve(session, parts().signer, code)
        community = places.community_name(session, found.area_code)
    return _form_page(found, community, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@blueprint.route("/q/<code>/reports", methods=["GET"])
@allow(PUBLIC)
def back_to_form(code: str) -> AnyResponse:
    """Lead back to the form whoever reopens the address that its refusal was shown at."""
    return redirect(url_for(".show_place", code=code), HTTPStatus.SEE_OTHER)


@blueprint.route("/q/<code>/reports/<uuid:hazard_id>", methods=["GET"])
@limiter.limit(READ_BY_MANY)
@allow(PUBLIC)
def show_report(code: str, hazard_id: UUID) -> Response:
    """Show what came of a report, to whoever has its address; the sheet may have been revoked since."""
    with reading() as session:
        found = places.find(session, parts().signer, code)
        if found is None:
            raise NotFoundError
        key = right_key(request.args.get("key", ""))
        receipt = hazards.receipt(session, found.place_id, hazard_id, key=key)
    return html_page(
        "receipt.html", code=code, place=found.place, receipt=receipt, key=key, step_id=new_id(), faces=_FACES
    )


@blueprint.route("/q/<code>/reports/<uuid:hazard_id>/rating", methods=["POST"])
@limiter.limit("60 per hour")
@allow(PUBLIC)
@takes(_MAX_RATING_BYTES)
def rate_report(code: str, hazard_id: UUID) -> AnyResponse:
    """Say how satisfied one is with what became of a report made without an account."""
    with reading() as session:
        found = places.find(session, parts().signer, code)
        if found is None:
            raise NotFoundError
    sent = RatingForm.read(request)
    if isinstance(sent, str):
        key = right_key(request.form.get("key", ""))
        back = url_for(".show_report", code=code, hazard_id=hazard_id, key=key or None)
        return message_page(HTTPStatus.UNPROCESSABLE_ENTITY, sent, receipt=back)
    rating = hazards.Rating(faces=sent.faces, note=sent.note)
    with transaction() as session:
        made = hazards.rate_by_receipt(session, found.place_id, hazard_id, sent.step_id, sent.key, rating)
        note(object_kind="hazard", object_id=made.id, area_code=made.area_code)
    return _to_receipt(code, hazard_id, sent.key)


@blueprint.route("/q/<code>/reports/<uuid:hazard_id>/rating", methods=["GET"])
@allow(PUBLIC)
def back_to_receipt(code: str, hazard_id: UUID) -> AnyResponse:
    """Lead back to the receipt whoever reopens the address that a refusal was shown at."""
    return _to_receipt(code, hazard_id, "")


@blueprint.app_template_filter("moment")
def _moment(at: datetime) -> str:
    return shown_moment(at)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "categories": CATEGORIES,
        "kinds": KINDS,
        "states": STATES,
        "steps": STEPS,
        "max_text": MAX_TEXT,
    }


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> AnyResponse:
    try:
        again = _receipt_again() if isinstance(error, RateLimitExceeded) and _is_report() else None
        return refusal(error, _refusal_page) if again is None else again
    finally:
        request.close()


def _is_report() -> bool:
    return request.endpoint == f"{blueprint.name}.{send_report.__name__}"


def _receipt_again() -> AnyResponse | None:
    """Lead to the receipt whoever sends, with too many others, what arrived before: that is no new report.

    Its photos are read only once its id is known, and without the database it stays one too many.
    """
    form, code = _unsent(too_many=True), (request.view_args or {})["code"]
    if form is None or form.errors:
        return None
    first = None
    with suppress(*DATABASE_AWAY), reading() as session:
        first = hazards.reported_content(session, form.id)
    if first is None:
        return None
    form = ReportForm.read(request)
    if form.errors or hazards.content_of(VISITOR, form.report(code), receipt_key=form.key) != first:
        return None
    return _to_receipt(code, form.id, form.key)


def _refusal_page(document: Response) -> Response:
    code = (request.view_args or {}).get("code")
    back = url_for(".show_place", code=code) if code and document.status_code not in _LINKLESS else None
    too_many = document.status_code == HTTPStatus.TOO_MANY_REQUESTS
    if _is_report():
        said = _SAID_OF_REPORTS.get(document.status_code) or document.get_json()["title"]
        passing, gone = document.status_code in _PASSING, document.status_code == HTTPStatus.GONE
        form = _unsent(too_many=too_many) if passing or gone else None
        if form is None or gone:
            written = form.text if form is not None else None
            return message_page(document.status_code, said, again=back, written=written)
        return html_page("unsent.html", document.status_code, said=said, code=code, form=form)
    if too_many and request.method == "POST":
        return message_page(document.status_code, _TOO_MANY_RATINGS, again=back)
    return refusal_page(document, again=back)


def refused_forms(address: str) -> Tally:
    """Count the forms of an address that are read to be shown again though there were too many."""
    return Tally(_READ_AGAIN, ("refused forms", address))


def _unsent(*, too_many: bool) -> ReportForm | None:
    """Give what was written in a form that is refused, without its photos, if it arrived; counted once."""
    if "unsent" not in g:
        g.unsent = None
        if not too_many or refused_forms(asking_address()).add():
            with suppress(HTTPException):
                g.unsent = ReportForm.written(request)
    return cast("ReportForm | None", g.unsent)


def _file(code: str, form: ReportForm) -> bool:
    """Report the hazard and keep its photos, all or nothing; say whether it is new."""
    with transaction() as session:
        made, is_new = hazards.report(
            session, VISITOR, parts().signer, form.id, form.report(code), receipt_key=form.key
        )
        note(object_kind="hazard", object_id=made.id, area_code=made.area_code)
        for photo_id, data in form.named_photos().items():
            evidence.keep(session, parts().photos, VISITOR, photo_id, data)
    return is_new


def _to_receipt(code: str, hazard_id: UUID, key: str) -> AnyResponse:
    address = url_for(".show_report", code=code, hazard_id=hazard_id, key=key or None)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _form_page(
    found: places.PlaceCode, community: str, form: ReportForm, status: int = HTTPStatus.OK
) -> Response:
    code = parts().signer.code(found.serial)
    return html_page("place.html", status, code=code, place=found.place, community=community, form=form)


def _already_sent_page(code: str, form: ReportForm) -> Response:
    """Say that the report is there, and offer what was changed since as one of its own."""
    return html_page(
        "unsent.html",
        HTTPStatus.CONFLICT,
        said="这份报告已经收到，后来改的内容没有保存。要补充，请再提交一次。",
        receipt=url_for(".show_report", code=code, hazard_id=form.id, key=form.key or None),
        code=code,
        form=form.as_another(),
    )
