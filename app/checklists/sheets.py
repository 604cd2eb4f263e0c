"""What a list asks, as a document: the form in which a draft is written, compared and published."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from app.errors import DomainError, Kind
from app.models import Checklist, ChecklistItem, HazardCategory, HazardLevel, ItemKind, PlaceKind

MOST_ITEMS = 60
"""In one list."""


class ItemCodesTwiceError(DomainError):
    """Items of a list that have the code of another one (data: ``items``, their numbers)."""

    code = "item_codes_twice"
    kind = Kind.INVALID


@dataclass(frozen=True)
class OptionSheet:
    """An answer to choose; without a code it gets one."""

    text: str
    problem: bool = False
    code: str = ""


@dataclass(frozen=True)
class ItemSheet:
    """An item as it is written; without a code it gets one that nobody else gives."""

    text: str
    level: HazardLevel
    category: HazardCategory
    code: str = ""
    section: str = ""
    kind: ItemKind = ItemKind.CHECK
    required: bool = True
    options: Sequence[OptionSheet] = ()
    unit: str = ""
    decimals: int = 0
    least: float | None = None
    most: float | None = None
    photos: int = 0
    deadline_days: int | None = None
    advice: str = ""
    source: str = ""


@dataclass(frozen=True)
class DraftSheet:
    """A draft as it is written; without items it keeps those it has, or those of the list it begins with."""

    area_code: str
    code: str
    kind: PlaceKind
    title: str
    source: str = ""
    base_id: UUID | None = None
    copied_from_id: UUID | None = None
    items: Sequence[ItemSheet] | None = None


Plain = dict[str, Any]
"""An item as JSON: what a draft keeps of it."""
ITEM_FIELDS = (
    "code",
    "section",
    "text",
    "kind",
    "required",
    "options",
    "unit",
    "decimals",
    "least",
    "most",
    "photos",
    "level",
    "category",
    "deadline_days",
    "advice",
    "source",
)
"""What makes an item besides its place in the list."""
_BOUNDS = ("least", "most")


def plain_items(draft_id: UUID, items: Sequence[ItemSheet]) -> list[Plain]:
    """Give items as a draft keeps them, each with a code of its own.

    A code that is made here follows from the draft and the words, so that the same file read twice gives the
    same draft, and no other list has it. Raises ItemCodesTwiceError.
    """
    named = [_named(draft_id, item) for item in items]
    often = Counter(item.code for item in named)
    twice = [str(place) for place, item in enumerate(named, start=1) if often[item.code] > 1]
    if twice:
        raise ItemCodesTwiceError(field="items", items="、".join(twice))
    return [{name: asdict(item)[name] for name in ITEM_FIELDS} for item in named]


def plain_items_of(checklist: Checklist) -> list[Plain]:
    """Give the items of a published list in the same form."""
    return [_plain_item(item) for item in checklist.items]


def rows_of(items: Sequence[Plain]) -> list[Plain]:
    """Give the columns of the items that a draft is published with."""
    return [{**item, "position": place} for place, item in enumerate(items, start=1)]


def _plain_item(item: ChecklistItem) -> Plain:
    plain = {name: getattr(item, name) for name in ITEM_FIELDS}
    bounds = {name: None if plain[name] is None else float(plain[name]) for name in _BOUNDS}
    return plain | bounds


def _named(draft_id: UUID, item: ItemSheet) -> ItemSheet:
    code = item.code or _made("q", draft_id, item.section, item.text)
    options = [replace(one, code=one.code or _made("o", draft_id, one.text)) for one in item.options]
    return replace(item, code=code, options=options)


def _made(prefix: str, *parts: object) -> str:
    return prefix + hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]
