"""What a message says: that something waits and where to look, never about whom (S-59).

Everything is read when it is sent, so nothing of it is stored, and what is settled meanwhile is not told.
What it is about has the words of the inbox (``app/notices/words.py``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import community_of
from app.adapters import wechat
from app.clock import SHANGHAI, ends_a_day
from app.messages.settled import settled
from app.models import Area, Claim, ClaimStatus, FollowUp, Hazard, Notice, NoticeKind, Place
from app.notices import links, words

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
_SEVERAL_RESULTS = "有新进展"
_SOMEWHERE = "详情里的地点"
_END_OF_WORK = time(18)
"""What is due on a day is shown as due at its end of work."""


@dataclass(frozen=True)
class Facts:
    """What one notice tells, as it stands now."""

    record: str
    """What it is about: of two notices about one record the later one counts."""
    values: Mapping[str, Any]
    """By the names of the template's fields: texts, numbers and moments."""


_ABOUT: Mapping[str, type[Any]] = {"hazard_id": Hazard, "claim_id": Claim, "follow_up_id": FollowUp}


def facts_of_all(session: Session, told: Sequence[Notice]) -> list[Facts | None]:
    """Give what each of these tells; what they are about is read at once, however many they are."""
    _held = _records(session, told)  # a session keeps only rows that somebody holds
    over = settled(session, told)
    return [None if notice.id in over else _facts(session, notice) for notice in told]


def facts_of(session: Session, notice: Notice) -> Facts | None:
    """Give what a notice tells; None if it is settled meanwhile."""
    (facts,) = facts_of_all(session, [notice])
    return facts


def _records(session: Session, told: Sequence[Notice]) -> list[Any]:
    """Read what notices are about, and the places of it."""
    rows: list[Any] = []
    for name, table in _ABOUT.items():
        ids = {UUID(notice.data[name]) for notice in told if notice.data.get(name)}
        if ids:
            rows += session.scalars(select(table).where(table.id.in_(ids)))
    places = {row.place_id for row in rows if isinstance(row, Hazard)}
    if places:
        rows += session.scalars(select(Place).where(Place.id.in_(places)))
    return rows


def _facts(session: Session, notice: Notice) -> Facts | None:
    values = _FACTS[notice.kind](session, notice)
    if values is None:
        return None
    link = links.link_of(notice.data)
    return Facts(link.id if link else str(notice.id), values)


def values_of(session: Session, notice: Notice, told: Sequence[Facts]) -> dict[str, str]:
    """Give the values of a message that tells of one notice, or of several of its kind and community."""
    latest = {one.record: one.values for one in told}
    values = _merged(session, notice, list(latest.values())) if len(latest) > 1 else told[-1].values
    return {name: _shown(name, value) for name, value in values.items()}


def _shown(name: str, value: Any) -> str:
    """Write a value; what is due at the end of a day in its last minute: WeChat's clock has no hour 24."""
    if not isinstance(value, datetime):
        return str(value)
    return _moment(value - timedelta(minutes=1) if name == "due" and ends_a_day(value) else value)


def _merged(session: Session, notice: Notice, several: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Say how many there are, where if at one place, the first deadline, the last moment, all points."""
    merged = {"matter": words.text_of_many(notice.kind, len(several))}
    for name in several[0]:
        found = [values[name] for values in several]
        if name == "where":
            merged[name] = found[0] if len(set(found)) == 1 else _community(session, notice.area_code)
        elif name == "result":
            merged[name] = found[0] if len(set(found)) == 1 else _SEVERAL_RESULTS
        elif name in _ADDED:
            merged[name] = _ADDED[name](found)
    return {name: merged[name] for name in several[0]}


_ADDED: Mapping[str, Callable[[list[Any]], Any]] = {"due": min, "at": max, "points": sum}


def _hazard_assigned(session: Session, notice: Notice) -> dict[str, Any] | None:
    hazard = session.get(Hazard, UUID(notice.data["hazard_id"]))
    if hazard is None:
        return None
    assert hazard.due_at is not None, "an assigned hazard has a deadline"
    return {"matter": _matter(notice), "where": _where(session, hazard), "due": hazard.due_at}


def _hazard_step(session: Session, notice: Notice) -> dict[str, Any] | None:
    hazard = session.get(Hazard, UUID(notice.data["hazard_id"]))
    if hazard is None:
        return None
    return {"matter": _matter(notice), "where": _where(session, hazard), "at": notice.created_at}


def _hazards(session: Session, notice: Notice) -> dict[str, Any] | None:
    """Tell of one hazard, or of several of a community."""
    if "hazard_id" in notice.data:
        return _hazard_step(session, notice)
    where = _community(session, notice.area_code)
    return {"matter": _matter(notice), "where": where, "at": notice.created_at}


def _claim_step(session: Session, notice: Notice) -> dict[str, Any] | None:
    claim = session.get(Claim, UUID(notice.data["claim_id"]))
    if claim is None:
        return None
    return {
        "result": _CLAIM_RESULTS[ClaimStatus(notice.data["status"])],
        "points": claim.points,
        "at": notice.created_at,
    }


def _todo(_: Session, notice: Notice) -> dict[str, Any]:
    return {"matter": _matter(notice), "at": notice.created_at}


def _follow_up(session: Session, notice: Notice) -> dict[str, Any]:
    """Name the day of a follow-up; an office reads only since when nobody sees to one."""
    follow_up_id = notice.data.get("follow_up_id")
    row = session.get(FollowUp, UUID(follow_up_id)) if follow_up_id else None
    return {"matter": _matter(notice), "due": _end_of(row.due_on) if row is not None else notice.created_at}


def _matter(notice: Notice) -> str:
    return words.text_of(notice.kind, notice.data)


def _where(session: Session, hazard: Hazard) -> str:
    """Name the place, or only the community where the place's name may say something of a person."""
    place = session.get_one(Place, hazard.place_id)
    if not wechat.says_too_much(place.name):
        return place.name
    return _community(session, hazard.area_code)


def _community(session: Session, area_code: str) -> str:
    area = session.get(Area, community_of(area_code))
    return area.name if area is not None and not wechat.says_too_much(area.name) else _SOMEWHERE


def _moment(at: datetime) -> str:
    here = at.astimezone(SHANGHAI)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"


def _end_of(day: date) -> datetime:
    return datetime.combine(day, _END_OF_WORK, SHANGHAI)


_FACTS: Mapping[NoticeKind, Callable[[Session, Notice], dict[str, Any] | None]] = {
    NoticeKind.HAZARD_ASSIGNED: _hazard_assigned,
    NoticeKind.HAZARD_STEP: _hazard_step,
    NoticeKind.HAZARD_ALARM: _hazards,
    NoticeKind.HAZARD_MATTER: _hazards,
    NoticeKind.HAZARD_UNASSIGNED: _todo,
    NoticeKind.OCCURRENCES: _todo,
    NoticeKind.SPOT_CHECK: _todo,
    NoticeKind.CLAIM_STEP: _claim_step,
    NoticeKind.VISIT_URGENT: _todo,
    NoticeKind.OWN_VISIT: _todo,
    NoticeKind.FOLLOW_UP_ASSIGNED: _follow_up,
    NoticeKind.CARE: _todo,
    NoticeKind.HARM_CASE: _todo,
    NoticeKind.APPROVAL: _todo,
}
"""What messages of each kind are filled with; ``app.adapters.wechat.TEMPLATES`` has their fields."""
