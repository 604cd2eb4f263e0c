"""A file sealed piece by piece under a key of its own: it can be written and read without being in memory.

Each piece is bound to its file, its place and to whether it is the last, so none can be left out, moved or
cut off. A key seals one file only, so a piece's number is a nonce that never comes twice.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag

from app.adapters import Sink
from app.config import Suite
from app.sealing import TAG_BYTES, SealBrokenError, gcm

PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class FileKey:
    """The key of one file."""

    file_id: UUID
    suite: Suite
    key: bytes

    @classmethod
    def new(cls, file_id: UUID, suite: Suite) -> "FileKey":
        """Make a key."""
        return cls(file_id, suite, secrets.token_bytes(32))

    @classmethod
    def parse(cls, file_id: UUID, text: str) -> "FileKey":
        """Read back what ``str`` gave."""
        suite, _, key = text.partition(":")
        return cls(file_id, Suite(suite), bytes.fromhex(key))

    def __str__(self) -> str:
        return f"{self.suite}:{self.key.hex()}"

    def bound(self, number: int, *, last: bool) -> bytes:
        """Give what is authenticated with a piece."""
        return f"{self.file_id}|{number}|{last}".encode()


class SealingSink:
    """Takes a file's bytes in order, and hands them on sealed; ``close`` writes the last piece."""

    def __init__(self, sink: Sink, key: FileKey) -> None:
        self._sink, self._key = sink, key
        self._waiting = bytearray()
        self._number = 0
        self.size = 0
        """Bytes taken so far."""

    def write(self, data: bytes, /) -> int:
        """Take bytes."""
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) > PIECE_BYTES:
            self._seal(bytes(self._waiting[:PIECE_BYTES]), last=False)
            del self._waiting[:PIECE_BYTES]
        return len(data)

    def flush(self) -> None:
        """Do nothing: a piece is written when it is full."""

    def close(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        cipher = gcm(self._key.suite, self._key.key, _nonce(self._number)).encryptor()
        cipher.authenticate_additional_data(self._key.bound(self._number, last=last))
        self._sink.write(cipher.update(piece) + cipher.finalize() + cipher.tag)
        self._number += 1


def opened(pieces: Iterator[bytes], key: FileKey) -> Iterator[bytes]:
    """Give a sealed file's bytes in order. Raises SealBrokenError where it was changed or cut off."""
    waiting, number, whole = bytearray(), 0, PIECE_BYTES + TAG_BYTES
    for piece in pieces:
        waiting += piece
        while len(waiting) > whole:
            yield _open(bytes(waiting[:whole]), key, number, last=False)
            del waiting[:whole]
            number += 1
    yield _open(bytes(waiting), key, number, last=True)


def _open(sealed: bytes, key: FileKey, number: int, *, last: bool) -> bytes:
    if len(sealed) < TAG_BYTES:
        raise SealBrokenError
    hidden, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    cipher = gcm(key.suite, key.key, _nonce(number), tag).decryptor()
    cipher.authenticate_additional_data(key.bound(number, last=last))
    try:
        return cipher.update(hidden) + cipher.finalize()
    except InvalidTag as error:
        raise SealBrokenError from error


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
