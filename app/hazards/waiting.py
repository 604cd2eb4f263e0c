"""Reminding of hazards that wait for somebody's word, to be given out, rechecked or closed: no alarm runs."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Date, and_, case, cast, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.clock import SHANGHAI, business_day, end_of, now, start_of
from app.hazards.assignees import in_hands_of, nobody_there
from app.hazards.locking import lock_next
from app.hazards.telling import Who, tell_of_many, who_closes, who_rechecks, who_triages
from app.models import (
    HAZARD_IN_HAND,
    HAZARD_UNCONFIRMED,
    HAZARD_WAITING,
    Absence,
    Hazard,
    HazardEvent,
    HazardLevel,
    HazardStatus,
    HazardStep,
)
from app.notices import NoticeKind
from app.once import claim_next, of_community

WAITS_AT_MOST = timedelta(days=2)
"""How long a hazard may lie until somebody's word is given before he is told."""
MAJOR_WAITS_AT_MOST = timedelta(days=1)
_LEFT_MOST = 500
"""Of one worker's hazards: more than anybody has in hand."""
_WORDS = {
    HazardStatus.RECTIFIED: (HazardStep.RECTIFY, HazardStep.DEPARTMENT_ANSWER),
    HazardStatus.VERIFIED: (HazardStep.VERIFY,),
}
"""Since which steps it waits."""


def tell_waiting(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Tell of what lies until it is accepted or given out, as ``_tell_next`` says."""
    due, kind = _waits_for_hands(), NoticeKind.HAZARD_UNASSIGNED
    return _tell_next(session, due, kind, "waiting", who_triages, limit=limit, after=after)


def tell_unchecked(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Tell of what was put right and lies until it is rechecked, as ``_tell_next`` says."""
    due, kind = _waits_as(HazardStatus.RECTIFIED), NoticeKind.HAZARD_MATTER
    return _tell_next(session, due, kind, "unchecked", who_rechecks, limit=limit, after=after)


def tell_unclosed(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Tell of the major ones that passed their recheck and lie until the county closes them, likewise."""
    due, kind = _waits_as(HazardStatus.VERIFIED), NoticeKind.HAZARD_MATTER
    return _tell_next(session, due, kind, "unclosed", who_closes, limit=limit, after=after)


def tell_left_lying(session: Session, absence: Absence) -> int:
    """Tell who gives them out of a worker's hazards due while he is away; give how many.

    So with those of a unit of his of which nobody is there on that day, and, once he is away, with what is
    over already. What is due is the work, or the controls of a major one that were not shown. Whoever stands
    in for him is given none by himself: to put a hazard right is more than to look after it.
    """
    if absence.from_on <= business_day():
        absence.left_told_on = business_day()
    controls = and_(Hazard.controls_reported_at.is_(None), _lies(Hazard.controls_due_at, absence))
    query = select(Hazard).where(
        HAZARD_IN_HAND,
        in_hands_of(absence.worker_id),
        of_community(Hazard.area_code, absence.area_code),
        or_(_lies(Hazard.due_at, absence), controls),
    )
    rows = session.scalars(query.order_by(Hazard.id).limit(_LEFT_MOST)).all()
    if rows:
        tell_of_many(session, NoticeKind.HAZARD_UNASSIGNED, rows, who_triages, what="away")
    return len(rows)


def tell_of_the_absent(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Tell of what lies with those of the next community whose absence, entered before, has begun.

    Gives of how many absences, ``limit`` at most, and the community's code.
    """
    today = business_day()
    begun = and_(
        Absence.left_told_on.is_(None),
        Absence.ended_at.is_(None),
        Absence.from_on <= today,
        Absence.until_on >= today,
    )
    community, mine = claim_next(session, "tell away", Absence.area_code, begun, after=after)
    if community is None or not mine:
        return 0, community
    query = select(Absence).where(begun, of_community(Absence.area_code, community))
    rows = session.scalars(
        query.order_by(Absence.id)
        .limit(limit)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for absence in rows:
        tell_left_lying(session, absence)
    return len(rows), community


def _lies(until: InstrumentedAttribute[datetime | None], absence: Absence) -> ColumnElement[bool]:
    """Say in SQL that a deadline comes while somebody is away, and of a unit nobody else is there.

    Or that it is over, once he is away: then nobody is there today.
    """
    gone, back = start_of(absence.from_on), end_of(absence.until_on)
    before = func.timezone(SHANGHAI.key, until - timedelta(microseconds=1))
    first = max(business_day(), absence.from_on)
    on = func.greatest(cast(before, Date), first, type_=Date)
    theirs = or_(Hazard.assignee_id.is_not(None), nobody_there(on))
    over = until < now() if absence.from_on <= business_day() else false()
    return and_(or_(until.between(gone, back), over), theirs)


def _tell_next(
    session: Session,
    due: ColumnElement[bool],
    kind: NoticeKind,
    waits: str,
    who: Who,
    *,
    limit: int,
    after: str | None,
) -> tuple[int, str | None]:
    """Tell once a day who decides how many hazards of the next community lie too long.

    Where nobody decides the office above is told so. What somebody holds now is being seen to, and left out.
    Gives how many, ``limit`` at most, and the community's code.
    """
    rows, community = lock_next(session, f"tell {waits}", due, limit=limit, after=after)
    for hazard in rows:
        hazard.waiting_told_on = business_day()
    tell_of_many(session, kind, rows, who, what=waits)
    return len(rows), community


def _waits_for_hands() -> ColumnElement[bool]:
    """Say in SQL what should have been accepted or given out by now, and nobody was told of today."""
    at = now()
    long = Hazard.received_at < at - WAITS_AT_MOST
    major = and_(Hazard.level == HazardLevel.MAJOR, Hazard.received_at < at - MAJOR_WAITS_AT_MOST)
    return and_(HAZARD_WAITING, or_(long, major), _untold())


def _waits_as(status: HazardStatus) -> ColumnElement[bool]:
    """Say in SQL what should have left this status by now, and nobody was told of today."""
    at = now()
    is_major = Hazard.level == HazardLevel.MAJOR
    lately = exists().where(
        HazardEvent.hazard_id == Hazard.id,
        HazardEvent.step.in_(_WORDS[status]),
        HazardEvent.at >= case((is_major, at - MAJOR_WAITS_AT_MOST), else_=at - WAITS_AT_MOST),
    )
    return and_(HAZARD_UNCONFIRMED, Hazard.status == status, ~lately, _untold())


def _untold() -> ColumnElement[bool]:
    return or_(Hazard.waiting_told_on.is_(None), Hazard.waiting_told_on < business_day())
