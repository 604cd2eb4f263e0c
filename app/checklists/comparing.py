"""What one version of a list has that another has not: items are the same if their codes are."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.checklists.listings import checklist, version_before
from app.checklists.sheets import ITEM_FIELDS, Plain, plain_items_of
from app.models import Checklist

_HEAD_FIELDS = ("title", "source")


@dataclass(frozen=True)
class FieldChange:
    """What a field said before, and what it says now."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ItemChange:
    """An item that both have, and what of it is otherwise; ``position`` is the present one."""

    code: str
    position: int
    text: str
    fields: Sequence[FieldChange]


@dataclass(frozen=True)
class Move:
    """An item that stands elsewhere among those that stayed in order."""

    code: str
    text: str
    before: int
    after: int


@dataclass(frozen=True)
class Changes:
    """All that is otherwise; ``head`` is about the list itself."""

    head: Sequence[FieldChange]
    added: Sequence[Plain]
    removed: Sequence[Plain]
    changed: Sequence[ItemChange]
    moved: Sequence[Move]

    @property
    def are_none(self) -> bool:
        """Say whether both are the same."""
        return not (self.head or self.added or self.removed or self.changed or self.moved)


def changes(session: Session, actor: Actor, checklist_id: UUID, *, since_id: UUID | None) -> Changes:
    """Say what a version has otherwise than another one: the one before, unless another is named.

    The first version is compared with what it was copied from, or with nothing.
    Raises NotFoundError for a list that serves none of the actor's areas.
    """
    now = checklist(session, actor, checklist_id)
    since_id = since_id or version_before(session, now) or now.copied_from_id
    if since_id is None:
        return compared(head_of(now), [], head_of(now), plain_items_of(now))
    before = checklist(session, actor, since_id)
    return compared(head_of(before), plain_items_of(before), head_of(now), plain_items_of(now))


def head_of(checklist: Checklist) -> dict[str, str]:
    """Give what a list says of itself."""
    return {name: getattr(checklist, name) for name in _HEAD_FIELDS}


def compared(
    head_before: Mapping[str, str],
    before: Sequence[Plain],
    head_after: Mapping[str, str],
    after: Sequence[Plain],
) -> Changes:
    """Compare two lists; an item that only stands lower since another came above it has not moved."""
    was = {item["code"]: (place, item) for place, item in enumerate(before, start=1)}
    now = {item["code"]: (place, item) for place, item in enumerate(after, start=1)}
    both = [code for code in now if code in was]
    stayed = _longest_rising([was[code][0] for code in both])
    return Changes(
        head=_fields(head_before, head_after, _HEAD_FIELDS),
        added=[_placed(*now[code]) for code in now if code not in was],
        removed=[_placed(*was[code]) for code in was if code not in now],
        changed=[
            ItemChange(code, now[code][0], now[code][1]["text"], found)
            for code in both
            if (found := _fields(was[code][1], now[code][1], ITEM_FIELDS))
        ],
        moved=[
            Move(code, now[code][1]["text"], was[code][0], now[code][0])
            for code in both
            if was[code][0] not in stayed
        ],
    )


def _placed(place: int, item: Plain) -> Plain:
    return {"position": place, **item}


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]) -> list[FieldChange]:
    return [FieldChange(name, before[name], after[name]) for name in names if before[name] != after[name]]


def _longest_rising(places: Sequence[int]) -> set[int]:
    """Give the members of a longest rising row within these different numbers."""
    ends: list[int] = []
    lengths = []
    for place in places:
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        lengths.append(length)
    kept, wanted = set(), len(ends) - 1
    for place, length in zip(reversed(places), reversed(lengths), strict=True):
        if length == wanted:
            kept.add(place)
            wanted -= 1
    return kept
