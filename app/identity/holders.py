"""Who holds a role where."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.models import DIGITS, Grant, User


def holders(
    session: Session, area_code: str, roles: Collection[Role], *, among: Collection[UUID] | None = None
) -> set[UUID]:
    """Give the users who hold one of these roles over an area now, of all or ``among`` some."""
    at = now()
    covering = [area_code[:digits] for digits in DIGITS.values() if digits <= len(area_code)]
    query = (
        select(Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .where(
            Grant.area_code.in_(covering),
            Grant.role.in_(roles),
            Grant.ended_at.is_(None),
            Grant.valid_from <= at,
            or_(Grant.valid_until.is_(None), Grant.valid_until > at),
            User.disabled_at.is_(None),
        )
    )
    if among is not None:
        query = query.where(Grant.user_id.in_(among))
    return set(session.scalars(query))
