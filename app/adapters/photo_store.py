"""Photo files by key, in a local folder or any other store that obstore speaks to.

A key is made here from a photo's id and is never a person's text. A file is written once and never changed.
"""

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, S3Store

from app.adapters.clamd import Clamd
from app.adapters.copy_store import CopyStore
from app.config import BucketSettings, Settings

_CONNECT, _ANSWER, _RETRIES = "5s", "30s", 3
"""Of a bucket: nobody waits longer for it, and what is sent again is the same file."""
Copy = Literal["large", "thumb"]
_HEX = "[0-9a-f]"
_KEY = re.compile(rf"{_HEX}{{2}}/{_HEX}{{2}}/{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}-(large|thumb)\.jpg")


class PhotoMissingError(FileNotFoundError):
    """No file has this key: it never arrived, or was removed."""


class PhotoConflictError(FileExistsError):
    """Another file has this key already; it stays as it is."""


def photo_key(photo_id: UUID, copy: Copy) -> str:
    """Return where a copy of a photo lies: ``aa/bb/<id>-large.jpg``.

    The folders are the id's last digits, which are random in a UUIDv7, so every folder stays small.
    """
    digits = photo_id.hex
    return f"{digits[-2:]}/{digits[-4:-2]}/{photo_id}-{copy}.jpg"


class PhotoStore:
    """Files by key in one object store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.scanner: Clamd | None = None
        """Who looks at what is to be put here; None where this installation does without."""
        self.copies = CopyStore(store, "copies")
        """The same store's place for people's own copies."""
        self.exports = CopyStore(store, "exports")
        """And for exports of the roster."""
        self.imports = CopyStore(store, "imports")
        """And for workbooks that wait to be read."""

    def put(self, key: str, data: bytes) -> bool:
        """Store the file, whole or not at all; say whether it is new.

        The same bytes again change nothing. Raises PhotoConflictError if the key holds other bytes.
        """
        _check(key)
        try:
            self._store.put(key, data, mode="create")
        except AlreadyExistsError as error:
            if self.get(key) != data:
                raise PhotoConflictError(key) from error
            return False
        if isinstance(self._store, LocalStore) and self._store.prefix:
            _flush(self._store.prefix, key)
        return True

    def get(self, key: str) -> bytes:
        """Return the file's bytes; raises PhotoMissingError."""
        _check(key)
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError as error:
            raise PhotoMissingError(key) from error

    def delete(self, key: str) -> None:
        """Remove the file; one that is not there is removed already."""
        _check(key)
        try:
            self._store.delete(key)
        except FileNotFoundError:  # a local folder says so, S3 does not
            return

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Yield the keys of files written before ``moment``, in no order, reading the store page by page."""
        for listed in self._store.list():
            for file in listed:
                if file["last_modified"] < moment and _KEY.fullmatch(file["path"]):
                    yield file["path"]


def open_photos(settings: Settings) -> PhotoStore:
    """Open the store that the settings name, a bucket or else a folder, and its scanner."""
    bucket = settings.photo_bucket
    store = bucket_store(bucket) if bucket is not None else local_store(settings.photo_dir)
    store.scanner = Clamd(settings.clamd) if settings.clamd is not None else None
    return store


def bucket_store(bucket: BucketSettings) -> PhotoStore:
    """Open a bucket of an S3-compatible store, which must be there; nothing is asked of it yet."""
    return PhotoStore(
        S3Store(
            bucket.bucket,
            prefix=bucket.prefix or None,
            endpoint=bucket.endpoint,
            region=bucket.region,
            access_key_id=bucket.key_id,
            secret_access_key=bucket.key_secret,
            virtual_hosted_style_request=False,
            client_options={"allow_http": bucket.is_plain, "timeout": _ANSWER, "connect_timeout": _CONNECT},
            retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=20)},
        )
    )


def local_store(folder: Path) -> PhotoStore:
    """Open the store in a folder, made readable for its owner alone if it is not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return PhotoStore(LocalStore(folder))


def _check(key: str) -> None:
    if not _KEY.fullmatch(key):
        message = f"not a photo's key: {key!r}"
        raise ValueError(message)


def _flush(folder: Path, key: str) -> None:
    """Bring the file and the folders naming it to the disk: a committed row may name it a moment later."""
    path = folder / key
    for part in (path, *path.parents[:3]):
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
