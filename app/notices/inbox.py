"""Reading one's own notices."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import NotFoundError
from app.models import Notice


def inbox(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Notice]:
    """List the actor's own notices, the newest first."""
    query = select(Notice).where(Notice.user_id == actor.user_id).order_by(Notice.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Notice.id < after)
    return list(session.scalars(query))


def mark_read(session: Session, actor: Actor, notice_id: UUID) -> Notice:
    """Note that the actor has read a notice; again changes nothing. Raises NotFoundError."""
    row = session.scalars(
        select(Notice).where(Notice.id == notice_id, Notice.user_id == actor.user_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    row.read_at = row.read_at or now()
    return row
