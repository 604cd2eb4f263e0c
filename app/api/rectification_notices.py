"""Written notices to whoever must put a hazard right (整改通知书)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response
from marshmallow import fields

from app import hazards, people
from app.adapters import PhotoMissingError, photo_key
from app.api.hazard_steps import printed
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, StepInput, sent_moment
from app.api.http.parts import parts
from app.api.http.recording import sensitive, transaction
from app.api.notice_page import notice_url
from app.clock import SHANGHAI, business_day, ends_a_day
from app.evidence import NamedPhoto
from app.identity import Permission
from app.typesetting import PHOTOS_MOST, Rectification, rectification_pdf

blueprint = Blueprint("rectification_notices", __name__, description="整改通知书")


class NewNoticeInput(StepInput):
    """To whom it goes, by unit or post, and which office to ask; with no addressee to whoever has it.

    Advice and basis are the usual ones if left out.
    """

    addressee = printed(60, least=2, load_default="")
    contact = printed(60, least=2, required=True)
    advice = printed(300, lines=True, load_default="")
    basis = printed(100, load_default="")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"notice_id": data.pop("step_id"), "new": hazards.NewNotice(**data)}


class RectificationNoticeOutput(Output):
    """A notice, under the number that offices write."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    due_at = sent_moment(required=True)
    addressee = fields.String(required=True)
    contact = fields.String(required=True)
    advice = fields.String(required=True)
    basis = fields.String(required=True)
    issuer = fields.String(required=True)
    made_at = sent_moment(required=True)

    @ma.pre_dump
    def flatten(self, shown: hazards.ShownNotice, **_: Any) -> dict[str, Any]:
        """Put the row beside what stands in others."""
        besides = {"number": shown.number, "issuer": shown.issuer}
        return {name: besides.get(name) or getattr(shown.notice, name) for name in self.fields}


@blueprint.route("/hazards/<uuid:hazard_id>/notice", methods=["POST"])
@allow(Permission.HAZARD_ASSIGN)
@blueprint.answer(RectificationNoticeOutput)
@blueprint.body(NewNoticeInput)
def give_notice(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Write the notice of a hazard's present deadline, under the next number of the community's year."""
    with transaction() as session:
        return hazards.give_notice(session, actor(), hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/notice.pdf", methods=["GET"])
@allow(Permission.HAZARD_NOTICE)
@sensitive
@blueprint.file("application/pdf")
def print_notice(hazard_id: UUID) -> Response:
    """Print a hazard's newest notice: A4, to be signed and handed over."""
    with transaction() as session:
        printed = hazards.printed_notice(session, actor(), hazard_id)
        paper = _paper(printed)
    pdf = rectification_pdf(paper, font_file=parts().settings.font_file)
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="notice-{printed.notice.id}.pdf"'
    return response


def _paper(printed: hazards.PrintedNotice) -> Rectification:
    notice, hazard = printed.notice, printed.hazard
    place = hazard.place.name + (f"（{hazard.place.address}）" if hazard.place.address else "")
    found, due = _day(hazard.happened_at), _until(notice.due_at)
    return Rectification(
        number=printed.number,
        to=notice.addressee,
        opening=f"{found}，{hazard.place.name}发现有下列安全隐患。请在{due}前整改到位，并告知我社区复查。",
        rows=[
            ("地点", place),
            ("发现时间", f"{found}{hazard.happened_at.astimezone(SHANGHAI):%H:%M}"),
            ("类别和等级", f"{hazards.CATEGORY_NAMES[hazard.category]}，{hazards.LEVEL_NAMES[hazard.level]}"),
            ("存在的隐患", people.numbers_in_texts.without_numbers(hazard.text)),
            ("依据", notice.basis),
            ("整改建议", notice.advice),
            ("整改期限", f"{due}前"),
            ("联系人", notice.contact),
        ],
        office=printed.community,
        issuer=printed.issuer,
        day=_day(notice.made_at),
        photos=_pictures(printed.photos),
        url=notice_url(parts().settings.public_url, notice.id),
    )


def _pictures(named: list[NamedPhoto]) -> list[bytes]:
    """Read the first photos that arrived; one that the store lost is left out."""
    pictures = []
    for photo in [one for one in named if one.arrived][:PHOTOS_MOST]:
        try:
            pictures.append(parts().photos.get(photo_key(photo.photo_id, "large")))
        except PhotoMissingError:
            continue
    return pictures


def _day(at: datetime) -> str:
    day = business_day(at)
    return f"{day.year}年{day.month}月{day.day}日"


def _until(due_at: datetime) -> str:
    """Give a deadline to the minute; the end of a day is its own hour 24."""
    if ends_a_day(due_at):
        return f"{_day(due_at - timedelta(minutes=1))}24:00"
    return f"{_day(due_at)}{due_at.astimezone(SHANGHAI):%H:%M}"
