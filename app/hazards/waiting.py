"""Reminding those who triage and give out hazards of what waits for them: nothing else is late by itself."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, community_of
from app.clock import business_day, now
from app.identity import seeing_to
from app.models import HAZARD_WAITING, Hazard, HazardEvent, HazardLevel, HazardStatus, HazardStep
from app.notices import NoticeKind, post

WAITS_AT_MOST = timedelta(days=2)
"""How long a report may lie until it is accepted and given out before somebody is told."""
MAJOR_WAITS_AT_MOST = timedelta(days=1)
_NAMED_MOST = 20


def tell_waiting(session: Session, *, limit: int) -> int:
    """Tell of what lies until it is accepted or given out, as ``_tell_of`` says."""
    return _tell_of(session, _lies_too_long(), NoticeKind.HAZARD_UNASSIGNED, "waiting", limit=limit)


def tell_unchecked(session: Session, *, limit: int) -> int:
    """Tell of what was put right and lies until it is rechecked, as ``_tell_of`` says."""
    return _tell_of(session, _is_unchecked(), NoticeKind.HAZARD_MATTER, "unchecked", limit=limit)


def _tell_of(session: Session, due: ColumnElement[bool], kind: NoticeKind, waits: str, *, limit: int) -> int:
    """Tell of each community, once a day, how many hazards lie too long; give of how many communities.

    The admins are told, or where there is none the office above that nobody decides.
    """
    community, day = func.left(Hazard.area_code, COMMUNITY_DIGITS), business_day()
    some = session.scalars(select(community).where(due).distinct().order_by(community).limit(limit)).all()
    rows = select(Hazard.id, Hazard.area_code).where(due, community.in_(some)).order_by(Hazard.id)
    lying = defaultdict[str, list[UUID]](list)
    for hazard_id, area_code in session.execute(rows.with_for_update(key_share=True)):
        lying[community_of(area_code)].append(hazard_id)
    for ids in lying.values():
        session.execute(update(Hazard).where(Hazard.id.in_(ids)).values(waiting_told_on=day))
    for code, ids in sorted(lying.items()):
        _tell(session, code, ids, kind, waits)
    return len(some)


def _lies_too_long() -> ColumnElement[bool]:
    """Say in SQL what should have been accepted or given out by now, and nobody was told of today."""
    at = now()
    long = Hazard.received_at < at - WAITS_AT_MOST
    major = and_(Hazard.level == HazardLevel.MAJOR, Hazard.received_at < at - MAJOR_WAITS_AT_MOST)
    untold = or_(Hazard.waiting_told_on.is_(None), Hazard.waiting_told_on < business_day(at))
    return and_(HAZARD_WAITING, or_(long, major), untold)


def _is_unchecked() -> ColumnElement[bool]:
    """Say in SQL what should have been rechecked by now, and nobody was told of today."""
    at = now()
    lately = exists().where(
        HazardEvent.hazard_id == Hazard.id,
        HazardEvent.step.in_((HazardStep.RECTIFY, HazardStep.DEPARTMENT_ANSWER)),
        HazardEvent.at >= at - WAITS_AT_MOST,
    )
    untold = or_(Hazard.waiting_told_on.is_(None), Hazard.waiting_told_on < business_day(at))
    return and_(Hazard.status == HazardStatus.RECTIFIED, ~lately, untold)


def _tell(session: Session, community: str, ids: list[UUID], kind: NoticeKind, waits: str) -> None:
    what, people = seeing_to.who_sees_to_it(session, community, but=())
    about: dict[str, Any] = {"count": len(ids), "hazard_ids": ids[:_NAMED_MOST]}
    about["what"] = waits if what == "asked" else what
    for user_id in sorted(people):
        post(session, kind, to=user_id, area_code=community, **about)
