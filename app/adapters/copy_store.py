"""Files made for one person: written and read piece by piece, sealed by whoever writes them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from obstore import open_writer
from obstore.store import LocalStore, ObjectStore

_PIECE_BYTES = 1 << 20
_BUCKETS_PIECE_BYTES = 8 << 20
"""A bucket takes no part of less than five megabytes but the last."""


class CopyMissingError(FileNotFoundError):
    """The copy's file is not there any more."""


class Sink(Protocol):
    """What takes bytes in order."""

    def write(self, data: bytes, /) -> int:
        """Take them."""


class CopyStore:
    """One file a row, beside the photos in their object store, in a folder that no photo is in."""

    def __init__(self, store: ObjectStore, folder: str) -> None:
        self._store, self._folder = store, folder

    def writer(self, copy_id: UUID) -> AbstractContextManager[Sink]:
        """Open a file to be written; it is there once the block ends well."""
        at_once = _PIECE_BYTES if isinstance(self._store, LocalStore) else _BUCKETS_PIECE_BYTES
        return open_writer(self._store, self._key(copy_id), buffer_size=at_once)

    def pieces(self, copy_id: UUID) -> Iterator[bytes]:
        """Give the file in pieces of about a megabyte. Raises CopyMissingError before the first one."""
        try:
            found = self._store.get(self._key(copy_id))
        except FileNotFoundError as error:
            raise CopyMissingError(str(copy_id)) from error
        return (bytes(piece) for piece in found.stream(min_chunk_size=_PIECE_BYTES))

    def delete(self, copy_id: UUID) -> None:
        """Remove the file; one that is not there is removed already."""
        try:
            self._store.delete(self._key(copy_id))
        except FileNotFoundError:  # a local folder says so, S3 does not
            return

    def _key(self, copy_id: UUID) -> str:
        return f"{self._folder}/{copy_id}.sealed"
