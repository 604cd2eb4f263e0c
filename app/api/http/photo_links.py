"""Short-lived addresses of photos: for whom one was sealed, and whether he may still have it.

An address belongs to the session that was shown it. When it is fetched, the session is looked up anew: signed
out, disabled, unbound or without the grant he had, and it opens nothing. What cannot be had: an `<img>` of a
mini-program sends no token, so whoever is handed an address within its minutes opens the one file. A browser
sends its cookie along, and then only the holder's own is taken.
"""

from typing import Any
from uuid import UUID

from flask import url_for

from app import evidence, identity
from app.actors import Actor
from app.api.http.allow import actor
from app.api.http.fields import Input, Text, uid
from app.api.http.parts import parts
from app.api.http.recording import transaction
from app.errors import ForbiddenError, NotFoundError
from app.evidence import Copy


class LinkInput(Input):
    """What a short-lived address carries: until when, whose session, for whom he acts, and the seal."""

    until = Text(20, load_default="")
    by = Text(36, load_default="")
    acting = uid(load_default=None)
    seal = Text(100, load_default="")


def photo_urls(photo_id: UUID) -> dict[str, str]:
    """Give ``thumb_url`` and ``large_url`` of a photo that arrived: for whoever asks, for minutes."""
    return {f"{copy}_url": _url(photo_id, copy) for copy in evidence.COPIES}


def check_link(photo_id: UUID, copy: Copy, *, until: str, by: str, acting: UUID | None, seal: str) -> None:
    """Look whether an address opens its file still.

    Raises NotFoundError, and ForbiddenError where somebody else, who is signed in, brings it.
    """
    try:
        session_id = UUID(by)
    except ValueError:
        raise NotFoundError from None
    with transaction() as session:
        holder = identity.sessions.actor_of_session(session, session_id, acting_for=acting)
        is_shown = evidence.is_shown(session, photo_id)
    if holder is None or (holder.acting is None) != (acting is None):
        raise NotFoundError
    if not evidence.link_holds(parts().link_key, photo_id, copy, _rights(holder), until=until, seal=seal):
        raise NotFoundError
    if actor().user_id not in {None, holder.user_id}:
        raise ForbiddenError
    if not is_shown:
        raise NotFoundError


def _url(photo_id: UUID, copy: Copy) -> str:
    holder = actor()
    assert holder.session_id is not None, "nobody is shown a photo who is not signed in"
    sealed: dict[str, Any] = evidence.seal_link(parts().link_key, photo_id, copy, _rights(holder))
    if holder.acting is not None:
        sealed["acting"] = str(holder.acting.resident_id)
    return url_for("photos.get_photo_file", photo_id=photo_id, copy=copy, by=holder.session_id, **sealed)


def _rights(holder: Actor) -> str:
    """Write down all that somebody's reading hangs on: if any of it changes, his addresses end."""
    grants = sorted(f"{held.role}@{held.area_code}" for held in holder.held)
    acting = sorted(holder.acting.functions) if holder.acting else "himself"
    return (
        f"{holder.session_id} {holder.user_id} {holder.resident_id} {holder.household_id} {grants} {acting}"
    )
