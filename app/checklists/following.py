"""A copy takes over what the list above has by now: each item on its own, and what it says itself stays."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.checklists.drafts import DraftEndedError, check_open, draft, wrote
from app.checklists.listings import checklist, newer_above
from app.checklists.sheets import ITEM_FIELDS, MOST_ITEMS, Plain, plain_items_of
from app.errors import DomainError, Kind
from app.models import ChecklistDraft
from app.once import content_hash


class DraftTooLongError(DomainError):
    """With what the list above added, the draft would ask too much (data: ``most``, the most items)."""

    code = "draft_too_long"
    kind = Kind.CONFLICT


def follow(session: Session, actor: Actor, draft_id: UUID, revision: int) -> ChecklistDraft:
    """Let the draft of a copy take over what the newest version above has otherwise than the copied one.

    What the copy changed, added or left out itself stays so; what was removed above goes, unless the copy had
    changed it. A draft that follows the newest version already, or no list, stays as it is, so the same again
    does nothing.

    Raises NotFoundError, DraftEndedError, DraftChangedError, DraftTooLongError.
    """
    row = draft(session, actor, draft_id, lock=True)
    if row.ended_at is not None:
        raise DraftEndedError
    newer_id = newer_above(session, row)
    if row.copied_from_id is None or newer_id is None:
        return row
    check_open(row, revision)
    copied, newer = checklist(session, actor, row.copied_from_id), checklist(session, actor, newer_id)
    items = _taken_over(row.items, plain_items_of(copied), plain_items_of(newer))
    if len(items) > MOST_ITEMS:
        raise DraftTooLongError(most=MOST_ITEMS)
    row.items, row.copied_from_id = items, newer.id
    row.title = newer.title if row.title == copied.title else row.title
    row.source = newer.source if row.source == copied.source else row.source
    wrote(row, content_hash(actor.user_id, revision, newer.id, items))
    return row


def _taken_over(own: Sequence[Plain], copied: Sequence[Plain], newer: Sequence[Plain]) -> list[Plain]:
    """Give a copy's items with what is new above, each new one behind the one that it follows there.

    Without those that were removed there and that the copy had as they were.
    """
    before, above = ({item["code"]: item for item in items} for items in (copied, newer))
    kept = [item for item in own if item["code"] in above or not _is_same(item, before.get(item["code"]))]
    merged = [_merged(item, before.get(item["code"]), above.get(item["code"])) for item in kept]
    codes, place = [item["code"] for item in kept], 0
    for item in newer:
        code = item["code"]
        if code in codes:
            place = codes.index(code) + 1
        elif code not in before:
            codes.insert(place, code)
            merged.insert(place, item)
            place += 1
    return merged


def _is_same(own: Plain, before: Plain | None) -> bool:
    return before is not None and all(own[name] == before[name] for name in ITEM_FIELDS)


def _merged(own: Plain, before: Plain | None, above: Plain | None) -> Plain:
    """Give an item as it is above wherever the copy left it as it was."""
    if before is None or above is None:
        return own
    return {name: above[name] if own[name] == before[name] else own[name] for name in ITEM_FIELDS}
