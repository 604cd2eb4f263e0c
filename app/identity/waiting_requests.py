"""Requests to be bound that wait: whoever can see to them now knows of them, however posts changed since."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.binding_requests import tell_who_sees_to_it
from app.models import BindingRequest, BindingRequestState, Notice, NoticeKind


def tell_of_waiting_requests(session: Session) -> int:
    """Tell those who decide now, or see to it that somebody does, of what nobody told them; give of how many.

    Whoever was told may have been disabled, have lost his post, or have let it run out. What a notice tells
    is told to one person once.
    """
    waiting = session.scalars(
        select(BindingRequest)
        .where(BindingRequest.state == BindingRequestState.OPEN)
        .order_by(BindingRequest.asked_at)
    ).all()
    told = _told(session, [row.id for row in waiting])
    return sum(tell_who_sees_to_it(session, row, but=told.get(row.id, set())) for row in waiting)


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
