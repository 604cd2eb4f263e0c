"""Sealed fields: personal text encrypted one value at a time, and blind indexes to find it again.

A sealed value says by which suite and which key it was made, so that keys and suites can change while values
sealed before stay readable. Table, column and row are bound in: a value moved elsewhere does not open.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from app.config import Settings, Suite
from app.keys import derived

_FORMAT = 1
_SUITE_BYTES = {Suite.INTL: 1, Suite.GM: 2}
_SUITES = {byte: suite for suite, byte in _SUITE_BYTES.items()}
_NONCE_BYTES = 12
TAG_BYTES = 16


log = structlog.get_logger()
UNREADABLE = "无法读取"
"""Stands in an answer, a file or a copy in the place of a text that does not open."""


class UnreadableError(Exception):
    """A sealed value does not open; the log says where it stands."""


class SealBrokenError(UnreadableError):
    """The value was changed, cut, or belongs to another row or column."""


class KeyGoneError(UnreadableError):
    """The key that sealed the value is no longer on the ring: nobody can read it any more."""


@dataclass(frozen=True)
class Cell:
    """Where a sealed value stands; bound in, so that it opens nowhere else."""

    table: str
    column: str
    row_id: UUID

    def bound(self) -> bytes:
        """Give the bytes that are authenticated with the value."""
        return f"{self.table}|{self.column}|{self.row_id}".encode()


@dataclass(frozen=True)
class Sealer:
    """Seals with the ring's first key, opens with any of them."""

    keys: Mapping[str, bytes] = field(repr=False)
    active: str
    suite: Suite
    index_key: bytes = field(repr=False)
    index_suite: Suite

    @classmethod
    def of(cls, settings: Settings) -> "Sealer":
        """Make the sealer of a process."""
        return cls(
            keys=dict(settings.field_keys),
            active=settings.field_keys[0][0],
            suite=settings.field_suite,
            index_key=settings.index_key,
            index_suite=settings.index_suite,
        )

    def seal(self, text: str, cell: Cell) -> bytes:
        """Encrypt a text for one place in the database."""
        header = self.header()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = gcm(self.suite, self.keys[self.active], nonce).encryptor()
        cipher.authenticate_additional_data(header + cell.bound())
        return header + nonce + cipher.update(text.encode()) + cipher.finalize() + cipher.tag

    def open(self, sealed: bytes, cell: Cell) -> str:
        """Decrypt a value at the place where it stands; where that fails, the log tells the place.

        Raises SealBrokenError, and KeyGoneError if its key was destroyed.
        """
        try:
            return self._opened(sealed, cell)
        except UnreadableError as error:
            _tell(cell, error)
            raise

    def _opened(self, sealed: bytes, cell: Cell) -> str:
        suite, name, start = _header(sealed)
        key = self.keys.get(name)
        if key is None:
            raise KeyGoneError(name)
        nonce = sealed[start : start + _NONCE_BYTES]
        hidden, tag = sealed[start + _NONCE_BYTES : -TAG_BYTES], sealed[-TAG_BYTES:]
        cipher = gcm(suite, key, nonce, tag).decryptor()
        cipher.authenticate_additional_data(sealed[:start] + cell.bound())
        try:
            return (cipher.update(hidden) + cipher.finalize()).decode()
        except InvalidTag as error:
            raise SealBrokenError(cell.table, cell.column) from error

    def header(self) -> bytes:
        """Give what every value begins with that is sealed by the key and suite in use now."""
        name = self.active.encode()
        return bytes((_FORMAT, _SUITE_BYTES[self.suite], len(name))) + name

    def index(self, kind: str, tenant: str, value: str) -> bytes:
        """Give the blind index of a value: equal values of one kind and tenant meet, others tell nothing."""
        key = derived(self.index_key.hex(), f"{kind}|{tenant}")
        mark = bytes((_SUITE_BYTES[self.index_suite],))
        if self.index_suite is Suite.INTL:
            return mark + hmac.new(key, value.encode(), sha256).digest()
        mac = HMAC(key, hashes.SM3())
        mac.update(value.encode())
        return mark + mac.finalize()

    def fingerprint(self, content: bytes) -> bytes:
        """Give what tells the same content again, but lets nobody try out what it might have been."""
        return hmac.new(derived(self.index_key.hex(), "fingerprints"), content, sha256).digest()


class Opener(Protocol):
    """Opens sealed values: a Sealer, or Showing where one that does not open must not hide all others."""

    def open(self, sealed: bytes, cell: Cell) -> str:
        """Decrypt a value at the place where it stands."""


@dataclass(frozen=True)
class Showing:
    """Opens values to be looked at, and never to be written again or compared with."""

    sealer: Sealer

    def open(self, sealed: bytes, cell: Cell) -> str:
        """Decrypt a value, or give UNREADABLE in its place."""
        try:
            return self.sealer.open(sealed, cell)
        except UnreadableError:
            return UNREADABLE


def known(shown: str | None) -> str | None:
    """Give a number that Showing opened; None where it did not open, so that it counts as absent.

    For values that are never UNREADABLE themselves, and steps that may go on without them.
    """
    return None if shown == UNREADABLE else shown


def _tell(cell: Cell, error: UnreadableError) -> None:
    """Write down where a value does not open, and never what stands there."""
    why = type(error).__name__
    log.error("sealed_unreadable", table=cell.table, column=cell.column, row_id=str(cell.row_id), why=why)


def key_of(sealed: bytes) -> str:
    """Give the name of the key that sealed a value. Raises SealBrokenError."""
    return _header(sealed)[1]


def _header(sealed: bytes) -> tuple[Suite, str, int]:
    """Read suite and key name, and give where the nonce starts."""
    least = 3 + _NONCE_BYTES + TAG_BYTES
    if len(sealed) < least or sealed[0] != _FORMAT or sealed[1] not in _SUITES:
        raise SealBrokenError
    start = 3 + sealed[2]
    if len(sealed) < start + _NONCE_BYTES + TAG_BYTES:
        raise SealBrokenError
    return _SUITES[sealed[1]], sealed[3:start].decode("ascii", "replace"), start


def gcm(suite: Suite, key: bytes, nonce: bytes, tag: bytes | None = None) -> Cipher[modes.GCM]:
    """Make the cipher of a suite; each suite has a key of its own, derived from the one given."""
    own = derived(key.hex(), f"fields {suite}")
    if suite is Suite.INTL:
        return Cipher(algorithms.AES256(own), modes.GCM(nonce, tag))
    return Cipher(algorithms.SM4(own[:16]), modes.GCM(nonce, tag))
