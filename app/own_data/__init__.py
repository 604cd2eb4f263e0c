"""What people may ask about the data held of them."""

from app.models import OwnCopy
from app.own_data.copied import COPIED, LEFT_OUT
from app.own_data.copies import (
    LIFE,
    CopyFile,
    CopyNotReadyError,
    CopyOpenError,
    CopyOverError,
    ask_copy,
    copies,
    copy_file,
    end_copies,
    make_copy,
    waiting_copies,
)
from app.own_data.kinds import Copied

__all__ = [
    "COPIED",
    "LEFT_OUT",
    "LIFE",
    "Copied",
    "CopyFile",
    "CopyNotReadyError",
    "CopyOpenError",
    "CopyOverError",
    "OwnCopy",
    "ask_copy",
    "copies",
    "copy_file",
    "end_copies",
    "make_copy",
    "waiting_copies",
]
