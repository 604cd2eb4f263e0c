"""Who could not be reached: told to the community's admins within a day of the visit (domain.md, visits).

The next morning at 8:00, or 23 hours after the visit where that is sooner. The second time in a row it is
told at once: nobody knows any more how somebody is.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from app import harm, notices
from app.actors import Role
from app.clock import SHANGHAI, business_day, now, start_of
from app.identity import holders
from app.models import CareRecord, NoticeKind, PresenceState, Resident, Visit
from app.visits.due import happened_at, latest_visit

TOLD_FROM = time(8, 0)
"""In China."""
WITHIN = timedelta(hours=23)
NO_LONGER = timedelta(days=8)
"""Older visits show as days overdue."""
IN_A_ROW = 2
"""So many visits that reached nobody are urgent."""


def tell_not_reached(session: Session, *, after: UUID | None = None, limit: int) -> tuple[int, UUID | None]:
    """Tell the admins of each record whose last visit reached nobody, once a visit, when it is time.

    Who lives elsewhere, or left care, is not waited for; where there is no admin who may be told, nobody is.
    Reads ``limit`` records after one; gives of how many it told, and the last it read if more may follow.
    """
    missed = aliased(Visit)
    at = happened_at(missed)
    query = (
        select(CareRecord, missed)
        .join(CareRecord.resident)
        .options(contains_eager(CareRecord.resident))
        .join(missed, missed.id == latest_visit(CareRecord.id).scalar_subquery())
        .where(
            CareRecord.not_reached > 0,
            CareRecord.escalated_at.is_(None),
            CareRecord.ended_on.is_(None),
            Resident.presence != PresenceState.AWAY,
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
    admins_of = cache(lambda area_code: holders(session, area_code, {Role.COMMUNITY_ADMIN}))
    done = 0
    for record, visit in found:
        but = harm.not_told_of_visit(session, visit.id, record.resident)
        done += tell_of(session, record, visit, admins_of(visit.area_code) - but)
    return done, found[-1][0].id if len(found) == limit else None


def is_out_of_contact(session: Session, record: CareRecord, visit: Visit) -> bool:
    """Say whether a visit is the last one, and the second in a row at least that reached nobody."""
    return record.not_reached >= IN_A_ROW and session.scalar(latest_visit(record.id)) == visit.id


def tell_of(
    session: Session, record: CareRecord, visit: Visit, admins: Collection[UUID], *, at_once: bool = False
) -> bool:
    """Tell these admins of a visit that reached nobody; say whether there was any to tell."""
    about: dict[str, Any] = {"visit_id": visit.id, "care_record_id": record.id}
    if at_once:
        about["what"] = "out_of_contact"
    for admin_id in sorted(admins):
        notices.post(session, NoticeKind.VISIT_URGENT, to=admin_id, area_code=visit.area_code, **about)
    if admins:
        record.escalated_at = now()
    return bool(admins)


def _told_before() -> datetime:
    """Give from when on a visit waits for a morning that is still to come."""
    days = 0 if now().astimezone(SHANGHAI).time() >= TOLD_FROM else 1
    return start_of(business_day() - timedelta(days=days))
