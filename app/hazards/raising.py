"""From a finding to a hazard: a new one, or one more sighting of the open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor
from app.evidence import Gathered, PhotoOwner, link_photos
from app.hazards.clocks import Clocks
from app.hazards.levels import become_major
from app.hazards.standing import Standing, lock_standing
from app.hazards.steps import record
from app.ids import new_id
from app.models import HAZARD_ENDED, HAZARD_OPEN, ChecklistItem, Hazard, HazardSource, HazardStep, Inspection
from app.once import content_hash

_AT_ONCE = timedelta(minutes=1)
"""What arrives so soon was found while what is closed by now was closed already."""


@dataclass(frozen=True)
class Finding:
    """A problem that an inspection found and left: the item it breaks, in words and pictures."""

    key: str
    """The item in all versions of its list."""
    item: ChecklistItem
    note: str
    photo_ids: Sequence[UUID]


def raise_or_join(
    session: Session,
    actor: Actor,
    inspection: Inspection,
    gathered: Gathered,
    found: Finding,
    standing: Standing,
) -> tuple[UUID, bool]:
    """Raise a hazard for a problem, or join the one that stood for this item at this place when it was found.

    That may be another into which the item's own was merged. A phone that was offline may tell of it after
    that one was closed: it is one more sighting, and no sign that the work did not last. An open one that is
    general becomes major where its item is by now, unless the county made it general; a closed one is not
    joined then, for the county never looked at it.

    ``standing`` was locked for this place and item. Gives the hazard's id, and whether it was joined. The
    unique index over open hazards decides, so two inspections at the same moment raise one hazard; whoever
    takes several items takes them in the order of their keys, which is the same in every version, so that two
    inspections never wait for each other.
    """
    sent = content_hash(inspection.id, found.item.id)
    at_once = gathered.received_at - gathered.happened_at < _AT_ONCE
    while True:
        closed = None if at_once else standing.closed_since(found.key, found.item.level)
        hazard = closed or standing.open_for(found.key)
        if hazard is not None:
            break
        came_back = standing.came_back(found.key)
        made = _raise(session, inspection, gathered, found, sent, came_back=came_back)
        if made is not None:
            link_photos(
                session, PhotoOwner.HAZARD, made.id, made.area_code, found.photo_ids, by=actor.user_id
            )
            at = Clocks(gathered.received_at)
            record(session, actor, made, HazardStep.REPORT, sent=sent, when=at)
            return made.id, False
        standing = lock_standing(session, inspection.place_id, [found.key], found_at=gathered.happened_at)
    hazard.recurrences += 1
    record(
        session,
        actor,
        hazard,
        HazardStep.RECUR,
        sent=sent,
        when=Clocks(gathered.received_at, gathered.signals.captured_at),
        note=found.note,
        photo_ids=found.photo_ids,
        inspection_id=str(inspection.id),
    )
    if hazard.status not in HAZARD_ENDED and standing.is_below(hazard, found.item.level):
        when, by = Clocks(gathered.received_at), str(inspection.id)
        become_major(session, actor, hazard, sent=sent, when=when, inspection_id=by)
    return hazard.id, True


def _raise(
    session: Session,
    inspection: Inspection,
    gathered: Gathered,
    found: Finding,
    sent: bytes,
    *,
    came_back: bool,
) -> Hazard | None:
    """Insert the hazard, or give None if the item has an open one, also one committed a moment ago."""
    item = found.item
    values: dict[str, Any] = {
        "id": new_id(),
        "content_hash": sent,
        "area_code": inspection.area_code,
        "place_id": inspection.place_id,
        "item_id": item.id,
        "item_key": found.key,
        "inspection_id": inspection.id,
        "source": HazardSource.INSPECTION,
        "category": item.category,
        "level": item.level,
        "text": f"「{item.text}」有问题" + (f"：{found.note}" if found.note else ""),
        "reported_by": inspection.worker_id,
        "came_back": came_back,
        **gathered.columns(),
    }
    statement = (
        insert(Hazard)
        .values(values)
        .on_conflict_do_nothing(index_elements=["place_id", "item_key"], index_where=HAZARD_OPEN)
        .returning(Hazard)
    )
    return session.scalars(statement).one_or_none()
