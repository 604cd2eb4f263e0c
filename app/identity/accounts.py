"""Accounts: disabled and enabled by the system administrator, and disabled when nobody uses them."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.identity.holders import holders
from app.identity.refreshing import end_refreshing_of
from app.identity.second_factor import drop_second_factor
from app.identity.sessions import end_sessions_of
from app.models import EndReason, Grant, NoticeKind, User
from app.notices import post

log = structlog.get_logger()
UNUSED_AFTER = timedelta(days=90)


class OwnAccountError(DomainError):
    """Nobody disables his own account or resets his own second factor."""

    code = "own_account"
    kind = Kind.FORBIDDEN


def disable(session: Session, actor: Actor, user_id: UUID) -> None:
    """Disable an account and end its sessions; again changes nothing.

    Raises NotFoundError, OwnAccountError.
    """
    user = _another(session, actor, user_id)
    if user.disabled_at is None:
        _disable(session, user)


def enable(session: Session, actor: Actor, user_id: UUID) -> None:
    """Enable an account again, as if used today. Raises NotFoundError, OwnAccountError."""
    user = _another(session, actor, user_id)
    if user.disabled_at is not None:
        user.disabled_at, user.enabled_at = None, now()


def reset_second_factor(session: Session, actor: Actor, user_id: UUID) -> None:
    """Take the second factor of somebody who lost his phone, end his sessions and tell him.

    Raises NotFoundError, OwnAccountError.
    """
    user = _another(session, actor, user_id)
    drop_second_factor(session, user.id)
    end_sessions_of(session, [user.id], EndReason.SECOND_FACTOR_RESET)
    end_refreshing_of(session, [user.id])
    assert user.area_code is not None, "it lies in the actor's areas"
    post(session, NoticeKind.ACCOUNT_ALERT, to=user.id, area_code=user.area_code, what="second_factor_reset")


def disable_unused(session: Session) -> int:
    """Disable staff accounts that nobody used for 90 days and tell the system administrators; give how many.

    Residents keep theirs: they hold no rights over others, and an old person may come once a year.
    """
    before = now() - UNUSED_AFTER
    used = func.greatest(User.created_at, User.last_signed_in_at, User.enabled_at)
    staff = exists().where(Grant.user_id == User.id, Grant.ended_at.is_(None))
    unused = session.scalars(
        select(User).where(User.disabled_at.is_(None), used < before, staff).with_for_update()
    ).all()
    for user in unused:
        _disable(session, user)
        log.warning("unused_account_disabled", user_id=str(user.id))
        assert user.area_code is not None, "staff belong somewhere"
        for admin in holders(session, user.area_code, {Role.SYSTEM_ADMIN}):
            post(
                session,
                NoticeKind.ACCOUNT_UNUSED,
                to=admin,
                area_code=user.area_code,
                user_id=user.id,
            )
    return len(unused)


def _disable(session: Session, user: User) -> None:
    user.disabled_at = now()
    end_sessions_of(session, [user.id], EndReason.DISABLED)
    end_refreshing_of(session, [user.id])
    session.flush()


def _another(session: Session, actor: Actor, user_id: UUID) -> User:
    user = session.scalars(
        select(User)
        .where(User.id == user_id, actor.scope.clause(User.area_code))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if user is None:
        raise NotFoundError
    if user.id == actor.user_id:
        raise OwnAccountError
    return user
