"""What a message says: that something waits and where to look, never about whom (S-59).

Everything is read when it is sent, so nothing of it is stored, and what is settled meanwhile is not told.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from app.adapters import wechat
from app.clock import SHANGHAI
from app.models import (
    HAZARD_ENDED,
    Area,
    Claim,
    ClaimStatus,
    FollowUp,
    Hazard,
    HazardStep,
    Notice,
    NoticeKind,
    Place,
)

_COMMUNITY = 12
_HAZARD_STEPS = {
    HazardStep.REPORT: "隐患已登记",
    HazardStep.RECUR: "隐患又被报告了一次",
    HazardStep.ACCEPT: "隐患已受理",
    HazardStep.REJECT: "隐患未受理，原因请看详情",
    HazardStep.DUPLICATE: "隐患已并入先前的报告",
    HazardStep.ASSIGN: "隐患已派人整改",
    HazardStep.REASSIGN: "隐患已换人整改",
    HazardStep.UNASSIGN: "隐患正在重新派人",
    HazardStep.START: "隐患正在整改",
    HazardStep.RECTIFY: "隐患已整改，待复查",
    HazardStep.VERIFY: "隐患复查通过",
    HazardStep.RECHECK_FAIL: "隐患复查未通过，重新整改",
    HazardStep.CLOSE: "隐患已办结",
    HazardStep.TRANSFER: "隐患已转给有关部门",
    HazardStep.DEPARTMENT_ANSWER: "有关部门答复了隐患",
    HazardStep.GRANT_EXTENSION: "隐患的整改期限延长了",
}
_CLAIM_RESULTS = {
    ClaimStatus.SUBMITTED: "已提交",
    ClaimStatus.VERIFIED: "已核实",
    ClaimStatus.APPROVED: "已通过",
    ClaimStatus.IN_NOTICE: "公示中",
    ClaimStatus.POSTED: "已入账",
    ClaimStatus.RETURNED: "已退回",
    ClaimStatus.REJECTED: "未通过",
    ClaimStatus.WITHDRAWN: "已撤回",
}
_END_OF_WORK = time(18)
"""What is due on a day is shown as due at its end of work."""


def values_of(session: Session, notice: Notice) -> dict[str, str] | None:
    """Give a message's values by the names of its template's fields; None for what is settled meanwhile."""
    return _WORDS[notice.kind](session, notice)


def _hazard_assigned(session: Session, notice: Notice) -> dict[str, str] | None:
    hazard = session.get(Hazard, UUID(notice.data["hazard_id"]))
    if hazard is None or hazard.assignee_id != notice.user_id or hazard.status in HAZARD_ENDED:
        return None
    assert hazard.due_at is not None, "an assigned hazard has a deadline"
    return {"matter": "有一项隐患待整改", "where": _where(session, hazard), "due": _moment(hazard.due_at)}


def _hazard_step(session: Session, notice: Notice) -> dict[str, str] | None:
    hazard = session.get(Hazard, UUID(notice.data["hazard_id"]))
    if hazard is None:
        return None
    return {
        "matter": _HAZARD_STEPS[HazardStep(notice.data["step"])],
        "where": _where(session, hazard),
        "at": _moment(notice.created_at),
    }


def _claim_step(session: Session, notice: Notice) -> dict[str, str] | None:
    claim = session.get(Claim, UUID(notice.data["claim_id"]))
    if claim is None:
        return None
    return {
        "result": _CLAIM_RESULTS[ClaimStatus(notice.data["status"])],
        "points": str(claim.points),
        "at": _moment(notice.created_at),
    }


def _visit_urgent(_: Session, notice: Notice) -> dict[str, str]:
    return {"matter": "有一项走访需要尽快处理", "at": _moment(notice.created_at)}


def _follow_up(session: Session, notice: Notice) -> dict[str, str] | None:
    row = session.get(FollowUp, UUID(notice.data["follow_up_id"]))
    if row is None or row.done_at is not None:
        return None
    return {"matter": "有一项回访交给您办理", "due": _day(row.due_on)}


def _where(session: Session, hazard: Hazard) -> str:
    """Name the place, or only the community where the place's name may say something of a person."""
    place = session.get_one(Place, hazard.place_id)
    if not wechat.says_too_much(place.name):
        return place.name
    area = session.get(Area, hazard.area_code[:_COMMUNITY])
    return area.name if area is not None and not wechat.says_too_much(area.name) else "详情里的地点"


def _moment(at: datetime) -> str:
    here = at.astimezone(SHANGHAI)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"


def _day(day: date) -> str:
    return _moment(datetime.combine(day, _END_OF_WORK, SHANGHAI))


_WORDS: Mapping[NoticeKind, Callable[[Session, Notice], dict[str, str] | None]] = {
    NoticeKind.HAZARD_ASSIGNED: _hazard_assigned,
    NoticeKind.HAZARD_STEP: _hazard_step,
    NoticeKind.CLAIM_STEP: _claim_step,
    NoticeKind.VISIT_URGENT: _visit_urgent,
    NoticeKind.FOLLOW_UP_ASSIGNED: _follow_up,
}
