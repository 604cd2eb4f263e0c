"""The course of a hazard from the first picture to the last, with what was merged into it."""

import enum
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor
from app.errors import NotFoundError
from app.evidence import NamedPhoto, photos_of
from app.harm import reading_as
from app.hazards.filters import readable
from app.hazards.history import ShownEvent, events_of, read_as_staff, shown
from app.hazards.merging import MERGED_MOST, merged_below
from app.hazards.rectification_notices import ShownNotice, notices_of
from app.models import HAZARD_PUT_RIGHT, Hazard, HazardStep


class PhotoMoment(enum.StrEnum):
    """What a photo of a hazard shows."""

    BEFORE = "before"
    """It is unsafe: of the report, of one more sighting, of a recheck that failed."""
    AFTER = "after"
    """It was put right: of the work, of a recheck that passed."""


@dataclass(frozen=True)
class MarkedPhoto(NamedPhoto):
    """A photo and what it shows."""

    moment: PhotoMoment


@dataclass(frozen=True)
class TimelineEntry:
    """One step, of the hazard itself or of a report that was merged into it."""

    seen: ShownEvent
    merged: bool
    photos: list[MarkedPhoto]


@dataclass(frozen=True)
class Timeline:
    """A hazard's course, the earliest step first."""

    hazard: Hazard
    merged_ids: list[UUID]
    notices: list[ShownNotice]
    """For staff: the written notices to whoever must put it right, the newest first."""
    entries: list[TimelineEntry]


def timeline(session: Session, actor: Actor, hazard_id: UUID) -> Timeline:
    """Give the course of a hazard, and of those merged into it that the actor may read, too.

    Raises NotFoundError out of reach.
    """
    rows = _rows(session, actor, hazard_id)
    row = next((one for one in rows if one.id == hazard_id), None)
    if row is None:
        raise NotFoundError
    told = events_of(session, actor, rows)
    photos = photos_of(session, [*(one.id for one in rows), *(event.id for event, _ in told.events)])
    for event, _ in told.events:
        if event.step is HazardStep.REPORT:  # a report's own photos stand with the hazard
            photos[event.id] = [*photos[event.hazard_id], *photos[event.id]]
    return Timeline(
        hazard=row,
        merged_ids=[one.id for one in rows if one is not row],
        notices=notices_of(session, hazard_id) if read_as_staff(session, actor, [row]) else [],
        entries=[_entry(row, rows, seen) for seen in shown(session, rows, told, photos)],
    )


def _rows(session: Session, actor: Actor, hazard_id: UUID) -> list[Hazard]:
    """Give the hazard and the first of those that were merged into it, by one statement."""
    merged = merged_below([hazard_id])
    query = select(Hazard).where(Hazard.id.in_(select(merged.c.id)), readable(actor))
    query = query.options(joinedload(Hazard.place)).order_by((Hazard.id == hazard_id).desc(), Hazard.id)
    return list(session.scalars(query.limit(MERGED_MOST + 1), reading_as(actor.user_id)))


def _entry(row: Hazard, rows: list[Hazard], seen: ShownEvent) -> TimelineEntry:
    event = seen.event
    of = next(one for one in rows if one.id == event.hazard_id)
    again = event.step is HazardStep.RECUR
    moment = PhotoMoment.AFTER if event.status_after in HAZARD_PUT_RIGHT and not again else PhotoMoment.BEFORE
    return TimelineEntry(
        seen=seen,
        merged=of is not row,
        photos=[MarkedPhoto(photo.photo_id, photo.arrived, moment) for photo in seen.photos],
    )
