"""Who may call a view: the outermost decorator of each, and the actor it finds."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import g, request

from app import evidence, identity
from app.actors import VISITOR, Actor, Role
from app.api.http.call_rates import count_call
from app.api.http.problems import SignInNeededError
from app.api.http.recording import PUBLIC, Recording, note, reading, recorded
from app.clock import business_day, now
from app.db import db
from app.errors import DomainError, ForbiddenError, Kind, NotFoundError
from app.identity import (
    TAKEN_FOR_ANOTHER,
    Permission,
    SessionKind,
    SessionSupersededError,
    actor_of,
    ended_posts,
    scope_of,
)

View = TypeVar("View", bound=Callable[..., Any])
COOKIE = "__Host-gongdi"
FOR = "Gongdi-For"
"""The header that names the resident for whom a request is made (代办)."""
_NOBODY = UUID(int=0)
__all__ = ["COOKIE", "FOR", "PUBLIC", "actor", "allow", "bearer", "is_browser"]


class ActingNotTakenError(DomainError):
    """What is done in one's own name only was asked for another: refused, not overlooked."""

    code = "acting_not_taken"
    kind = Kind.INVALID


class LetInByCodeError(DomainError):
    """A code of staff let him in, and they may sit here: what is the resident's alone is not done."""

    code = "let_in_by_code"
    kind = Kind.FORBIDDEN


class NotBoundError(DomainError):
    """The function is a resident's, and the account, which has no role, is nobody's yet: bind it first."""

    code = "not_bound"
    kind = Kind.FORBIDDEN


def allow(
    permission: Permission | str,
    *,
    checked: bool = False,
    own_way_in: bool = False,
    kind: SessionKind | None = None,
) -> Callable[[View], View]:
    """Let only those call the view whom the permission table names; PUBLIC lets anybody.

    ``checked`` asks that the caller proved himself in the last five minutes, ``own_way_in`` that no code of
    staff let him in, ``kind`` that his session is of this kind. The view finds the caller, with his reach for
    this function, in ``actor()``.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            with recorded(permission, view) as recording:
                for_another = _named(permission)
                if permission == PUBLIC:
                    g.actor = _visitor_or_user(recording)
                else:
                    g.actor = recording.actor = _permitted(
                        recording, Permission(permission), kind, for_another
                    )
                    if own_way_in and g.actor.code_by is not None:
                        raise LetInByCodeError
                    if checked and not identity.is_checked(g.actor):
                        raise identity.ReauthRequiredError
                return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.checked = checked  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate


def actor() -> Actor:
    """Give whoever calls this view."""
    return cast("Actor", g.actor)


def bearer() -> str | None:
    """Give the token of the request, if it carries one: in its header, or a browser's in its cookie."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind:
        return token.strip() if kind.lower() == "bearer" and token.strip() else None
    return request.cookies.get(COOKIE) or None


def is_browser() -> bool:
    """Say whether the request has its token from a cookie."""
    return not request.headers.get("Authorization") and bool(request.cookies.get(COOKIE))


def _named(permission: Permission | str) -> UUID | None:
    """Give the resident for whom the request is made, if it names one; what is no id is nobody's.

    Raises ActingNotTakenError where nothing is done for another.
    """
    sent = request.headers.get(FOR)
    if sent is None:
        return None
    if permission not in TAKEN_FOR_ANOTHER:
        raise ActingNotTakenError(header=FOR)
    try:
        return UUID(sent)
    except ValueError:
        return _NOBODY


def _visitor_or_user(recording: Recording) -> Actor:
    try:
        return _user(recording) or VISITOR
    except SessionSupersededError:
        return VISITOR


def _user(recording: Recording, for_another: UUID | None = None) -> Actor | None:
    """Find who calls, count the call, and tell the recording of him: he may be refused."""
    token = bearer()
    found = actor_of(db.session(), token, acting_for=for_another) if token else None
    if found:
        count_call(found)  # before the recording knows him: a flood that is refused must not fill the trail
    recording.actor = found or VISITOR
    if found and found.is_due:
        with reading() as session:
            identity.saw(session, found)
    return found


def _permitted(
    recording: Recording, permission: Permission, kind: SessionKind | None, for_another: UUID | None
) -> Actor:
    found = _user(recording, for_another)
    if found is None or (kind is not None and found.session_kind != kind):
        raise SignInNeededError
    if for_another is not None:
        note(acted_for=str(for_another))
        if found.acting is None:
            raise NotFoundError
    scope = scope_of(found, permission)
    if scope is None:
        if scope_of(replace(found, held=found.waiting), permission) is not None:
            raise identity.SecondFactorNeededError
        _check_post(found, permission)
        raise NotBoundError if _lacks_binding(found, permission) else ForbiddenError
    return found.within(scope)


def _check_post(found: Actor, permission: Permission) -> None:
    """Say that his post ended since, where he may have done it before without a network.

    Raises PostEndedError.
    """
    if found.user_id is None or found.acting is not None:
        return
    with reading() as session:
        ended_at = ended_posts.post_ended_at(
            session, found.user_id, permission, since=now() - evidence.CLOCK_BEHIND
        )
    if ended_at is not None:
        raise ended_posts.PostEndedError(on=business_day(ended_at))


def _lacks_binding(found: Actor, permission: Permission) -> bool:
    """Say whether being bound is all that is missing; it tells of nobody but the caller himself.

    Staff are not sent there: what their post does not give them, they are to ask of whoever has it.
    """
    has_post = found.held or found.waiting
    return not has_post and found.home_code is None and Role.RESIDENT in identity.TABLE[permission]
