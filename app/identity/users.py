"""Users and their grants: made by the system administrator, empowered by the security administrator."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.actors import Actor, Role, Scope
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.identity.approvals import use_approval
from app.identity.grantable import (
    ADMINISTRATORS,
    GrantOpenError,
    OwnGrantError,
    check_disjoint,
    check_level,
    check_not_given,
    check_room,
)
from app.identity.holders import in_force
from app.identity.officers import OFFICERS, has_officer, tell_first
from app.identity.phones import sealed_phone
from app.identity.refreshing import end_refreshing_of
from app.identity.sessions import end_sessions_of
from app.identity.watched_posts import WATCHED, tell_if_last, tell_of_grant, told_of_grant, watchers
from app.identity.ways_in import end_codes
from app.models import ApprovalKind, Area, EndReason, Grant, User
from app.once import content_hash, insert_once, made_before
from app.people import check_account_elsewhere, lock_accounts, lock_fully
from app.places import AreaUnknownError
from app.sealing import Sealer


class PhoneTakenError(DomainError):
    """Another user has this phone number."""

    code = "phone_taken"
    kind = Kind.CONFLICT


class AccountAboveError(DomainError):
    """The account has a role that reaches beyond the administrator's areas: one over those must see to it."""

    code = "account_above"
    kind = Kind.FORBIDDEN


class GrantSpanError(DomainError):
    """The grant would end before it starts."""

    code = "grant_span"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewUser:
    """What it takes to make a user."""

    area_code: str
    phone: str
    name: str


@dataclass(frozen=True)
class NewGrant:
    """What it takes to grant a role."""

    user_id: UUID
    role: Role
    area_code: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def make_user(
    session: Session, actor: Actor, sealer: Sealer, user_id: UUID, new: NewUser
) -> tuple[User, bool]:
    """Make a user; an invitation lets him set his password.

    Who he is on the roster he shows himself (``binding_proofs``): an administrator who could say it would be
    any resident whom he likes. The same user again is the first one, though the actor's areas are others.

    Raises NotFoundError (the area is outside the actor's), AreaUnknownError, PhoneTakenError,
    OtherContentError.
    """
    values = {key: value for key, value in asdict(new).items() if key != "phone"}
    sent = content_hash(actor.user_id, values, sealer.fingerprint(new.phone.encode()).hex())
    first = made_before(session, User, user_id, sent)
    if first is not None:
        return first, False
    _check_area(session, actor, new.area_code)
    lock_accounts(session, User.id == actor.user_id)
    phone = sealed_phone(sealer, user_id, new.phone)
    return insert_once(
        session,
        User,
        user_id,
        sent,
        taken=PhoneTakenError(field="phone"),
        created_at=now(),
        area_code=new.area_code,
        name=new.name,
        **phone,
    )


def grant_payload(grant_id: UUID, new: NewGrant) -> dict[str, Any]:
    """Give what an approval of a grant is bound to."""
    values = {name: str(value) if value is not None else None for name, value in asdict(new).items()}
    span = {
        name: moment.astimezone(UTC).isoformat() if moment else None
        for name, moment in (("valid_from", new.valid_from), ("valid_until", new.valid_until))
    }
    return {"id": str(grant_id), **values, **span}


def grant(
    session: Session, actor: Actor, grant_id: UUID, new: NewGrant, *, approval_id: UUID | None = None
) -> tuple[Grant, bool]:
    """Give a role in an area to a user; an administrator's needs an approval, and an officer's but the first.

    The security administrator holds the power to grant, as far as his own area: no area of his, no grant.
    The same grant again is the first one, though the user moved or got another role since. Of a role above
    grid worker he and those who watch are told. He signs in anew: what a code of staff had opened before,
    whoever used it, goes on as nobody with a post.

    Raises OwnGrantError, OwnHouseholdError, GrantOpenError, RolesExcludeError, GrantSpanError, NotFoundError
    (the area or the user is outside the actor's areas), AreaUnknownError, AreaLevelError, GrantsFullError,
    OtherContentError, and what ``use_approval`` raises.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Grant, grant_id, sent, author=Grant.granted_by, by=actor.user_id)
    if first is not None:
        return first, False
    _check_area(session, actor, new.area_code)
    check_level(new.role, new.area_code)
    if new.user_id == actor.user_id:
        raise OwnGrantError
    told = told_of_grant(session, new.role, new.area_code)
    user = lock_fully(session, new.user_id, beside=User.id.in_([*told, actor.user_id]))
    if user is None or user.area_code is None or not actor.scope.covers(user.area_code):
        raise NotFoundError(field="user_id")
    check_account_elsewhere(session, actor, user.id)
    what = (new.user_id, new.role, new.area_code)
    check_not_given(session, what, new.valid_from, new.valid_until, but=grant_id)
    check_disjoint(session, grant_id, new.user_id, new.role)
    check_room(session, new.user_id)
    by_two = new.role in ADMINISTRATORS or (
        new.role in OFFICERS
        and (approval_id is not None or has_officer(session, new.area_code, but=new.user_id))
    )
    if by_two and session.get(Grant, grant_id) is None:
        payload = grant_payload(grant_id, new)
        use_approval(session, actor, approval_id, ApprovalKind.ADMIN_GRANT, payload)
    values: dict[str, Any] = {**asdict(new), "valid_from": _start(new)}
    open_still = GrantOpenError(field="role")
    values |= {"granted_by": actor.user_id, "created_at": now()}
    given, made = insert_once(session, Grant, grant_id, sent, taken=open_still, **values)
    if made:
        end_sessions_of(session, [new.user_id], EndReason.ROLE_CHANGED)
        end_refreshing_of(session, [new.user_id])
        end_codes(session, new.user_id)
        tell_of_grant(session, given, told)
    if made and new.role in OFFICERS and not by_two:
        tell_first(session, given)
    return given, made


def _check_area(session: Session, actor: Actor, area_code: str) -> None:
    if not actor.scope.covers(area_code):
        raise NotFoundError(field="area_code")
    if session.get(Area, area_code) is None:
        raise AreaUnknownError(field="area_code")


def _start(new: NewGrant) -> datetime:
    """Give when the grant begins: as asked, but not before now: nobody had it then."""
    start = max(new.valid_from or now(), now())
    if new.valid_until is not None and new.valid_until <= start:
        raise GrantSpanError(field="valid_until")
    return start


def end_grant(session: Session, actor: Actor, grant_id: UUID) -> Grant:
    """End a grant now; ending it again changes nothing. That the last administrator of a kind went is told.

    Raises OwnGrantError, OwnHouseholdError, NotFoundError.
    """
    which = (Grant.id == grant_id, actor.scope.clause(Grant.area_code))
    watched = select(Grant.role, Grant.area_code).where(*which, Grant.role.in_(WATCHED))
    told = watchers(session, [(role, area_code) for role, area_code in session.execute(watched)])
    whose = User.id.in_(select(Grant.user_id).where(*which))
    lock_accounts(session, whose | User.id.in_(told))
    row = session.scalars(select(Grant).where(*which).with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError
    if row.user_id == actor.user_id:
        raise OwnGrantError
    if row.ended_at is None:
        check_account_elsewhere(session, actor, row.user_id)
        row.ended_at = now()
        end_sessions_of(session, [row.user_id], EndReason.ROLE_CHANGED)
        session.flush()
        tell_if_last(session, [(row.role, row.area_code)])
    return row


def check_not_above(session: Session, actor: Actor, user_id: UUID) -> None:
    """Refuse to touch how somebody signs in whose roles, now or later, are not all within the actor's areas.

    Whoever lets a county's officer in anew could else go in for him. Raises AccountAboveError.
    """
    lasting = or_(Grant.valid_until.is_(None), Grant.valid_until > now())
    held = session.scalars(
        select(Grant.area_code).where(Grant.user_id == user_id, Grant.ended_at.is_(None), lasting)
    )
    if not all(actor.scope.covers(area_code) for area_code in held):
        raise AccountAboveError


def users(
    session: Session,
    actor: Actor,
    *,
    role: Role | None = None,
    area_code: str | None = None,
    after: UUID | None,
    limit: int,
) -> list[User]:
    """List users of the actor's areas, the newest first, with their grants.

    ``role`` asks for who holds it now, ``area_code`` for whose account or post lies in that area; both for
    who holds the role there. A resident is who an account is bound to: he is where his account is.
    """
    query = (
        select(User)
        .where(actor.scope.clause(User.area_code))
        .options(selectinload(User.grants))
        .order_by(User.id.desc())
        .limit(limit)
    )
    within = None if area_code is None else Scope(areas=(area_code,))
    held = select(Grant.user_id).where(in_force(now()))
    if within is not None:
        held = held.where(within.clause(Grant.area_code))
    if role is Role.RESIDENT:
        query = query.where(User.resident_id.is_not(None), User.disabled_at.is_(None))
        query = query if within is None else query.where(within.clause(User.area_code))
    elif role is not None:
        query = query.where(User.id.in_(held.where(Grant.role == role)))
    elif within is not None:
        query = query.where(or_(within.clause(User.area_code), User.id.in_(held)))
    if after is not None:
        query = query.where(User.id < after)
    return list(session.scalars(query))


def user_in_scope(session: Session, actor: Actor, user_id: UUID) -> User:
    """Give one user with his grants. Raises NotFoundError outside the actor's areas."""
    row = session.scalars(
        select(User)
        .where(User.id == user_id, actor.scope.clause(User.area_code))
        .options(selectinload(User.grants))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row
