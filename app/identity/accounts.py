"""Accounts: disabled and enabled by the system administrator, and disabled when nobody uses them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import exists, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.identity.holders import holders
from app.identity.proxies import end_proxies_of, other_sides
from app.identity.refreshing import end_refreshing_of
from app.identity.second_factor import drop_second_factor
from app.identity.sessions import end_sessions_of
from app.identity.users import check_not_above
from app.identity.watched_posts import tell_if_last, tell_of_second_factor, watched_posts, watchers
from app.identity.ways_in import end_ways_in
from app.models import (
    AccountEvent,
    AccountStep,
    EndReason,
    Grant,
    Invitation,
    NoticeKind,
    ProxyEnd,
    User,
)
from app.notices import post
from app.once import append_event, content_hash, made_before
from app.people import check_account_elsewhere, lock_fully

log = structlog.get_logger()
UNUSED_AFTER = timedelta(days=90)
Unused = tuple[datetime, UUID]
"""The place of an account among the unused: since when, and whose."""


class OwnAccountError(DomainError):
    """Nobody disables his own account or resets his own second factor."""

    code = "own_account"
    kind = Kind.FORBIDDEN


def disable(session: Session, actor: Actor, user_id: UUID, step_id: UUID, *, note: str = "") -> User:
    """Disable an account and end its sessions, and what would let somebody in once it is enabled.

    Raises NotFoundError, OwnAccountError, AccountAboveError, OwnHouseholdError, OtherContentError.
    """
    user, repeated = _begin(session, actor, user_id, step_id, AccountStep.DISABLE, note)
    if not repeated and user.disabled_at is None:
        _disable(session, user)
    return user


def enable(session: Session, actor: Actor, user_id: UUID, step_id: UUID, *, note: str = "") -> User:
    """Enable an account again, as if used today.

    Raises NotFoundError, OwnAccountError, AccountAboveError, OwnHouseholdError, OtherContentError.
    """
    user, repeated = _begin(session, actor, user_id, step_id, AccountStep.ENABLE, note)
    if not repeated and user.disabled_at is not None:
        user.disabled_at, user.enabled_at = None, now()
    return user


def reset_second_factor(
    session: Session, actor: Actor, user_id: UUID, step_id: UUID, *, note: str = ""
) -> User:
    """Take the second factor of somebody who lost his phone, end his sessions and tell him.

    Of an administrator or officer those who watch him are told, too. An invitation that waits ends: who
    could take both would be him.

    Raises NotFoundError, OwnAccountError, AccountAboveError, OwnHouseholdError, OtherContentError.
    """
    user, repeated = _begin(session, actor, user_id, step_id, AccountStep.RESET_SECOND_FACTOR, note)
    if repeated:
        return user
    drop_second_factor(session, user.id)
    waiting = (Invitation.user_id == user.id, Invitation.ended_at.is_(None))
    session.execute(update(Invitation).where(*waiting).values(ended_at=now()))
    end_sessions_of(session, [user.id], EndReason.SECOND_FACTOR_RESET)
    end_refreshing_of(session, [user.id])
    assert user.area_code is not None, "it lies in the actor's areas"
    post(session, NoticeKind.ACCOUNT_ALERT, to=user.id, area_code=user.area_code, what="second_factor_reset")
    tell_of_second_factor(session, user.id, watched_posts(session, user.id), but=[actor.user_id])
    return user


def disable_unused(session: Session, *, after: Unused | None = None, limit: int) -> tuple[int, Unused | None]:
    """Disable staff accounts that nobody used for 90 days and tell the system administrators.

    Residents keep theirs: they hold no rights over others, and an old person may come once a year. The last
    system administrator of an area keeps his, for nobody else could enable the others (or him) again; of
    several, that is the one who came last.

    Reads ``limit`` accounts after a place, those that were left first first; gives how many it disabled, and
    the place of the last it read if more may follow. One that is locked is in use, or seen to by somebody.
    """
    before = now() - UNUSED_AFTER
    used = func.greatest(User.created_at, User.last_signed_in_at, User.enabled_at)
    staff = exists().where(Grant.user_id == User.id, Grant.ended_at.is_(None))
    query = (
        select(User, used)
        .where(User.disabled_at.is_(None), used < before, staff)
        .order_by(used, User.id)
        .limit(limit)
        .with_for_update(of=User, skip_locked=True)
    )
    if after is not None:
        query = query.where(tuple_(used, User.id) > tuple_(*after))
    unused = session.execute(query).all()
    disabled = 0
    for user, _ in unused:
        if alone := _administers_alone(session, user.id):
            log.warning("unused_account_kept", user_id=str(user.id), last_system_admin_of=alone)
            continue
        _disable(session, user)
        disabled += 1
        log.warning("unused_account_disabled", user_id=str(user.id))
        sent = content_hash(AccountStep.DISABLE, user.id, user.disabled_at)
        _record(session, user, None, sent, step=AccountStep.DISABLE, actor_id=None, note="")
        assert user.area_code is not None, "staff belong somewhere"
        for admin in holders(session, user.area_code, {Role.SYSTEM_ADMIN}):
            post(
                session,
                NoticeKind.ACCOUNT_UNUSED,
                to=admin,
                area_code=user.area_code,
                user_id=user.id,
            )
    if len(unused) < limit:
        return disabled, None
    last, since = unused[-1]
    return disabled, (since, last.id)


def _administers_alone(session: Session, user_id: UUID) -> list[str]:
    """List the areas that would have no system administrator left without this one."""
    areas = session.scalars(
        select(Grant.area_code).where(
            Grant.user_id == user_id, Grant.role == Role.SYSTEM_ADMIN, Grant.ended_at.is_(None)
        )
    )
    return [area for area in areas if not holders(session, area, {Role.SYSTEM_ADMIN}) - {user_id}]


def _disable(session: Session, user: User) -> None:
    user.disabled_at = now()
    end_sessions_of(session, [user.id], EndReason.DISABLED)
    end_refreshing_of(session, [user.id])
    end_ways_in(session, user.id)
    session.flush()
    tell_if_last(session, watched_posts(session, user.id))
    end_proxies_of(session, ProxyEnd.ACCOUNT, by=None, user_id=user.id)


def _begin(
    session: Session, actor: Actor, user_id: UUID, step_id: UUID, verb: AccountStep, note: str
) -> tuple[User, bool]:
    """Lock an account for a step and record it; say whether it was taken before, whatever followed it.

    A step is recorded where it changes nothing, too: a copy of it that comes late is no new wish.
    """
    told = watchers(session, watched_posts(session, user_id))
    beside = or_(other_sides(user_id), User.id.in_([*told, actor.user_id]))
    user = lock_fully(session, user_id, beside=beside)
    if user is None:
        raise NotFoundError
    sent = content_hash(verb, actor.user_id, user_id, note)
    by = actor.user_id
    if made_before(session, AccountEvent, step_id, sent, author=AccountEvent.actor_id, by=by) is not None:
        return user, True
    if user.area_code is None or not actor.scope.covers(user.area_code):
        raise NotFoundError
    if user.id == actor.user_id:
        raise OwnAccountError
    check_not_above(session, actor, user.id)
    check_account_elsewhere(session, actor, user.id)
    _record(session, user, step_id, sent, step=verb, actor_id=by, note=note)
    return user, False


def _record(session: Session, user: User, step_id: UUID | None, sent: bytes, **values: Any) -> None:
    append_event(
        session,
        AccountEvent,
        step_id,
        sent,
        area_code=user.area_code,
        user_id=user.id,
        at=now(),
        **values,
    )
