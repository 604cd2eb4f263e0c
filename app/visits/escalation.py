"""Who could not be reached: told to the community's admins within a day (domain.md, visits)."""

from collections.abc import Collection
from datetime import timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import Text, cast, exists, select
from sqlalchemy.orm import Session, aliased

from app import notices
from app.actors import Role
from app.clock import now
from app.identity import holders
from app.models import CareRecord, Notice, NoticeKind, PresenceState, Resident, Visit, VisitOutcome
from app.visits.due import latest_visit

NO_LONGER = timedelta(days=8)
"""Older visits were told of, or show as days overdue; it bounds what is read."""


def tell_not_reached(session: Session, *, after: UUID | None = None, limit: int) -> tuple[int, UUID | None]:
    """Tell the admins of each record whose last visit reached nobody, once a visit.

    Who lives elsewhere, or left care, is not waited for; where there is no admin, nobody is told. Reads
    ``limit`` visits after one; gives of how many it told, and the last it read if more may follow.
    """
    since, missed = now() - NO_LONGER, aliased(Visit)
    told = exists().where(
        Notice.kind == NoticeKind.VISIT_URGENT,
        Notice.created_at >= since,
        Notice.data["visit_id"].astext == cast(missed.id, Text),
    )
    query = (
        select(missed)
        .join(CareRecord, CareRecord.id == missed.care_record_id)
        .join(Resident, Resident.id == CareRecord.resident_id)
        .where(
            missed.outcome == VisitOutcome.NOT_REACHED,
            missed.received_at >= since,
            missed.id == latest_visit(CareRecord.id).scalar_subquery(),
            CareRecord.ended_on.is_(None),
            Resident.presence != PresenceState.AWAY,
            ~told,
        )
        .order_by(missed.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(missed.id > after)
    visits = session.scalars(query).all()
    admins_of = cache(lambda area_code: holders(session, area_code, {Role.COMMUNITY_ADMIN}))
    done = sum(_tell(session, visit, admins_of(visit.area_code)) for visit in visits)
    return done, visits[-1].id if len(visits) == limit else None


def _tell(session: Session, visit: Visit, admins: Collection[UUID]) -> bool:
    about = {"visit_id": visit.id, "care_record_id": visit.care_record_id}
    for admin_id in admins:
        notices.post(session, NoticeKind.VISIT_URGENT, to=admin_id, area_code=visit.area_code, **about)
    return bool(admins)
