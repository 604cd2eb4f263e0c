"""Reading hazards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor, Scope
from app.errors import NotFoundError
from app.evidence import NamedPhoto, photos_of
from app.harm import reading_as
from app.hazards.allowed import verbs_open_to
from app.hazards.deadlines import DefaultTime, default_time
from app.hazards.extensions import MOST_EXTENSIONS
from app.hazards.filters import (
    HazardFilter,
    HazardKey,
    HazardOrder,
    in_order,
    matching,
    may_stand_in,
    readable,
)
from app.hazards.history import ShownEvent, events_of, last_notes, read_as_staff, shown
from app.hazards.merging import KeptHazard, MergedRating, kept_for, merged_into, merged_ratings
from app.hazards.recurrences import EarlierHazard, earlier
from app.identity import Permission, scope_of
from app.models import (
    HAZARD_ENDED,
    Hazard,
    HazardEvent,
    HazardStatus,
    HazardStep,
    PhotoLink,
    RectificationNotice,
    User,
)

_SHOWING_MOST = 5
"""A photo is named by the hazard it was taken for, seldom by another."""
_OPEN = tuple(status for status in HazardStatus if status not in HAZARD_ENDED)


@dataclass(frozen=True)
class ListedHazard:
    """A hazard in a list, with its place and unit loaded."""

    hazard: Hazard
    photos: list[NamedPhoto]
    reported_by_me: bool
    merged_count: int
    merged_ids: list[UUID]
    """The first reports that were merged into it, of those that the reader may read."""
    kept: KeptHazard | None
    """What it was merged into."""


@dataclass(frozen=True)
class ShownHazard(ListedHazard):
    """A hazard with its history and what the reader may do next."""

    events: list[ShownEvent]
    assignee_name: str | None
    controls: str | None
    five_fixed: dict[str, Any] | None
    extensions_left: int
    merged_ratings: list[MergedRating]
    """For staff: what those said whose reports were merged into it."""
    earlier: list[EarlierHazard]
    """Of the same item at the same place."""
    allowed: list[HazardStep]
    default_time: DefaultTime | None
    """What it gets if the reader names no deadline; None where his next step gives it none."""


@dataclass(frozen=True)
class DayHazard(ListedHazard):
    """An open hazard with what takes its next step without a network; one's own report elsewhere has less."""

    allowed: list[HazardStep]
    controls: str | None
    five_fixed: dict[str, Any] | None
    last_note: HazardEvent | None
    """The last step in which somebody wrote something: an order, a wish, what is still wrong."""


def hazards(
    session: Session,
    actor: Actor,
    wanted: HazardFilter,
    *,
    limit: int,
    order: HazardOrder = HazardOrder.NEWEST,
    after: HazardKey | None = None,
) -> list[ListedHazard]:
    """List the hazards of the actor's areas and those he reported himself, as ``readable`` says.

    A minor does not find what he told of harm: his home reads on his phone (ADR 0013).
    """
    query = select(Hazard).where(readable(actor), *matching(wanted))
    query = query.options(joinedload(Hazard.place), joinedload(Hazard.unit))
    query = in_order(query, order, after).limit(limit)
    rows = list(session.scalars(query, reading_as(actor.user_id)))
    photos = photos_of(session, [row.id for row in rows])
    seen = _seen(session, actor, rows)
    return [ListedHazard(row, photos[row.id], **seen[row.id]) for row in rows]


def day_hazards(session: Session, actor: Actor, *, limit: int) -> list[DayHazard]:
    """List what is open with what takes its next step, in a number of queries that no row adds to.

    The actor's own come first, by deadline: what is cut off is others'.
    """
    own = HazardFilter(status=_OPEN, assignee_id=actor.user_id)
    first = hazards(session, actor, own, order=HazardOrder.DUE_FIRST, limit=limit)
    ids = {one.hazard.id for one in first}
    rest = hazards(session, actor, HazardFilter(status=_OPEN), limit=limit)
    found = (first + [one for one in rest if one.hazard.id not in ids])[:limit]
    allowed = verbs_open_to(session, actor, [one.hazard for one in found], {})
    by_office = read_as_staff(session, actor, [one.hazard for one in found])
    notes = last_notes(session, by_office)
    return [
        DayHazard(
            **vars(one),
            allowed=allowed[one.hazard.id],
            controls=one.hazard.controls if one.hazard.id in by_office else None,
            five_fixed=one.hazard.five_fixed if one.hazard.id in by_office else None,
            last_note=notes.get(one.hazard.id),
        )
        for one in found
    ]


def hazard(session: Session, actor: Actor, hazard_id: UUID) -> ShownHazard:
    """Give one hazard with its history and what the actor may do next. Raises NotFoundError out of reach.

    The actor's scope only finds it: what stands beside it he gets as far as he reads hazards, also in the
    answer to what he wrote himself.
    """
    found = session.execute(
        select(Hazard, User.name)
        .outerjoin(User, User.id == Hazard.assignee_id)
        .where(Hazard.id == hazard_id, readable(actor))
        .options(joinedload(Hazard.place), joinedload(Hazard.unit))
        .execution_options(populate_existing=True),
        reading_as(actor.user_id),
    ).one_or_none()
    if found is None:
        raise NotFoundError
    row, assignee_name = found
    reader = actor.within(scope_of(actor, Permission.HAZARD_READ) or Scope())
    told = events_of(session, actor, [row])
    photos = photos_of(session, [row.id, *(event.id for event, _ in told.events)])
    seen = _seen(session, reader, [row])[row.id]
    kept = {row.id: seen["kept"]} if seen["kept"] else {}
    allowed = verbs_open_to(session, actor, [row], kept)[row.id]
    by_office = bool(read_as_staff(session, actor, [row]))
    lives_there = reader.scope.household_id is not None
    return ShownHazard(
        hazard=row,
        photos=photos[row.id],
        **seen,
        merged_ratings=merged_ratings(session, reader, row.id) if by_office and seen["merged_count"] else [],
        events=shown(session, [row], told, photos),
        assignee_name=assignee_name,
        controls=row.controls if (by_office or lives_there) and not told.of_harm else None,
        five_fixed=row.five_fixed if by_office and not told.of_harm else None,
        earlier=earlier(session, reader, row),
        extensions_left=max(0, MOST_EXTENSIONS - row.extensions),
        allowed=allowed,
        default_time=default_time(session, row) if _gives_time(row, allowed) else None,
    )


def hazards_showing_photo(session: Session, actor: Actor, photo_id: UUID) -> set[UUID]:
    """Give the hazards where a worker may stand in, and their steps, that show him a photo all the same.

    Whoever reads as a resident has its addresses with the hazard, and finds none by its id.
    """
    if not may_stand_in(actor):
        return set()
    named = select(PhotoLink.record_id).where(PhotoLink.photo_id == photo_id)
    of_steps = select(HazardEvent.hazard_id).where(HazardEvent.id.in_(named))
    query = select(Hazard.id).where(
        Hazard.id.in_(union(named, of_steps)),
        actor.scope.widened().clause(Hazard.area_code),
        ~actor.scope.clause(Hazard.area_code),
        readable(actor),
    )
    found: set[UUID] = set()
    for hazard_id in session.scalars(query.limit(_SHOWING_MOST), reading_as(actor.user_id)).all():
        seen = hazard(session, actor, hazard_id)
        by_record = {hazard_id: seen.photos} | {one.event.id: one.photos for one in seen.events}
        found |= {of for of, photos in by_record.items() if photo_id in {one.photo_id for one in photos}}
    return found


def hazard_of_notice(session: Session, actor: Actor, notice_id: UUID) -> ShownHazard:
    """Give the hazard that a written notice is about. Raises NotFoundError out of reach."""
    notice = session.get(RectificationNotice, notice_id)
    if notice is None:
        raise NotFoundError
    return hazard(session, actor, notice.hazard_id)


def _seen(session: Session, actor: Actor, rows: Sequence[Hazard]) -> dict[UUID, dict[str, Any]]:
    """Give what both a list and a single hazard say of others beside it."""
    merged = merged_into(session, actor, [row.id for row in rows])
    kept = kept_for(session, rows, reader=actor.user_id)
    return {
        row.id: {
            "reported_by_me": _is_mine(row, actor),
            "merged_count": merged[row.id].count,
            "merged_ids": merged[row.id].ids,
            "kept": kept.get(row.id),
        }
        for row in rows
    }


def _gives_time(row: Hazard, allowed: list[HazardStep]) -> bool:
    """Say whether one of the verbs gives a deadline of itself: a first assignment, or a failed recheck."""
    rechecks = not {HazardStep.VERIFY, HazardStep.CLOSE}.isdisjoint(allowed)
    return rechecks or (HazardStep.ASSIGN in allowed and row.due_at is None)


def _is_mine(row: Hazard, actor: Actor) -> bool:
    return actor.user_id is not None and row.reported_by == actor.user_id
