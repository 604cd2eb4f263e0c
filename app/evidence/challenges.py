"""The server's challenge: a word that a phone can only have had lately, sent along with one record."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.models import Challenge, Place
from app.once import content_hash, insert_once, made_before
from app.places import place_in_scope

CHALLENGE_LIFE = timedelta(minutes=15)
_NONCE_BYTES = 18
_SHOWN_DIGITS = 4


@dataclass(frozen=True)
class NewChallenge:
    """For which place, on which installation of the app."""

    place_id: UUID
    device_id: UUID


def issue_challenge(session: Session, actor: Actor, step_id: UUID, new: NewChallenge) -> Challenge:
    """Give a word for one record; the same step again gives the same word.

    Raises NotFoundError for a place outside the actor's areas, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Challenge, step_id, sent, author=Challenge.user_id, by=actor.user_id)
    if first is not None:
        return first
    place = place_in_scope(session, actor, new.place_id)
    at = now()
    row, _ = insert_once(
        session,
        Challenge,
        step_id,
        sent,
        area_code=place.area_code,
        place_id=place.id,
        user_id=actor.user_id,
        device_id=new.device_id,
        nonce=secrets.token_urlsafe(_NONCE_BYTES),
        issued_at=at,
        expires_at=at + CHALLENGE_LIFE,
    )
    return row


def shown_digits(nonce: str) -> str:
    """Give the four digits that the worker shows in a photo, so that whoever looks can compare."""
    number = int.from_bytes(hashlib.sha256(nonce.encode()).digest()[:8])
    return f"{number % 10**_SHOWN_DIGITS:0{_SHOWN_DIGITS}}"


def use_challenge(
    session: Session,
    actor: Actor,
    place: Place,
    nonce: str,
    *,
    device_id: UUID | None,
    record_id: UUID,
    received_at: datetime,
) -> str:
    """Use a word up for a record, and say what it is worth; the same record again finds it its own."""
    row = session.scalars(
        select(Challenge)
        .where(Challenge.nonce == nonce)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or (row.user_id, row.place_id, row.device_id) != (actor.user_id, place.id, device_id):
        return "challenge_foreign"
    if row.record_id is not None:
        return "challenge_met" if row.record_id == record_id else "challenge_used"
    row.record_id, row.used_at = record_id, received_at
    return "challenge_met" if received_at <= row.expires_at else "challenge_late"
