"""What differs between kinds of files that are taken out; all else is the same for each (ADR 0017)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.adapters import PhotoStore, Sink
from app.exports.workbook import Mark
from app.identity import Permission
from app.models import NoticeKind
from app.sealing import Sealer


@dataclass(frozen=True)
class ExportKind:
    """A kind of files: where their rows are, and what stands in them."""

    table: type[Any]
    permission: Permission
    """The function that whoever asks must hold still when his file is made."""
    notice: NoticeKind
    named: str
    """Under which name a notice tells its id."""
    is_too_big: Callable[[Session, Any], bool]
    """Says whether there is more by now than the file may hold."""
    write: Callable[[Session, Sealer, PhotoStore, Any, Mark, Sink], int]
    """Writes the workbook; gives how many lines it has."""
