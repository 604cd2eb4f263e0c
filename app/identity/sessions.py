"""Sessions: opened at sign-in, asked at each request, ended by whatever takes the ground from under them."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, text, true, update
from sqlalchemy.orm import Session

from app.actors import SECOND_FACTOR_ROLES, Actor, Held, Role
from app.clock import business_day, now
from app.config import SessionSettings
from app.errors import DomainError, Kind
from app.identity.acting import ACTING_COLUMNS, ACTING_JOINS, acting_as
from app.identity.inviters import INVITER_OF_USER
from app.ids import new_id
from app.models import EndReason, RefreshToken, SessionKind, SignIn, User
from app.people import HOMES_OF_USER, STILL_AT_HOME

_TOKEN_BYTES = 32
_SEEN_EVERY = timedelta(minutes=1)


class SessionSupersededError(DomainError):
    """The account signed in elsewhere since, and more sessions than allowed would have been open."""

    code = "session_superseded"
    kind = Kind.UNKNOWN_PERSON


class SessionOverError(DomainError):
    """The session ended in the moment in which it should go on under another token."""

    code = "session_over"
    kind = Kind.UNKNOWN_PERSON


@dataclass(frozen=True)
class Opened:
    """An open session and its token, which is stored nowhere."""

    token: str
    session: SignIn
    refresh_token: str | None = None
    area_code: str | None = None
    """Of the user."""


def new_token() -> str:
    """Make a token that nobody guesses: 256 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hashed(token: str) -> bytes:
    """Give what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def open_session(
    session: Session,
    rules: SessionSettings,
    user_id: UUID,
    *,
    kind: SessionKind,
    token: str,
    family_id: UUID | None = None,
    second_factor_at: datetime | None = None,
    checked_at: datetime | None = None,
    address_hash: bytes | None = None,
) -> SignIn:
    """Open a session under this token; of too many at the console the oldest end and are told why."""
    at, sign_in_id, console = now(), new_id(), kind is SessionKind.CONSOLE
    opened = SignIn(
        id=sign_in_id,
        user_id=user_id,
        family_id=family_id or sign_in_id,
        token_hash=hashed(token),
        kind=kind,
        created_at=at,
        expires_at=at + timedelta(hours=rules.console_hours if console else rules.app_hours),
        idle_s=60 * (rules.console_idle_minutes if console else rules.app_idle_minutes),
        last_seen_at=at,
        second_factor_at=second_factor_at,
        checked_at=checked_at,
        address_hash=address_hash,
    )
    session.add(opened)
    session.flush()
    if console:
        _end_surplus(session, user_id, rules.console_most)
    return opened


def _end_surplus(session: Session, user_id: UUID, most: int) -> None:
    """End all console sessions but the newest ones; parallel sign-ins of one account take their turns."""
    take_turn(session, user_id)
    surplus = session.scalars(
        select(SignIn.id)
        .where(SignIn.user_id == user_id, SignIn.kind == SessionKind.CONSOLE, SignIn.ended_at.is_(None))
        .order_by(SignIn.id.desc())
        .offset(most)
    ).all()
    if surplus:
        _end(session, SignIn.id.in_(surplus), EndReason.SUPERSEDED)


def take_turn(session: Session, user_id: UUID) -> None:
    """Lock a user's row, so that his sessions are opened and ended one after the other.

    Whoever ends sessions sees none that is being opened beside him. So whoever opens one, and whoever ends
    all of a user or a family, waits here, and looks only then whether the ground it stands on is there.
    """
    session.execute(text("SELECT FROM users WHERE id = :id FOR NO KEY UPDATE"), {"id": user_id})


def sign_out(session: Session, actor: Actor) -> None:
    """End the actor's session, and those that go on from the same sign-in."""
    assert actor.user_id is not None, "a view for signed-in people"
    take_turn(session, actor.user_id)
    _end_goings_on(session, SignIn.id == actor.session_id)


def whose_session(token_hash: bytes | None) -> ColumnElement[bool]:
    """Say in SQL whose account a session is: locked with that of whoever signs in in its place."""
    if token_hash is None:
        return false()
    return User.id.in_(select(SignIn.user_id).where(SignIn.token_hash == token_hash))


def end_replaced(session: Session, token_hash: bytes | None) -> None:
    """End the session that a browser had before it signed in anew: its cookie is overwritten (ASVS 7.2.4).

    Whose it was is locked: else two people who sign in in each other's browsers, and each have one session
    too many, would each end one and wait for the other's.
    """
    if token_hash is not None:
        _end_goings_on(session, SignIn.token_hash == token_hash)


def end_session(session: Session, token: str, why: EndReason) -> None:
    """End one session at once; ending it again changes nothing."""
    _end(session, SignIn.token_hash == hashed(token), why)


def end_family(session: Session, family_id: UUID, why: EndReason) -> None:
    """End all sessions that went on from one sign-in."""
    _end(session, SignIn.family_id == family_id, why)


def end_sessions_of(
    session: Session, users: Collection[UUID], why: EndReason, *, but: UUID | None = None
) -> None:
    """End all sessions of these users at once, but for the one from which the wish came."""
    _end(session, SignIn.user_id.in_(users) & (SignIn.id != but if but else true()), why)


def shorten(opened: SignIn, until: datetime | None) -> None:
    """Let a session last no longer than until then, where that is known."""
    if until is not None:
        opened.expires_at = min(opened.expires_at, until)


def shorten_sessions_of(session: Session, user_id: UUID, until: datetime) -> None:
    """Let no session of a user last longer than until then."""
    which = (SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.expires_at > until)
    session.execute(update(SignIn).where(*which).values(expires_at=until))


def _end_goings_on(session: Session, which: ColumnElement[bool]) -> None:
    """End, as by signing out, one session and all that go on from the same sign-in."""
    family = select(SignIn.family_id).where(which).scalar_subquery()
    _end(session, SignIn.family_id == family, EndReason.SIGNED_OUT)
    session.execute(
        update(RefreshToken)
        .where(RefreshToken.family_id == family, RefreshToken.ended_at.is_(None))
        .values(ended_at=now())
    )


def _end(session: Session, which: ColumnElement[bool], why: EndReason) -> None:
    session.execute(
        update(SignIn).where(which, SignIn.ended_at.is_(None)).values(ended_at=now(), end_reason=why)
    )


_WHO = """
    SELECT s.id, s.kind, s.expires_at, s.last_seen_at, s.idle_s, s.second_factor_at, s.checked_at,
           s.ended_at, s.end_reason, s.let_in_by, {inviter}, u.id, u.name, u.disabled_at,
           r.id, r.household_id, h.area_code,
           ARRAY(SELECT g.role || ' ' || g.area_code FROM grants g
                 WHERE g.user_id = u.id AND g.ended_at IS NULL AND g.valid_from <= :at
                   AND (g.valid_until IS NULL OR g.valid_until > :at)),
           CASE WHEN EXISTS (SELECT FROM grants g WHERE g.user_id = u.id AND g.ended_at IS NULL)
                THEN ARRAY({homes}) END{columns}
    FROM sign_ins s JOIN users u ON u.id = s.user_id
    LEFT JOIN residents r ON r.id = u.resident_id
    LEFT JOIN households h ON h.id = r.household_id{joins}
    WHERE {which}
    """
_PARTS = {"homes": HOMES_OF_USER, "inviter": INVITER_OF_USER}
_BY_TOKEN, _BY_ID = "s.token_hash = :hash", "s.id = :session_id"
_WHO_ASKS = {one: text(_WHO.format(**_PARTS, which=one, columns="", joins="")) for one in (_BY_TOKEN, _BY_ID)}
_WHO_ACTS = {
    one: text(_WHO.format(**_PARTS, which=one, columns=ACTING_COLUMNS, joins=ACTING_JOINS))
    for one in (_BY_TOKEN, _BY_ID)
}
_OWN_COLUMNS = 19


def actor_of(session: Session, token: str, *, acting_for: UUID | None = None) -> Actor | None:
    """Give who holds the token, with the grants in force now; None if it is unknown or over.

    Where the request names a resident for whom it is made, the actor is ``acting`` for him; if he may not, he
    is himself without ``acting``, and the caller refuses.

    One query at each request: a changed grant, a disabled user or a sign-out works at the next. The roles
    that need a second factor wait in ``Actor.waiting`` until the session has one.

    Raises SessionSupersededError.
    """
    return _found(session, _BY_TOKEN, {"hash": hashed(token)}, acting_for)


def actor_of_session(session: Session, session_id: UUID, *, acting_for: UUID | None = None) -> Actor | None:
    """Give whose session this is, as ``actor_of`` does: for what a session was handed and comes without it.

    The id is no secret: whoever names one has proved nothing by it.
    """
    try:
        return _found(session, _BY_ID, {"session_id": session_id}, acting_for)
    except SessionSupersededError:
        return None


def _found(session: Session, which: str, named: dict[str, Any], acting_for: UUID | None) -> Actor | None:
    at = now()
    asked = named | {"at": at, "since": at - STILL_AT_HOME}
    if acting_for is None:
        row = session.execute(_WHO_ASKS[which], asked).one_or_none()
    else:
        asked |= {"resident_id": acting_for, "day": business_day()}
        row = session.execute(_WHO_ACTS[which], asked).one_or_none()
    if row is None:
        return None
    own = row[:_OWN_COLUMNS]
    (session_id, kind, expires_at, seen_at, idle_s, second_factor_at, checked_at, ended_at, why, *who) = own
    code_by, inviter, user_id, name, disabled_at, *who = who
    resident_id, household_id, home_code, grants, homes = who
    if why == EndReason.SUPERSEDED:
        raise SessionSupersededError
    if ended_at or disabled_at or at >= expires_at or at >= seen_at + timedelta(seconds=idle_s):
        return None
    held = [Held(Role(role), area_code) for role, _, area_code in (pair.partition(" ") for pair in grants)]
    waiting = () if second_factor_at else tuple(one for one in held if one.role in SECOND_FACTOR_ROLES)
    actor = Actor(
        user_id=user_id,
        name=name,
        resident_id=resident_id,
        household_id=household_id,
        home_code=home_code,
        other_homes=frozenset(homes or ()),
        held=tuple(one for one in held if one not in waiting),
        waiting=waiting,
        session_id=session_id,
        session_kind=kind,
        code_by=code_by,
        inviter=inviter,
        checked_at=checked_at,
        is_due=at - seen_at >= _SEEN_EVERY,
    )
    if acting_for is None:
        return actor
    return replace(actor, **(acting_as(actor.held, tuple(row[_OWN_COLUMNS:])) or {}))


def saw(session: Session, actor: Actor) -> None:
    """Note that the session was used just now, so that it does not end idle."""
    at = now()
    session.execute(
        update(SignIn)
        .where(SignIn.id == actor.session_id, SignIn.last_seen_at <= at - _SEEN_EVERY)
        .values(last_seen_at=at)
    )
