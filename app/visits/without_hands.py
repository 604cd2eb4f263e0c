"""Telling who has to do the care of somebody whose worker cannot: at once, then each morning."""

from collections import Counter
from datetime import time
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app import notices
from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import SHANGHAI, business_day, now
from app.hazards import tell_left_lying
from app.identity import holding, seeing_to
from app.models import Absence, CareRecord, NoticeKind
from app.once import claim_next, of_community
from app.plans import NewAbsence, away_alone, record_absence, rosters_of
from app.visits.standing_in import CARERS, hands

TOLD_FROM = time(8, 0)
"""In China: when it is told again."""


def let_stand_in(session: Session, actor: Actor, absence_id: UUID, new: NewAbsence) -> tuple[Absence, bool]:
    """Let somebody stand in for a worker, as ``record_absence`` says, and tell who has to know.

    That is whoever stands in, of the residents whom the other looks after, and who gives out hazards, of what
    would lie.
    """
    absence, made = record_absence(session, actor, absence_id, new)
    if made:
        _tell_standing_in(session, absence)
        tell_left_lying(session, absence)
    return absence, made


def tell_without_hands(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Tell of care whose worker has no post over the home any more, or is away with nobody in his place.

    The record's substitute is told once that it is his now; where there is none the admins are, or the office
    above, once a day until somebody can. Each gets one notice for all of a community. Gives of how many
    records, ``limit`` at most, and the community's code.
    """
    due = _to_tell()
    community, mine = claim_next(session, "tell_without_hands", CareRecord.area_code, due, after=after)
    if community is None or not mine:
        return 0, community
    query = (
        select(CareRecord)
        .where(due, of_community(CareRecord.area_code, community))
        .order_by(CareRecord.id)
        .limit(limit)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    today, there = business_day(), hands(session, [community])
    told: Counter[UUID] = Counter()
    nobodys = 0
    for record in session.scalars(query).all():
        first = record.hands_told_on is None
        if there.by_post(record) is not None:
            record.hands_told_on = None
            continue
        record.hands_told_on, doer_id = today, there.doer(record)
        if doer_id is None:
            nobodys += 1
        elif first:
            told[doer_id] += 1
    for user_id, count in sorted(told.items()):
        _tell(session, user_id, community, "came_over", count)
    if nobodys:
        what, admins = seeing_to.who_sees_to_it(session, community, but=())
        for user_id in sorted(admins):
            _tell(session, user_id, community, "nobodys" if what == "asked" else what, nobodys)
    return nobodys + told.total(), community


def _tell_standing_in(session: Session, absence: Absence) -> None:
    query = select(func.count()).where(
        CareRecord.worker_id == absence.worker_id,
        CareRecord.ended_on.is_(None),
        of_community(CareRecord.area_code, absence.area_code),
    )
    count = session.scalar(query) or 0
    first_day = max(absence.from_on, business_day())
    roster = rosters_of(session, {absence.area_code}, since=first_day)[absence.area_code]
    to = roster.stands_in(absence.worker_id, first_day)
    if count and to is not None:
        _tell(session, to, absence.area_code, "standing_in", count)


def _to_tell() -> ColumnElement[bool]:
    """Say in SQL that something is to be told of a record, or looked at again.

    Posts are looked up once for each worker and area that have care, of whom there are few.
    """
    row, today = CareRecord, business_day()
    going_on = row.ended_on.is_(None)
    pairs = select(row.area_code, row.worker_id).where(going_on).distinct().correlate(None).subquery()
    off_post = select(pairs.c.area_code, pairs.c.worker_id).where(
        ~holding(CARERS, pairs.c.worker_id, pairs.c.area_code)
    )
    there = func.left(row.area_code, COMMUNITY_DIGITS)
    new = and_(
        row.hands_told_on.is_(None),
        or_(
            tuple_(row.area_code, row.worker_id).in_(off_post),
            tuple_(there, row.worker_id).in_(away_alone(on=today)),
        ),
    )
    if now().astimezone(SHANGHAI).time() < TOLD_FROM:
        return and_(going_on, new)
    return and_(going_on, or_(new, row.hands_told_on < today))


def _tell(session: Session, to: UUID, area_code: str, what: str, count: int) -> None:
    notices.post(session, NoticeKind.CARE, to=to, area_code=area_code, what=what, count=count)
