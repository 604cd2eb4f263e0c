"""Whether somebody thought of the words of a notice."""

from collections.abc import Mapping
from typing import Any

from app.notices import NoticeKind
from app.notices.words import WORDS, code_of


def is_spelled_out(kind: NoticeKind, data: Mapping[str, Any]) -> bool:
    """Say whether somebody thought of what such a notice says: its reader never sees a code."""
    code = code_of(kind, data)
    return kind in WORDS and (not code or code in WORDS[kind].by_code)
