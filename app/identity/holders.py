"""Who holds a role where."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import end_of, now, start_of
from app.models import DIGITS, Grant, User


def holders(
    session: Session,
    area_code: str,
    roles: Collection[Role],
    *,
    among: Collection[UUID] | None = None,
    within: bool = False,
    on: date | None = None,
) -> set[UUID]:
    """Give the users who hold one of these roles over an area now, of all or ``among`` some.

    ``within``: or over a part of it. ``on``: who did in the course of a day, whatever became of it since.
    """
    covering = [area_code[:digits] for digits in DIGITS.values() if digits <= len(area_code)]
    where: ColumnElement[bool] = Grant.area_code.in_(covering)
    if within:
        where = or_(where, Grant.area_code.startswith(area_code))
    query = (
        select(Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .where(where, Grant.role.in_(roles), in_force(now()) if on is None else _was_in_force(on))
    )
    if among is not None:
        query = query.where(Grant.user_id.in_(among))
    return set(session.scalars(query))


def holders_anywhere(session: Session, role: Role) -> dict[UUID, str]:
    """Give everybody who holds a role somewhere now, with an area of it."""
    query = (
        select(Grant.user_id, Grant.area_code)
        .join(User, User.id == Grant.user_id)
        .where(Grant.role == role, in_force(now()))
        .order_by(Grant.area_code.desc())
    )
    return dict(session.execute(query).all())


def holding(roles: Collection[Role], user_id: Any, area_code: Any, *, within: bool = False) -> Exists:
    """Say in SQL that somebody, of a column, holds one of these roles over an area, of another, now.

    None for whom is anybody. ``within``: or over a part of it.
    """
    over = func.starts_with(area_code, Grant.area_code)
    found = exists().where(
        User.id == Grant.user_id,
        Grant.role.in_(roles),
        or_(over, func.starts_with(Grant.area_code, area_code)) if within else over,
        in_force(now()),
    )
    return found if user_id is None else found.where(Grant.user_id == user_id)


def _was_in_force(day: date) -> ColumnElement[bool]:
    return and_(
        or_(Grant.ended_at.is_(None), Grant.ended_at > start_of(day)),
        Grant.valid_from < end_of(day),
        or_(Grant.valid_until.is_(None), Grant.valid_until > start_of(day)),
    )


def in_force(at: datetime) -> ColumnElement[bool]:
    """Say in SQL that a grant joined with its user is in force."""
    return and_(
        Grant.ended_at.is_(None),
        Grant.valid_from <= at,
        or_(Grant.valid_until.is_(None), Grant.valid_until > at),
        User.disabled_at.is_(None),
    )
