"""Keys and algorithms of the trail: MACs of entries, hashes of links, signatures of checkpoints.

Each result says in its first byte by which algorithm it was made, so that the suite may change while what was
written before stays verifiable.
"""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from app.config import Settings, Suite
from app.keys import derived

_SHA256, _SM3 = b"\x01", b"\x02"
_MARKS = {Suite.INTL: _SHA256, Suite.GM: _SM3}
BEGINNING = b""
"""Stands for the hash before the first link."""


@dataclass(frozen=True)
class AuditKeys:
    """Makes and checks what protects the trail; SHA-256 or SM3 (GB/T 32905) by the suite."""

    entry_key: bytes = field(repr=False)
    checkpoint_key: bytes = field(repr=False)
    suite: Suite = Suite.INTL

    @classmethod
    def of(cls, settings: Settings) -> "AuditKeys":
        """Derive the keys of a process from its secret."""
        return cls(
            entry_key=derived(settings.secret_key, "audit entries"),
            checkpoint_key=derived(settings.secret_key, "audit checkpoints"),
            suite=settings.field_suite,
        )

    def mac(self, content: bytes) -> bytes:
        """Give the MAC of an entry's content."""
        return _mac(_MARKS[self.suite], self.entry_key, content)

    def is_mac(self, content: bytes, mac: bytes) -> bool:
        """Say whether this is the MAC of the content, by whichever suite."""
        return _is_mac(self.entry_key, content, mac)

    def linked(self, before: bytes, content: bytes, mac: bytes) -> bytes:
        """Give the hash of the link of an entry behind the hash of the link before."""
        return _linked(_MARKS[self.suite], before, content, mac)

    def is_linked(self, made: bytes, before: bytes, content: bytes, mac: bytes) -> bool:
        """Say whether this is the hash of the link, by whichever suite."""
        mark = made[:1]
        return mark in _MARKS.values() and hmac.compare_digest(made, _linked(mark, before, content, mac))

    def signature(self, head: bytes) -> bytes:
        """Give the signature of a checkpoint's content."""
        return _mac(_MARKS[self.suite], self.checkpoint_key, head)

    def is_signature(self, head: bytes, signature: bytes) -> bool:
        """Say whether this is the signature of a checkpoint's content."""
        return _is_mac(self.checkpoint_key, head, signature)


def _mac(mark: bytes, key: bytes, content: bytes) -> bytes:
    if mark == _SHA256:
        return mark + hmac.digest(key, content, "sha256")
    made = HMAC(key, hashes.SM3())
    made.update(content)
    return mark + made.finalize()


def _is_mac(key: bytes, content: bytes, mac: bytes) -> bool:
    mark = mac[:1]
    return mark in _MARKS.values() and hmac.compare_digest(mac, _mac(mark, key, content))


def _linked(mark: bytes, before: bytes, content: bytes, mac: bytes) -> bytes:
    """Hash the entry's own hash, which has one length, and the hash before: nothing can slide between."""
    return mark + _hash(mark, _hash(mark, content + mac) + before)


def _hash(mark: bytes, content: bytes) -> bytes:
    if mark == _SHA256:
        return sha256(content).digest()
    made = hashes.Hash(hashes.SM3())
    made.update(content)
    return made.finalize()
