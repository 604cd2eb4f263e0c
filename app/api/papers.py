"""Papers for who has no phone, and for the file: a household's card, its passbook, a visit's record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from app import own_data, people, places, points, visits
from app.adapters import PhotoMissingError, photo_key
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, uid
from app.api.http.parts import parts
from app.api.http.recording import note, note_leave, sensitive, transaction
from app.api.reveals import purpose
from app.clock import SHANGHAI, now
from app.evidence import NamedPhoto
from app.identity import Permission
from app.sealing import Opener
from app.typesetting import Column, Paper, paper_pdf
from app.visits import VisitMode

blueprint = Blueprint("papers", __name__, description="打印")
_KIND = "application/pdf"
MOST_ENTRIES = 200
"""Of a passbook: the newest, some pages of them."""
_CARD_FOOT = "这张卡只说明是哪一户，不能用来登录或取钱取物。丢了请告诉社区。"
_BOOK_FOOT = "以系统里的账为准，有疑问请到社区服务中心核对。"
_VISIT_FOOT = "内有个人信息，只供打印用途使用，请妥善保管，用完交回社区。"


class PassbookInput(Input):
    """Whose passbook; by default one's own."""

    household_id = uid(load_default=None)


class VisitPaperInput(Input):
    """What the paper is for."""

    purpose = purpose()


@blueprint.route("/households/<uuid:household_id>/card.pdf", methods=["GET"])
@allow(Permission.ROSTER_READ)
@sensitive
@blueprint.file(_KIND)
@blueprint.query(Input)
def print_card(household_id: UUID) -> Response:
    """Print a household's card: who lives there, without any number, and a code that names it to staff."""
    with transaction() as session:
        household = people.household_in_scope(session, actor(), household_id, residents=True)
        people.check_home_open(household)
        note(household_id=str(household.id))
        members = [(one.name, own_data.word_for(one.relation)) for one in household.residents]
        paper = Paper(
            title="住户卡",
            office=places.community_name(session, household.area_code),
            facts=[("楼栋", household.place.name), ("门牌", household.door), ("制卡日期", _day(now()))],
            columns=[Column("姓名", 2), Column("与户主的关系", 2)],
            rows=members,
            foot=_CARD_FOOT,
            url=f"{parts().settings.public_url}/v1/households/{household.id}",
        )
    return _printed(paper, f"card-{household_id}")


@blueprint.route("/points/passbook.pdf", methods=["GET"])
@allow(Permission.POINTS_READ)
@sensitive
@blueprint.file(_KIND)
@blueprint.query(PassbookInput)
def print_passbook(household_id: UUID | None) -> Response:
    """Print a household's passbook: what it has, and its newest entries; staff print it for others."""
    with transaction() as session:
        held = points.statement(session, actor(), household_id)
        entries = points.entries(session, actor(), household_id, after=None, limit=MOST_ENTRIES)
        note(household_id=str(held.household_id))
        home = people.household_in_scope(session, actor(), held.household_id)
        expiry = held.next_expiry
        paper = Paper(
            title="积分存折",
            office=places.community_name(session, home.area_code),
            facts=[
                ("住户", f"{home.place.name} {home.door}"),
                ("现有积分", str(held.balance)),
                ("可用积分", str(held.available)),
                ("最近到期", f"{expiry.use_by:%Y-%m-%d}到期{expiry.points}分" if expiry else ""),
                ("打印日期", _day(now())),
            ],
            columns=[Column("日期", 2), Column("事由", 5), Column("增减", 1.2), Column("余额", 1.2)],
            rows=[_entry(one) for one in entries],
            foot=_BOOK_FOOT,
        )
    return _printed(paper, f"passbook-{held.household_id}")


@blueprint.route("/visits/<uuid:visit_id>/print", methods=["POST"])
@allow(Permission.CARE_READ)
@blueprint.file(_KIND)
@blueprint.body(VisitPaperInput)
def print_visit(sent: dict[str, Any], visit_id: UUID) -> Response:
    """Print a visit with everything in it, for a purpose that stands on the paper and in the trail."""
    with transaction() as session:
        whole = visits.whole_visit(session, actor(), visit_id)
        visit, resident = whole.visit, whole.visit.care_record.resident
        note(purpose=sent["purpose"], resident_id=str(resident.id))
        note_leave(whole.leave)
        showing = parts().showing
        answers = visits.answers_of(showing, visit)
        around = visits.on_paper.around(session, whole)
        paper = Paper(
            title=f"探访记录·{visit.form.title}",
            office=places.community_name(session, visit.area_code),
            facts=[
                ("探访对象", f"{resident.name}（{own_data.word_for(visit.care_record.category)}）"),
                ("住处", f"{around.place_name} {around.door}"),
                ("探访人", around.names[visit.worker_id]),
                ("探访时间", _moment(visit.happened_at)),
                ("探访方式", own_data.word_for(visit.mode)),
                ("是否到场", own_data.word_for(visit.presence) if visit.mode is VisitMode.IN_PERSON else ""),
                ("看到的情况", own_data.word_for(visit.outcome)),
                ("本人确认", own_data.word_for(visit.confirmation)),
                ("备注", visits.note_of(showing, visit)),
                *(
                    ("要办的事", _need(showing, one.row, around.names[one.row.owner_id]))
                    for one in whole.follow_ups
                ),
                ("打印用途", sent["purpose"]),
                ("打印", f"{actor().name} {_moment(now())}"),
            ],
            columns=[Column("问题", 3), Column("回答", 4)],
            rows=[_answered(visit.form.fields, key, told) for key, told in answers.items()],
            foot=_VISIT_FOOT,
            signing="本人或家人签名" if visit.mode is VisitMode.IN_PERSON else "",
            signature=_signature(whole.signature),
        )
    return _printed(paper, f"visit-{visit_id}")


def _printed(paper: Paper, name: str) -> Response:
    response = Response(paper_pdf(paper, font_file=parts().settings.font_file), mimetype=_KIND)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _entry(one: points.Entry) -> tuple[str, str, str, str]:
    why = one.rule_title or own_data.word_for(one.kind)
    who = f"（{one.resident_name}）" if one.resident_name else ""
    return _day(one.at), f"{why}{who}", f"{one.change:+d}", str(one.balance)


def _signature(named: NamedPhoto | None) -> bytes | None:
    """Give the picture of a signature; None where none was drawn, or it has not come, or is gone."""
    if named is None or not named.arrived:
        return None
    try:
        return parts().photos.get(photo_key(named.photo_id, "large"))
    except PhotoMissingError:
        return None


def _need(showing: Opener, row: visits.FollowUp, owner: str) -> str:
    """Give what is needed, who sees to it, until when, and what came of it; nothing after its time."""
    need, result = visits.need_of(showing, row), visits.result_of(showing, row)
    if not need:
        return ""
    told = f"{row.due_on:%Y-%m-%d}前办好"
    if row.done_at is not None:
        told = f"已办：{result}" if result else "已办"
    return f"{need}\n{owner}负责，{told}"


def _answered(questions: list[dict[str, Any]], key: str, told: Any) -> tuple[str, str]:
    """Give a question and its answer in the words of the form."""
    asked: Mapping[str, Any] = next((one for one in questions if one["key"] == key), {})
    options = {one["value"]: one["label"] for one in asked.get("options", ())}
    if isinstance(told, bool):
        said = "是" if told else "否"
    elif isinstance(told, list):
        said = "、".join(options.get(one, str(one)) for one in told) or "没有"
    else:
        said = str(options.get(told, told))
    return asked.get("label", key), said


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d")
