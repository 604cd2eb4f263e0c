"""Requests to be bound that wait: whoever can see to them now knows of them, however posts changed since."""

from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.identity.binding_requests import tell_who_sees_to_it
from app.identity.holders import holders
from app.models import BindingRequest, BindingRequestState, Notice, NoticeKind

Waiting = tuple[datetime, UUID]
"""The place of a request among those that wait: since when, and which."""


def tell_of_waiting_requests(
    session: Session, *, after: Waiting | None = None, limit: int
) -> tuple[int, Waiting | None]:
    """Tell those who decide now, or see to it that somebody does, of what nobody told them.

    Whoever was told may have been disabled, have lost his post, or have let it run out. What a notice tells
    is told to one person once. Reads ``limit`` requests after a place, the oldest first; gives of how many it
    told, and the place of the last it read if more may follow.
    """
    query = (
        select(BindingRequest)
        .where(BindingRequest.state == BindingRequestState.OPEN)
        .order_by(BindingRequest.asked_at, BindingRequest.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(BindingRequest.asked_at, BindingRequest.id) > tuple_(*after))
    waiting = session.scalars(query).all()
    told = _told(session, [row.id for row in waiting])
    holding = cache(lambda area_code, role: holders(session, area_code, {role}))
    done = sum(
        tell_who_sees_to_it(session, row, but=told.get(row.id, set()), holding=holding) for row in waiting
    )
    return done, (waiting[-1].asked_at, waiting[-1].id) if len(waiting) == limit else None


def _told(session: Session, request_ids: list[UUID]) -> dict[UUID, set[UUID]]:
    """Give by request whom a notice told of it."""
    named = Notice.data["request_id"].astext
    found: dict[UUID, set[UUID]] = {}
    for request_id, user_id in session.execute(
        select(named, Notice.user_id).where(
            Notice.kind == NoticeKind.BINDING, named.in_([str(one) for one in request_ids])
        )
    ):
        found.setdefault(UUID(request_id), set()).add(user_id)
    return found
