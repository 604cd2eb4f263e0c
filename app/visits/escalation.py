"""Who could not be reached, or needs somebody at once: told to the community's admins (domain.md, visits).

Of whom nobody reached they hear within a day: the next morning at 8:00, or 23 hours after the visit where
that is sooner. The second time in a row it is told at once: nobody knows any more how somebody is. Where no
admin may be told, the office above is.
"""

from collections.abc import Callable, Collection
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from app import harm, notices
from app.actors import Role, community_of
from app.clock import SHANGHAI, business_day, now, start_of
from app.identity import holders, seeing_to
from app.models import CareRecord, NoticeKind, Visit, VisitBasis
from app.people import whereabouts
from app.visits.due import latest_visit

TOLD_FROM = time(8, 0)
"""In China."""
WITHIN = timedelta(hours=23)
NO_LONGER = timedelta(days=8)
"""Older visits show as days overdue."""
Holding = Callable[[str, Role], set[UUID]]
"""Gives the holders of a role over a community."""
IN_A_ROW = 2
"""So many visits that reached nobody are urgent."""


def tell_not_reached(session: Session, *, after: UUID | None = None, limit: int) -> tuple[int, UUID | None]:
    """Tell the admins of each record whose last visit reached nobody, once a visit, when it is time.

    Who lives elsewhere, or left care, is not waited for. Reads ``limit`` records after one; gives of how many
    it told, and the last it read if more may follow.
    """
    missed = aliased(Visit)
    at = missed.happened_at
    query = (
        select(CareRecord, missed)
        .join(CareRecord.resident)
        .options(contains_eager(CareRecord.resident))
        .join(missed, missed.id == latest_visit(CareRecord.id).scalar_subquery())
        .where(
            CareRecord.not_reached > 0,
            CareRecord.escalated_at.is_(None),
            CareRecord.ended_on.is_(None),
            whereabouts.here(),
            missed.received_at >= now() - NO_LONGER,
            or_(at <= now() - WITHIN, at < _told_before()),
        )
        .order_by(CareRecord.id)
        .limit(limit)
        .with_for_update(of=CareRecord, key_share=True)
        .execution_options(populate_existing=True)
    )
    if after is not None:
        query = query.where(CareRecord.id > after)
    found = session.execute(query).all()
    holding = cache(lambda community, role: holders(session, community, {role}))
    but = harm.not_told_of_visits(session, {visit.id: record.resident for record, visit in found})
    done = 0
    for record, visit in found:
        done += tell_in_vain(session, record, visit, but=but[visit.id], holding=holding)
    return done, found[-1][0].id if len(found) == limit else None


def is_out_of_contact(session: Session, record: CareRecord, visit: Visit) -> bool:
    """Say whether a visit is the last one, and the second in a row at least that reached nobody."""
    return record.not_reached >= IN_A_ROW and session.scalar(latest_visit(record.id)) == visit.id


def tell_in_vain(
    session: Session,
    record: CareRecord,
    visit: Visit,
    *,
    but: Collection[UUID],
    at_once: bool = False,
    holding: Holding | None = None,
) -> bool:
    """Tell of a visit that reached nobody; say whether there was anybody to tell.

    Who made it is told with the others when it is time, but not at once: he has just been there.
    """
    knows, what = (visit.worker_id, "out_of_contact") if at_once else (None, None)
    told = tell_urgent(session, visit, but=but, knows=knows, what=what, holding=holding)
    if told:
        record.escalated_at = now()
    return told


def tell_urgent(
    session: Session,
    visit: Visit,
    *,
    but: Collection[UUID],
    knows: UUID | None,
    what: str | None = None,
    holding: Holding | None = None,
) -> bool:
    """Tell who has to act upon a visit at once, by ids only; say whether anybody was told.

    Those are the admins that it is not kept from (``but``); without any the office above hears that nobody
    sees to it, and no more. Whoever of them ``knows`` it already is told nothing.
    """
    community = community_of(visit.area_code)
    found, people = seeing_to.who_sees_to_it(session, community, but=but, holding=holding)
    about: dict[str, Any] = {"what": found}
    if found == "asked":
        about = {"visit_id": visit.id, "care_record_id": visit.care_record_id}
        about |= {"what": what} if what is not None else {}
    told = people - {knows}
    for user_id in sorted(told):
        notices.post(session, NoticeKind.VISIT_URGENT, to=user_id, area_code=visit.area_code, **about)
    return bool(told)


def tell_unagreed(session: Session, visit: Visit, *, but: Collection[UUID]) -> None:
    """Tell the admins once that a child is called on whose guardian does not agree, until he does again."""
    before = (
        select(Visit.basis)
        .where(Visit.care_record_id == visit.care_record_id, Visit.id != visit.id)
        .where(Visit.basis.in_([VisitBasis.DUTY, VisitBasis.GUARDIAN_CONSENT]))
        .order_by(Visit.received_at.desc(), Visit.id.desc())
        .limit(1)
    )
    if session.scalar(before) is VisitBasis.DUTY:
        return
    found, people = seeing_to.who_sees_to_it(session, community_of(visit.area_code), but=but)
    about: dict[str, Any] = {"what": found}
    if found == "asked":
        about = {"what": "unagreed", "visit_id": visit.id, "care_record_id": visit.care_record_id}
    for user_id in sorted(people):
        notices.post(session, NoticeKind.CARE, to=user_id, area_code=visit.area_code, **about)


def _told_before() -> datetime:
    """Give from when on a visit waits for a morning that is still to come."""
    days = 0 if now().astimezone(SHANGHAI).time() >= TOLD_FROM else 1
    return start_of(business_day() - timedelta(days=days))
