"""From a finding to a hazard: a new one, or one more sighting of the open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.actors import Actor
from app.evidence import Gathered, PhotoOwner, link_photos
from app.hazards.clocks import Clocks
from app.hazards.steps import record
from app.ids import new_id
from app.models import HAZARD_OPEN, ChecklistItem, Hazard, HazardSource, HazardStatus, HazardStep, Inspection
from app.once import content_hash

CAME_BACK_WITHIN = timedelta(days=30)
"""What is found again so soon after it was closed was not put right for good."""


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
) -> tuple[UUID, bool]:
    """Raise a hazard for a problem, or join the one open for this item at this place when it was found.

    A phone that was offline may tell of it after that one was closed: it is one more sighting, and no sign
    that the work did not last.

    Gives the hazard's id, and whether it was joined. The unique index over open hazards decides, so two
    inspections at the same moment raise one hazard; whoever takes several items takes them in the order
    of their keys, which is the same in every version, so that two inspections never wait for each other.
    """
    sent = content_hash(inspection.id, found.item.id)
    hazard = None
    while hazard is None:
        hazard = _ended_since(session, inspection.place_id, found.key, gathered)
        if hazard is not None:
            break
        made = _raise(session, inspection, gathered, found, sent)
        if made is not None:
            link_photos(
                session, PhotoOwner.HAZARD, made.id, made.area_code, found.photo_ids, by=actor.user_id
            )
            at = Clocks(gathered.received_at)
            record(session, actor, made, HazardStep.REPORT, sent=sent, when=at)
            return made.id, False
        hazard = _open(session, inspection.place_id, found.key)
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
    return hazard.id, True


def _raise(
    session: Session,
    inspection: Inspection,
    gathered: Gathered,
    found: Finding,
    sent: bytes,
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
        "came_back": _closed_lately(inspection.place_id, found.key, gathered.happened_at),
        **gathered.columns(),
    }
    statement = (
        insert(Hazard)
        .values(values)
        .on_conflict_do_nothing(index_elements=["place_id", "item_key"], index_where=HAZARD_OPEN)
        .returning(Hazard)
    )
    return session.scalars(statement).one_or_none()


def _closed_lately(place_id: UUID, item_key: str, at: datetime) -> ColumnElement[bool]:
    """Say in SQL that this item at this place was closed within a month before: it came back."""
    before = aliased(Hazard)
    return exists().where(
        before.place_id == place_id,
        before.item_key == item_key,
        before.status == HazardStatus.CLOSED,
        before.ended_at.between(at - CAME_BACK_WITHIN, at),
    )


def _ended_since(session: Session, place_id: UUID, item_key: str, gathered: Gathered) -> Hazard | None:
    """Lock the hazard of an item that was closed between a finding and its arrival, the first one."""
    if gathered.received_at - gathered.happened_at < _AT_ONCE:
        return None
    query = (
        select(Hazard)
        .where(
            Hazard.place_id == place_id,
            Hazard.item_key == item_key,
            Hazard.status == HazardStatus.CLOSED,
            Hazard.ended_at > gathered.happened_at,
        )
        .order_by(Hazard.ended_at, Hazard.id)
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).one_or_none()


def _open(session: Session, place_id: UUID, item_key: str) -> Hazard | None:
    """Lock the open hazard of an item; None if it ended since it was in the way."""
    return session.scalars(
        select(Hazard)
        .where(Hazard.place_id == place_id, Hazard.item_key == item_key, HAZARD_OPEN)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
