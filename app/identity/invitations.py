"""Invitations: a user sets his password by a token that works once, within a day.

Whoever makes one could use it himself, which counts for a year (``inviters``). So of an account with a second
factor the token asks for it, and nobody both takes a second factor away and invites: no administrator alone
becomes somebody with one. A grid worker or resident has none: of the invitation and the password others who
know them are told, not their own inbox alone, and nobody invites whom he lives with. By a password set so
lately nobody gets a copy of data (``check_settled``).
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.clock import SHANGHAI, now
from app.config import PasswordProfile
from app.errors import DomainError, Kind
from app.identity.holders import holders
from app.identity.passwords import set_password
from app.identity.phones import sealed_phone
from app.identity.refreshing import end_refreshing_of
from app.identity.second_factor import WrongCodeError, has_second_factor, prove_code
from app.identity.sessions import end_sessions_of, hashed, new_token
from app.identity.users import PhoneTakenError, check_not_above, user_in_scope
from app.models import AccountEvent, AccountStep, EndReason, Invitation, NoticeKind, Resident, SignIn, User
from app.notices import post
from app.once import content_hash, insert_once, made_before, unique
from app.people import check_account_elsewhere, lock_fully, numbers_of, resident_locked
from app.sealing import Sealer

HOLDS = timedelta(hours=24)
_TOLD = frozenset({Role.COMMUNITY_ADMIN, Role.SECURITY_ADMIN})
SETTLED_AFTER = timedelta(days=7)
"""How long after an invitation set the password no copy is given out: its owner is told, and may say stop."""
_REMEMBERED = timedelta(days=90)
"""How long whoever took somebody's second factor may not invite him, unless he has another one."""


class InvitationOverError(DomainError):
    """The invitation is unknown, used, replaced, or older than a day."""

    code = "invitation_over"
    kind = Kind.GONE


class InvitationOtherAdminError(DomainError):
    """The same administrator took the account's second factor; another one must invite."""

    code = "invitation_other_admin"
    kind = Kind.FORBIDDEN


class PhoneMissingError(DomainError):
    """The account has no phone to sign in with beside a password, nor a resident with one on the roster."""

    code = "phone_missing"
    kind = Kind.CONFLICT


class InvitedLatelyError(DomainError):
    """The password was set by an invitation within seven days: no copy before ``copies_from`` (data)."""

    code = "invited_lately"
    kind = Kind.CONFLICT


def invite(
    session: Session, actor: Actor, sealer: Sealer, invitation_id: UUID, user_id: UUID
) -> tuple[Invitation, str | None]:
    """Invite a user to set his password; give the token this once, and None when it is sent again.

    An earlier invitation of the same user ends, and residents and whoever signed in before are told. A
    resident's account that has no phone gets the roster's: he signs in by it and the password. An account
    with neither comes in by WeChat alone, and a password would be good for nothing. The same again is the
    first one, though the user moved or it was used since.

    Raises NotFoundError, AccountAboveError, OwnHouseholdError, InvitationOtherAdminError, PhoneMissingError,
    PhoneTakenError, OtherContentError.
    """
    sent = content_hash(actor.user_id, user_id)
    first = made_before(session, Invitation, invitation_id, sent, author=Invitation.made_by, by=actor.user_id)
    if first is not None:
        return first, None
    user = user_in_scope(session, actor, user_id)
    # Whoever takes the second factor meanwhile is seen here, or sees this.
    others = _others(session, user)
    lock_fully(session, user.id, beside=User.id.in_([*others, actor.user_id]))
    check_not_above(session, actor, user.id)
    resident = resident_locked(session, user.resident_id) if user.resident_id is not None else None
    check_account_elsewhere(session, actor, user.id)
    if _took_second_factor(session, actor, user):
        raise InvitationOtherAdminError
    if user.phone_sealed is None:
        _take_phone_of_roster(session, sealer, user, resident)
    row, token = write_invitation(session, invitation_id, user.id, made_by=actor.user_id)
    if token is not None and (resident is not None or user.last_signed_in_at is not None):
        _alert(session, user, "invited", others)
    return row, token


def _take_phone_of_roster(session: Session, sealer: Sealer, user: User, resident: Resident | None) -> None:
    """Give a locked account the phone of its resident. Raises PhoneMissingError, PhoneTakenError."""
    phone = numbers_of(sealer, resident).phone if resident is not None else None
    if phone is None:
        raise PhoneMissingError(field="user_id")
    for name, value in sealed_phone(sealer, user.id, phone).items():
        setattr(user, name, value)
    with unique({"uq_users_phone_index": PhoneTakenError(field="user_id")}):
        session.flush()


def _took_second_factor(session: Session, actor: Actor, user: User) -> bool:
    """Say whether the actor lately took the second factor of somebody who has none since."""
    if has_second_factor(session, user.id):
        return False
    took = exists().where(
        AccountEvent.user_id == user.id,
        AccountEvent.step == AccountStep.RESET_SECOND_FACTOR,
        AccountEvent.actor_id == actor.user_id,
        AccountEvent.at > now() - _REMEMBERED,
    )
    return bool(session.scalar(select(took)))


def _others(session: Session, user: User) -> set[UUID]:
    """Give who is told beside a user: the admins of his area, who know him. They are locked with him."""
    return holders(session, user.area_code, _TOLD) - {user.id} if user.area_code is not None else set()


def _alert(session: Session, user: User, what: str, others: set[UUID]) -> None:
    """Tell a user, and those others, what is done to his account."""
    if user.area_code is None:
        return
    post(session, NoticeKind.ACCOUNT_ALERT, to=user.id, area_code=user.area_code, what=what)
    about = {"what": f"{what}_of", "user_id": user.id}
    for user_id in sorted(others):
        post(session, NoticeKind.ACCOUNT_ALERT, to=user_id, area_code=user.area_code, **about)


def write_invitation(
    session: Session, invitation_id: UUID, user_id: UUID, *, made_by: UUID | None
) -> tuple[Invitation, str | None]:
    """Write the invitation of a user whom the caller may invite."""
    token, at = new_token(), now()
    row, made = insert_once(
        session,
        Invitation,
        invitation_id,
        content_hash(made_by, user_id),
        user_id=user_id,
        token_hash=hashed(token),
        made_by=made_by,
        created_at=at,
        expires_at=at + HOLDS,
    )
    if made:
        session.execute(
            update(Invitation)
            .where(
                Invitation.user_id == user_id, Invitation.id != invitation_id, Invitation.ended_at.is_(None)
            )
            .values(ended_at=at)
        )
    return row, token if made else None


def invitation_url(public_url: str, token: str) -> str:
    """Give the address that an invited person opens."""
    return f"{public_url}/invite/{token}"


def invited(session: Session, token: str) -> tuple[User, bool]:
    """Give who is invited by a token that still works, and whether he has a second factor to show.

    Raises InvitationOverError.
    """
    user = _open(session, token)[1]
    return user, has_second_factor(session, user.id)


def accept_invitation(
    session: Session,
    sealer: Sealer,
    key: bytes,
    profile: PasswordProfile,
    *,
    token: str,
    password: str,
    totp: str | None = None,
) -> DomainError | None:
    """Set the password of whoever was invited; whatever he had open before ends.

    Who has a second factor shows it. A wrong code is returned, since it counts. Raises InvitationOverError,
    and what ``set_password`` raises, after which the invitation still works.
    """
    row, user, others = _open(session, token)
    if has_second_factor(session, user.id) and not prove_code(session, sealer, key, user.id, totp or ""):
        return WrongCodeError(field="totp")
    is_first = user.password_hash is None
    set_password(session, sealer, profile, user, password)
    row.ended_at = user.invited_at = now()
    user.invited_by = row.made_by
    end_sessions_of(session, [user.id], EndReason.PASSWORD_CHANGED)
    end_refreshing_of(session, [user.id])
    if user.resident_id is not None or not is_first:
        _alert(session, user, "password_set", others)
    return None


def check_settled(session: Session, actor: Actor) -> None:
    """Refuse what gives the actor's data away while whoever invited him may be the one who asks.

    Not in a session that began with the WeChat which the account had before the invitation: that one is its
    owner's. Raises InvitedLatelyError.
    """
    invited_at = session.get_one(User, actor.user_id).invited_at
    if invited_at is None or now() >= invited_at + SETTLED_AFTER:
        return
    since = session.scalar(select(SignIn.wechat_since).where(SignIn.id == actor.session_id))
    if since is None or since >= invited_at:
        last = invited_at + SETTLED_AFTER + timedelta(seconds=59)
        raise InvitedLatelyError(copies_from=f"{last.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def _open(session: Session, token: str) -> tuple[Invitation, User, set[UUID]]:
    """Lock the user of a token that still works, and who is told, then its invitation; give them.

    Raises InvitationOverError.
    """
    which = Invitation.token_hash == hashed(token)
    invited = session.scalar(select(User).join(Invitation, Invitation.user_id == User.id).where(which))
    if invited is None:
        raise InvitationOverError
    others = _others(session, invited)
    user = lock_fully(session, invited.id, beside=User.id.in_(others))
    assert user is not None, "a foreign key"
    locked = select(Invitation).where(which).with_for_update().execution_options(populate_existing=True)
    row = session.scalars(locked).one_or_none()  # none where the account was closed meanwhile
    if row is None or row.ended_at or now() >= row.expires_at or user.disabled_at:
        raise InvitationOverError
    return row, user, others
