"""Who may call a view: the outermost decorator of each, and the actor it finds."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from flask import g, request

from app import identity
from app.actors import VISITOR, Actor
from app.api.call_rates import count_call
from app.api.problems import SignInNeededError
from app.api.recording import PUBLIC, Recording, reading, recorded
from app.db import db
from app.errors import ForbiddenError
from app.identity import Permission, SessionKind, SessionSupersededError, actor_of, scope_of

View = TypeVar("View", bound=Callable[..., Any])
COOKIE = "__Host-gongdi"
__all__ = ["COOKIE", "PUBLIC", "actor", "allow", "bearer", "is_browser"]


def allow(
    permission: Permission | str, *, checked: bool = False, kind: SessionKind | None = None
) -> Callable[[View], View]:
    """Let only those call the view whom the permission table names; PUBLIC lets anybody.

    ``checked`` asks that the caller proved himself in the last five minutes, ``kind`` that his session is of
    this kind. The view finds the caller, with his reach for this function, in ``actor()``.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            with recorded(permission, view) as recording:
                if permission == PUBLIC:
                    g.actor = _visitor_or_user(recording)
                else:
                    g.actor = recording.actor = _permitted(recording, Permission(permission), kind)
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


def _visitor_or_user(recording: Recording) -> Actor:
    try:
        return _user(recording) or VISITOR
    except SessionSupersededError:
        return VISITOR


def _user(recording: Recording) -> Actor | None:
    """Find who calls, count the call, and tell the recording of him: he may be refused."""
    token = bearer()
    found = actor_of(db.session(), token) if token else None
    if found:
        count_call(found)  # before the recording knows him: a flood that is refused must not fill the trail
    recording.actor = found or VISITOR
    if found and found.is_due:
        with reading() as session:
            identity.saw(session, found)
    return found


def _permitted(recording: Recording, permission: Permission, kind: SessionKind | None) -> Actor:
    found = _user(recording)
    if found is None or (kind is not None and found.session_kind != kind):
        raise SignInNeededError
    scope = scope_of(found, permission)
    if scope is None:
        if scope_of(replace(found, held=found.waiting), permission) is not None:
            raise identity.SecondFactorNeededError
        raise ForbiddenError
    return found.within(scope)
