"""What the jobs tell: a worker in the morning what opens today, an admin what was missed."""

from collections.abc import Sequence
from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import notices
from app.actors import community_of
from app.clock import SHANGHAI, business_day, end_of, now, start_of
from app.identity import seeing_to
from app.ids import new_id
from app.models import NoticeKind, Occurrence, ToldOpening
from app.once import claim_next, of_community

TOLD_FROM = time(7, 0)
"""In China: before the work of a day begins, and not at night."""
NAMED = 50
"""So many missed ones a notice names by their ids; it counts all."""


def due_openings(session: Session, *, limit: int) -> Sequence[UUID]:
    """Name the workers who are to be told what opens today."""
    return [row[0] for row in _openings(session, limit, None)]


def tell_openings(session: Session, *, limit: int, only: UUID | None = None) -> int:
    """Tell workers, or ``only`` this one, once a day, how many of their inspections open; give to how many.

    The key of a worker and a day decides who tells him, however many schedulers run.
    """
    today = business_day()
    opening = {row[0]: (row[1], row[2]) for row in _openings(session, limit, only)}
    if not opening:
        return 0
    first = insert(ToldOpening).on_conflict_do_nothing().returning(ToldOpening.worker_id)
    rows = [{"id": new_id(), "worker_id": worker_id, "day": today} for worker_id in opening]
    mine = set(session.scalars(first, rows))
    for worker_id in sorted(mine):
        area_code, count = opening[worker_id]
        notices.post(
            session,
            NoticeKind.OCCURRENCES,
            to=worker_id,
            area_code=community_of(area_code),
            what="opening",
            count=count,
            day=today,
        )
    return len(mine)


def _openings(session: Session, limit: int, only: UUID | None) -> Sequence[Any]:
    """Give the workers who were not told yet today, each with an area and how many open."""
    at, today = now(), business_day()
    if at.astimezone(SHANGHAI).time() < TOLD_FROM:
        return []
    told = select(ToldOpening.worker_id).where(
        ToldOpening.day == today, ToldOpening.worker_id == Occurrence.worker_id
    )
    query = (
        select(Occurrence.worker_id, func.max(Occurrence.area_code), func.count())
        .where(
            Occurrence.opens_at >= start_of(today),
            Occurrence.opens_at < end_of(today),
            Occurrence.done_at.is_(None),
            Occurrence.worker_id.is_not(None),
            ~told.exists(),
        )
        .group_by(Occurrence.worker_id)
        .order_by(Occurrence.worker_id)
        .limit(limit)
    )
    if only is not None:
        query = query.where(Occurrence.worker_id == only)
    return session.execute(query).all()


def tell_missed(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Note what was missed in the next community, and tell its admins once; give how many, and its code.

    Evidence that arrives later still resolves one: what is told is what was known at that moment. Of one
    community it is ``limit`` at most; the rest waits for the next run.
    """
    at = now()
    due = and_(Occurrence.done_at.is_(None), Occurrence.missed_told_at.is_(None), Occurrence.missed_at <= at)
    community, mine = claim_next(session, "tell_missed", Occurrence.area_code, due, after=after)
    if community is None or not mine:
        return 0, community
    query = (
        select(Occurrence)
        .where(due, of_community(Occurrence.area_code, community))
        .order_by(Occurrence.missed_at, Occurrence.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    missed = session.scalars(query).all()
    for row in missed:
        row.missed_told_at = at
    if missed:
        _tell(session, community, [row.id for row in missed])
    return len(missed), community


def _tell(session: Session, community: str, ids: Sequence[UUID]) -> None:
    _, told = seeing_to.who_sees_to_it(session, community, but=())
    for user_id in sorted(told):
        notices.post(
            session,
            NoticeKind.OCCURRENCES,
            to=user_id,
            area_code=community,
            what="missed",
            count=len(ids),
            occurrence_ids=list(ids[:NAMED]),
        )
