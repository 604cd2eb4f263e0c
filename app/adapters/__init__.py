"""What is neither ours nor the database's, each behind a small face that knows no table and no HTTP."""

from app.adapters.clamd import Clamd, ScannerError
from app.adapters.copy_store import CopyMissingError, CopyStore, Sink
from app.adapters.photo_store import (
    PhotoConflictError,
    PhotoMissingError,
    PhotoStore,
    bucket_store,
    local_store,
    open_photos,
    photo_key,
)
from app.adapters.pinyin import sounds_of
from app.adapters.redis import connect, ping
from app.adapters.workbooks import (
    XLSX,
    ReadCell,
    ReadSheet,
    Span,
    WorkbookActiveError,
    WorkbookTooLargeError,
    WorkbookUnreadableError,
    check_workbook,
    read_sheet,
    read_sheets,
)

__all__ = [
    "XLSX",
    "Clamd",
    "CopyMissingError",
    "CopyStore",
    "PhotoConflictError",
    "PhotoMissingError",
    "PhotoStore",
    "ReadCell",
    "ReadSheet",
    "ScannerError",
    "Sink",
    "Span",
    "WorkbookActiveError",
    "WorkbookTooLargeError",
    "WorkbookUnreadableError",
    "bucket_store",
    "check_workbook",
    "connect",
    "local_store",
    "open_photos",
    "photo_key",
    "ping",
    "read_sheet",
    "read_sheets",
    "sounds_of",
]
