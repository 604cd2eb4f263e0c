"""Who may call a view: the outermost decorator of each, and the actor it finds."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import g, request

from app.actors import VISITOR, Actor
from app.api.problems import SignInNeededError
from app.db import db
from app.errors import ForbiddenError
from app.identity import Permission, actor_of, scope_of

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
"""Anybody may call it, signed in or not."""


def allow(permission: Permission | str) -> Callable[[View], View]:
    """Let only those call the view whom the permission table names; PUBLIC lets anybody.

    The view finds the caller, with his reach for this function, in ``actor()``.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.actor = _visitor_or_user() if permission == PUBLIC else _permitted(Permission(permission))
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate


def actor() -> Actor:
    """Give whoever calls this view."""
    return cast("Actor", g.actor)


def bearer() -> str | None:
    """Give the token of the request, if it carries one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def _visitor_or_user() -> Actor:
    token = bearer()
    found = actor_of(db.session(), token) if token else None
    return found or VISITOR


def _permitted(permission: Permission) -> Actor:
    token = bearer()
    found = actor_of(db.session(), token) if token else None
    if found is None:
        raise SignInNeededError
    scope = scope_of(found, permission)
    if scope is None:
        raise ForbiddenError
    return found.within(scope)
