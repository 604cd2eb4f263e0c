"""Who made the invitation by which a password was set: for a year he may sit in the account himself."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import SQLColumnExpression, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import User

_KNOWS_FOR = timedelta(days=365)
INVITER_OF_USER = f"""
    CASE WHEN u.invited_at > CAST(:at AS timestamptz) - interval '{_KNOWS_FOR.days} days'
         THEN u.invited_by END
"""
"""In a text about a user ``u`` what ``inviter`` says at the moment ``at``."""


def inviter(session: Session, user_id: UUID) -> UUID | None:
    """Give who invited a user by whose token his password was set within a year; he may know it."""
    user = session.get_one(User, user_id)
    lately = user.invited_at is not None and user.invited_at > now() - _KNOWS_FOR
    return user.invited_by if lately else None


def inviter_of(user_id: SQLColumnExpression[Any]) -> SQLColumnExpression[UUID | None]:
    """Say in SQL what ``inviter`` says."""
    lately = User.invited_at > now() - _KNOWS_FOR
    return select(User.invited_by).where(User.id == user_id, lately).scalar_subquery()
