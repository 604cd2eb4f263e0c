"""Reading what somebody asked for himself."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import NotFoundError
from app.models import RosterExport


def exports(
    session: Session, actor: Actor, *, after: UUID | None, limit: int, table: type[Any] = RosterExport
) -> list[Any]:
    """List the exports that the actor asked for, where he still holds the function, the newest first."""
    query = (
        select(table)
        .where(table.asked_by == actor.user_id, actor.scope.clause(table.area_code))
        .order_by(table.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(table.id < after)
    return list(session.scalars(query))


def export_of(
    session: Session,
    actor: Actor,
    export_id: UUID,
    *,
    locked: bool = False,
    table: type[Any] = RosterExport,
) -> Any:
    """Give an export that the actor asked for, where he still holds the function. Raises NotFoundError."""
    query = select(table).where(
        table.id == export_id, table.asked_by == actor.user_id, actor.scope.clause(table.area_code)
    )
    if locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFoundError
    return found
