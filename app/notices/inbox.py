"""Reading one's own notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import NotFoundError
from app.models import Notice, User


@dataclass(frozen=True)
class ToldNotice:
    """A notice with the name of whoever did what it tells, as it is now, if the notice says who."""

    notice: Notice
    by_name: str | None


def inbox(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[ToldNotice]:
    """List the actor's own notices, the newest first."""
    query = select(Notice).where(Notice.user_id == actor.user_id).order_by(Notice.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Notice.id < after)
    return _named(session, session.scalars(query).all())


def mark_read(session: Session, actor: Actor, notice_id: UUID) -> ToldNotice:
    """Note that the actor has read a notice; again changes nothing. Raises NotFoundError."""
    row = session.scalars(
        select(Notice).where(Notice.id == notice_id, Notice.user_id == actor.user_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    row.read_at = row.read_at or now()
    return _named(session, [row])[0]


def _named(session: Session, rows: Sequence[Notice]) -> list[ToldNotice]:
    by = [row.data.get("by_id") for row in rows]
    who = {UUID(one) for one in by if one is not None}
    names: dict[str, str] = {}
    if who:
        found = session.execute(select(User.id, User.name).where(User.id.in_(who)))
        names = {str(user_id): name for user_id, name in found}
    return [ToldNotice(row, names.get(one) if one else None) for row, one in zip(rows, by, strict=True)]
