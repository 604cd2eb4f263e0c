"""What is neither ours nor the database's, each behind a small face that knows no table and no HTTP."""

from app.adapters.copy_store import CopyMissingError, CopyStore, Sink
from app.adapters.photo_store import PhotoConflictError, PhotoMissingError, PhotoStore, local_store, photo_key
from app.adapters.redis import connect, ping

__all__ = [
    "CopyMissingError",
    "CopyStore",
    "PhotoConflictError",
    "PhotoMissingError",
    "PhotoStore",
    "Sink",
    "connect",
    "local_store",
    "photo_key",
    "ping",
]
