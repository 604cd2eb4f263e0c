"""In plain Chinese: which hazards a file of the ledger has, for whoever agrees to it or opens it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import SHANGHAI
from app.hazards.naming import CATEGORY_NAMES, LEVEL_NAMES, SATISFACTION_NAMES, SOURCE_NAMES, STATUS_NAMES
from app.models import (
    Checklist,
    ChecklistItem,
    Grant,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    Place,
    Unit,
    User,
)

_ALL = "全部"
_SPANS = {
    "reported_since": "上报不早于",
    "reported_until": "上报早于",
    "closed_since": "销号不早于",
    "closed_until": "销号早于",
}
_IDS = {"place_id": "点位", "assignee_id": "整改人", "unit_id": "整改单位"}
_SO = {
    "recurring": "反复出现",
    "lacks_photos": "照片没到齐",
    "supervised": "已督办",
    "extension_asked": "申请了延期",
}


def names_of(session: Session, wishes: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, str]]:
    """Give how the place, person, unit and item are called to which each of some files is narrowed.

    Each wish comes with its area: what lies elsewhere, or who never had a post there, is not named, as its id
    is whatever the asker wrote. In as many statements for one as for many.
    """
    ids = {name: {UUID(one[name]) for _, one in wishes if name in one} for name in _IDS}
    keys = {one["item_key"] for _, one in wishes if "item_key" in one}
    tables: dict[str, Any] = {
        "place_id": select(Place.id, Place.name, Place.area_code),
        "unit_id": select(Unit.id, Unit.name, Unit.area_code),
        "assignee_id": select(User.id, User.name, Grant.area_code).join(Grant, Grant.user_id == User.id),
    }
    columns = {"place_id": Place.id, "unit_id": Unit.id, "assignee_id": User.id}
    found = {
        name: session.execute(query.where(columns[name].in_(ids[name]))).all()
        for name, query in tables.items()
        if ids[name]
    }
    texts = _item_texts(session, keys) if keys else {}
    named = []
    for area_code, wanted in wishes:
        words = {
            name: called
            for name, rows in found.items()
            for row_id, called, where in rows
            if wanted.get(name) == str(row_id)
            and (where.startswith(area_code) or (name != "place_id" and area_code.startswith(where)))
        }
        if wanted.get("item_key") in texts:
            words["item_key"] = texts[wanted["item_key"]]
        named.append(words)
    return named


def _item_texts(session: Session, keys: set[str]) -> dict[str, str]:
    """Give what items of checklists ask, in the last version that has them, by their keys."""
    owner = func.coalesce(Checklist.origin_area_code, Checklist.area_code)
    key = owner.concat("/").concat(Checklist.code).concat("/").concat(ChecklistItem.code)
    query = (
        select(key, ChecklistItem.text)
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(key.in_(keys))
        .order_by(Checklist.origin_area_code.nulls_last(), Checklist.published_at, Checklist.version)
    )
    return dict(session.execute(query).all())


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
        *(f"{word}：{named.get(name, '选定的一个')}" for name, word in _IDS.items() if name in wanted),
        *(word for name, word in _SO.items() if wanted.get(name)),
    ]
    if "item_key" in wanted:
        words.append(f"检查项：{named.get('item_key', '选定的一项')}")
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
