"""Printed place codes: issue, resolve, revoke. A code names a place and proves no presence."""

import base64
import hmac
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.ids import new_id
from app.models import Place, PlaceCode
from app.places.listings import place_in_scope

_SIGNS = string.ascii_letters + string.digits
_SERIAL_LENGTH = 9
_VERSION = "1"
_MOVING_DIGITS = 6
_SEAL_LENGTH = 21
"""21 signs of base64url are 126 bits; with version, serial and point the code is 32 signs long,
which is what a WeChat scene may hold."""
CODE_LENGTH = len(_VERSION) + _SERIAL_LENGTH + 1 + _SEAL_LENGTH


class CodeRevokedError(DomainError):
    """The sheet was revoked; a newer one hangs, or should hang, at the place."""

    code = "code_revoked"
    kind = Kind.GONE


class CodeVersionError(DomainError):
    """The code in use is another version than the caller thought (data: ``version``)."""

    code = "code_version"
    kind = Kind.CONFLICT


class CodeWithdrawnError(DomainError):
    """The place had codes, and the last one was revoked without a reprint (data: ``place``, ``version``)."""

    code = "code_withdrawn"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class CodeSigner:
    """Seals serials so that nobody can make up a code; the key never leaves the server."""

    key: bytes
    public_url: str

    def code(self, serial: str) -> str:
        """Give the code as printed: version, serial, point, seal."""
        body = self.start(serial)
        return f"{body}.{self._seal(body)}"

    @staticmethod
    def start(serial: str) -> str:
        """Give the code up to the point: it names the place and, without the seal, opens nothing."""
        return _VERSION + serial

    def url(self, serial: str) -> str:
        """Give the address that the printed code carries."""
        return f"{self.public_url}/q/{self.code(serial)}"

    def serial(self, code: str) -> str | None:
        """Give the serial of a well-sealed code, or None; compared in constant time, before any look-up."""
        body, _, seal = code.partition(".")
        whole = len(code) == CODE_LENGTH and code.isascii() and body.startswith(_VERSION)
        right = hmac.compare_digest(self._seal(body).encode(), seal.encode())
        return body[len(_VERSION) :] if whole and right else None

    def moving(self, showing_id: UUID, window: int) -> str:
        """Give the six digits that somebody who shows codes at a place has for one stretch of time."""
        digest = hmac.new(self.key, f"moving {showing_id} {window}".encode(), sha256).digest()
        return f"{int.from_bytes(digest[:8]) % 10**_MOVING_DIGITS:0{_MOVING_DIGITS}}"

    def _seal(self, body: str) -> str:
        digest = hmac.new(self.key, body.encode(), sha256).digest()
        return _base64url(digest)[:_SEAL_LENGTH]


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def resolve(session: Session, signer: CodeSigner, code: str) -> PlaceCode:
    """Give the code's row, with its place.

    Raises NotFoundError for a code that we did not print, CodeRevokedError for a revoked sheet.
    """
    found = find(session, signer, code)
    if found is None:
        raise NotFoundError
    if found.revoked_at is not None:
        raise CodeRevokedError(place_id=found.place_id)
    return found


def find(session: Session, signer: CodeSigner, code: str | None) -> PlaceCode | None:
    """Give the row of a well-sealed code, revoked or not, or None."""
    serial = signer.serial(code) if code else None
    if serial is None:
        return None
    return session.scalars(
        select(PlaceCode).where(PlaceCode.serial == serial).options(joinedload(PlaceCode.place))
    ).one_or_none()


def issue(session: Session, actor: Actor, place_id: UUID) -> PlaceCode:
    """Give the place's code in use, making the very first one; after a revoked one the next is a reprint's.

    So a copy that comes late brings back nothing that was revoked. Raises NotFoundError, CodeWithdrawnError.
    """
    place = place_in_scope(session, actor, place_id, lock=True)
    in_use = _in_use(session, place_id)
    if in_use is not None:
        return in_use
    last = _last(session, place_id)
    if last:
        raise CodeWithdrawnError(place=place.name, version=last)
    return _make(session, actor, place, version=1)


def issue_all(session: Session, actor: Actor, place_ids: Sequence[UUID]) -> list[PlaceCode]:
    """Give the codes in use of several places, in the order asked, making the first of each that has none.

    The places are locked in the order of their ids, so that two sheets made at once do not wait for each
    other. Raises NotFoundError, CodeWithdrawnError.
    """
    codes = {place_id: issue(session, actor, place_id) for place_id in sorted(set(place_ids))}
    return [codes[place_id] for place_id in place_ids]


def reprint(session: Session, actor: Actor, place_id: UUID, *, version: int, reason: str) -> PlaceCode:
    """Revoke a version and make the next; the same call again gives the one it made.

    Raises CodeVersionError if another version is in use, NotFoundError.
    """
    place = place_in_scope(session, actor, place_id, lock=True)
    current = _in_use(session, place_id)
    last = _last(session, place_id)
    if current is not None and current.version == version + 1:
        return current
    if last != version:
        raise CodeVersionError(version=last)
    if current is not None:
        _revoke(current, actor, reason)
        session.flush()
    return _make(session, actor, place, version=version + 1)


def revoke(session: Session, actor: Actor, place_id: UUID, *, version: int, reason: str) -> PlaceCode:
    """Revoke a version of a place's code; the same call again changes nothing. Raises NotFoundError."""
    place_in_scope(session, actor, place_id, lock=True)
    row = session.scalars(
        select(PlaceCode).where(PlaceCode.place_id == place_id, PlaceCode.version == version)
    ).one_or_none()
    if row is None:
        raise NotFoundError(field="version")
    if row.revoked_at is None:
        _revoke(row, actor, reason)
    return row


def codes_of(session: Session, place_id: UUID) -> list[PlaceCode]:
    """List all versions of a place's code, the newest first."""
    query = select(PlaceCode).where(PlaceCode.place_id == place_id)
    return list(session.scalars(query.order_by(PlaceCode.version.desc()).limit(100)))


def _in_use(session: Session, place_id: UUID) -> PlaceCode | None:
    query = select(PlaceCode).where(PlaceCode.place_id == place_id, PlaceCode.revoked_at.is_(None))
    return session.scalars(query.options(joinedload(PlaceCode.place))).one_or_none()


def _last(session: Session, place_id: UUID) -> int:
    query = select(PlaceCode.version).where(PlaceCode.place_id == place_id)
    return session.scalars(query.order_by(PlaceCode.version.desc()).limit(1)).one_or_none() or 0


def _make(session: Session, actor: Actor, place: Place, *, version: int) -> PlaceCode:
    row = PlaceCode(
        id=new_id(),
        area_code=place.area_code,
        place_id=place.id,
        version=version,
        serial="".join(secrets.choice(_SIGNS) for _ in range(_SERIAL_LENGTH)),
        issued_at=now(),
        issued_by=actor.user_id,
        place=place,
    )
    session.add(row)
    return row


def _revoke(row: PlaceCode, actor: Actor, reason: str) -> None:
    row.revoked_at = now()
    row.revoked_by = actor.user_id
    row.revoked_reason = reason
