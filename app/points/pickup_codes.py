"""Pick-up codes: shown for an order, good once, for two minutes, and as long as who showed it may show one.

A code is derived from the order and its version, so none is stored.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from app import identity
from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind
from app.models import Redemption
from app.people import held_enabled, lives_in

CODE_BYTES = 16
"""128 bits: not to be guessed within its life."""
CODE_LIFE = timedelta(seconds=120)


class PickupCodeError(DomainError):
    """The pick-up code is not the last one, or too old, or who showed it may no more; which is not told."""

    code = "pickup_code_refused"
    kind = Kind.CONFLICT


class PickupVersionError(DomainError):
    """Another pick-up code was shown than the one the caller knows (data: ``version``, the latest)."""

    code = "pickup_version"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class PickupCode:
    """A code to show at the counter."""

    redemption_id: UUID
    version: int
    code: str
    valid_until: datetime


def next_code(redemption: Redemption, actor: Actor, key: bytes, *, version: int) -> PickupCode:
    """Show the code after a version of a locked, open order; again, to the same person, the one it made.

    Somebody else is not shown it, nor himself by another way in: it hangs on who showed it first. Raises
    PickupVersionError.
    """
    code = _code(key, redemption.id, version + 1)
    shower = (actor.user_id, actor.acted_for, actor.let_in_by)
    if redemption.pickup_version == version:
        redemption.pickup_version += 1
        redemption.pickup_hash = _hash(code)
        redemption.pickup_until = now() + CODE_LIFE
        redemption.pickup_by, redemption.pickup_for, redemption.pickup_let_in_by = shower
    elif (redemption.pickup_version, *_shower(redemption)) != (version + 1, *shower):
        raise PickupVersionError(version=redemption.pickup_version)
    assert redemption.pickup_until is not None, "a code was shown"
    return PickupCode(redemption.id, redemption.pickup_version, code, redemption.pickup_until)


def is_shown(redemption: Redemption, code: str) -> bool:
    """Say whether a code is the one shown last."""
    return redemption.pickup_hash is not None and hmac.compare_digest(redemption.pickup_hash, _hash(code))


def check_good(session: Session, redemption: Redemption, *, shown: bool) -> None:
    """Refuse a code whose time is over, or that of somebody who may show none any more.

    Whoever ends a proxy or a binding, or disables an account, waits for a hand-over under way, or that sees
    its end. Raises PickupCodeError.
    """
    until = redemption.pickup_until
    if not shown or until is None or until <= now():
        raise PickupCodeError
    who, whom = redemption.pickup_by, redemption.pickup_for
    if who is None:  # it was shown before that was kept
        return
    if not held_enabled(session, who):
        raise PickupCodeError
    if whom is not None:
        may = identity.acts_since(session, who, whom, until - CODE_LIFE)
    else:
        may = _leads(session, who, redemption) or lives_in(session, who, redemption.household_id)
    if not may:
        raise PickupCodeError


def _leads(session: Session, user_id: UUID, redemption: Redemption) -> bool:
    """Say whether somebody may show codes for an order by a post that he holds now."""
    reaches = identity.TABLE[identity.Permission.REDEEM]
    posts = [role for role, reach in reaches.items() if reach is identity.Reach.AREA]
    return bool(identity.holders(session, redemption.area_code, posts, among=[user_id]))


def _shower(redemption: Redemption) -> tuple[UUID | None, UUID | None, UUID | None]:
    return redemption.pickup_by, redemption.pickup_for, redemption.pickup_let_in_by


def _code(key: bytes, redemption_id: UUID, version: int) -> str:
    """Derive a code: without the key nobody can tell it from chance."""
    digest = hmac.new(key, f"{redemption_id} {version}".encode(), sha256).digest()
    return base64.urlsafe_b64encode(digest[:CODE_BYTES]).rstrip(b"=").decode()


def _hash(code: str) -> bytes:
    return sha256(code.encode()).digest()
