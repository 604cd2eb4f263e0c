"""In plain Chinese: which hazards a file of the ledger has, for whoever agrees to it or opens it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import SHANGHAI
from app.hazards.naming import CATEGORY_NAMES, LEVEL_NAMES, SATISFACTION_NAMES, SOURCE_NAMES, STATUS_NAMES
from app.models import HazardCategory, HazardLevel, HazardSource, HazardStatus, Place, Unit, User

_ALL = "全部"
_SPANS = {
    "reported_since": "上报不早于",
    "reported_until": "上报早于",
    "closed_since": "销号不早于",
    "closed_until": "销号早于",
}
_IDS: dict[str, tuple[str, type[Place | User | Unit]]] = {
    "place_id": ("点位", Place),
    "assignee_id": ("整改人", User),
    "unit_id": ("整改单位", Unit),
}
_SO = {
    "recurring": "反复出现",
    "lacks_photos": "照片没到齐",
    "supervised": "已督办",
    "extension_asked": "申请了延期",
}


def names_of(session: Session, wanted: Mapping[str, Any]) -> dict[str, str]:
    """Give how the place, the person and the unit are called that a file is narrowed to."""
    found = {
        name: session.scalar(select(table.name).where(table.id == UUID(wanted[name])))
        for name, (_, table) in _IDS.items()
        if name in wanted
    }
    return {name: called for name, called in found.items() if called is not None}


def ledger_in_words(wanted: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """Say which hazards are wanted, as ``NewLedgerExport`` has it; ``names`` are those of the ones chosen."""
    named = names or {}
    words = [
        *(STATUS_NAMES[HazardStatus(word)] for word in wanted["status"]),
        *(SOURCE_NAMES[HazardSource(word)] for word in wanted["source"]),
        *(CATEGORY_NAMES[HazardCategory(word)] for word in wanted["category"]),
        *([LEVEL_NAMES[HazardLevel(wanted["level"])]] if wanted["level"] else []),
        *(["已逾期"] if wanted["overdue"] else []),
        *(f"{word}{_moment(wanted[name])}" for name, word in _SPANS.items() if wanted[name]),
        *(f"{word}：{named.get(name, '选定的一个')}" for name, (word, _) in _IDS.items() if name in wanted),
        *(word for name, word in _SO.items() if wanted.get(name)),
    ]
    if "item_key" in wanted:
        words.append(f"检查项：{wanted['item_key']}")
    if "due_within_days" in wanted:
        words.append(f"{wanted['due_within_days']}天内到期")
    if "satisfaction" in wanted:
        words.append(f"上报人评价：{SATISFACTION_NAMES[wanted['satisfaction']]}")
    if "text" in wanted:
        words.append(f"含有“{wanted['text']}”")
    return "、".join(words) or _ALL


def _moment(moment: str) -> str:
    at = datetime.fromisoformat(moment).astimezone(SHANGHAI)
    clock = "" if (at.hour, at.minute) == (0, 0) else f"{at:%H:%M}"
    return f"{at.year}年{at.month}月{at.day}日{clock}"
