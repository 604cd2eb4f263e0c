"""What is neither ours nor the database's, each behind a small face that knows no table and no HTTP."""

from app.adapters.label import HOW_TO, Label
from app.adapters.photo_store import PhotoConflictError, PhotoMissingError, PhotoStore, local_store, photo_key
from app.adapters.poster import poster_png
from app.adapters.printable import UnprintableError, check_printable
from app.adapters.qr import qr_png
from app.adapters.redis import connect, ping
from app.adapters.sheets import code_sheet_pdf

__all__ = [
    "HOW_TO",
    "Label",
    "PhotoConflictError",
    "PhotoMissingError",
    "PhotoStore",
    "UnprintableError",
    "check_printable",
    "code_sheet_pdf",
    "connect",
    "local_store",
    "photo_key",
    "ping",
    "poster_png",
    "qr_png",
]
