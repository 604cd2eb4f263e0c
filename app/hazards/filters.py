"""Which hazards of the ledger somebody asks for, and in which order they come."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, exists, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.actors import COMMUNITY_DIGITS, Actor, Scope
from app.clock import now
from app.evidence import lacks_photos
from app.harm import HarmRecord, hidden_from_a_minor
from app.hazards.assignees import in_hands_of, waits_for
from app.models import (
    HAZARD_ENDED,
    HAZARD_OPEN,
    HAZARD_PUT_RIGHT,
    Hazard,
    HazardCategory,
    HazardEvent,
    HazardLevel,
    HazardSource,
    HazardStatus,
    Place,
)
from app.plans import places_of_day

_NO_DUE = "none"
_PLACE = aliased(Place)
"""Of its own: a statement that joins the place itself would lend it otherwise."""
_CLOSED = text("step = 'close'")
"""Written out, so that the partial index is recognised by it."""


class HazardOrder(enum.StrEnum):
    """In which order a list of hazards comes."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE_FIRST = "due_first"
    """By deadline, so that what is overdue the longest stands at the top; what has none stands last."""


@dataclass(frozen=True)
class HazardFilter:
    """Which hazards; of several words of one kind any fits, an empty one asks for nothing."""

    status: Collection[HazardStatus] = ()
    source: Collection[HazardSource] = ()
    category: Collection[HazardCategory] = ()
    level: HazardLevel | None = None
    area_code: str | None = None
    """Only what lies in this area."""
    place_id: UUID | None = None
    item_key: str | None = None
    """The checklist item it broke, in all versions of its list."""
    assignee_id: UUID | None = None
    """Also what waits for units of his."""
    unit_id: UUID | None = None
    reported_since: datetime | None = None
    reported_until: datetime | None = None
    """Before this moment; by the server's clock, like all of these spans."""
    closed_since: datetime | None = None
    closed_until: datetime | None = None
    overdue: bool = False
    """Only what is past its deadline and not ended."""
    due_within_days: int | None = None
    """Only what is not ended and comes to its deadline within so many days."""
    recurring: bool = False
    """Only what was found again while it was open."""
    lacks_photos: bool = False
    """Only what names photos, in its report or a step, that have not arrived."""
    satisfaction: int | None = None
    """Of three faces; 1 is dissatisfied."""
    supervised: bool = False
    """Only what an office urged and is not ended."""
    extension_asked: bool = False
    """Only where somebody waits for more time."""
    text: str | None = None
    """Only what has these words in its text or in the name of its place."""


@dataclass(frozen=True)
class HazardKey:
    """Where a page of the list ends: the last hazard's id, and its deadline if they come by that."""

    id: UUID
    due_at: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> "HazardKey":
        """Read back what ``str`` gave. Raises ValueError."""
        hazard_id, _, due = text.partition(" ")
        due_at = datetime.fromisoformat(due) if due not in {"", _NO_DUE} else None
        if due_at is not None and due_at.tzinfo is None:
            raise ValueError(text)
        return cls(UUID(hazard_id), due_at)

    def __str__(self) -> str:
        return f"{self.id} {self.due_at.isoformat() if self.due_at else _NO_DUE}"


def readable(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL which hazards are in the actor's areas, and which he reported himself.

    A resident reads what he reported, also one with a post. Who stands in for a colleague of another grid of
    his community reads what he reported there, what was given to him or his unit, and what is open at the
    places that are his to inspect today. Whose post is over a whole community has all of it anyway. Run it
    with ``harm.reading_as``.
    """
    own = Hazard.reported_by == actor.user_id
    terms = [actor.scope.clause(Hazard.area_code)]
    if actor.scope.household_id is not None:
        own = and_(own, ~hidden_from_a_minor(HarmRecord.HAZARD, Hazard.id))
        terms.append(own)
    if may_stand_in(actor):
        near = actor.scope.widened().clause(Hazard.area_code)
        given = or_(Hazard.assignee_id == actor.user_id, waits_for(actor))
        of_day = and_(Hazard.place_id == any_(places_of_day(actor)), Hazard.status.not_in(HAZARD_ENDED))
        terms.append(and_(or_(own, given, of_day), near))
    return or_(*terms)


def may_stand_in(actor: Actor) -> bool:
    """Say whether a post of the actor is over a part of a community: he may stand in for another part."""
    return any(len(area_code) > COMMUNITY_DIGITS for area_code in actor.scope.areas)


def is_overdue(at: datetime) -> ColumnElement[bool]:
    """Say in SQL whether a hazard is past its deadline and not put right, nor ended otherwise."""
    return and_(Hazard.due_at < at, HAZARD_OPEN, Hazard.status.not_in(HAZARD_PUT_RIGHT))


def matching(wanted: HazardFilter) -> list[ColumnElement[bool]]:
    """Say in SQL which hazards fit."""
    return [*_by_words(wanted), *_by_time(wanted), *_by_evidence(wanted)]


def in_order(query: Select[Any], order: HazardOrder, after: HazardKey | None) -> Select[Any]:
    """Let hazards come in an order, from behind the last one of the page before."""
    if order is HazardOrder.NEWEST:
        query = query.order_by(Hazard.id.desc())
        return query if after is None else query.where(Hazard.id < after.id)
    if order is HazardOrder.OLDEST:
        query = query.order_by(Hazard.id)
        return query if after is None else query.where(Hazard.id > after.id)
    query = query.order_by(Hazard.due_at, Hazard.id)  # without one: last, as PostgreSQL sorts NULL
    if after is None:
        return query
    same = and_(Hazard.due_at.is_not_distinct_from(after.due_at), Hazard.id > after.id)
    if after.due_at is None:
        return query.where(same)
    return query.where(or_(Hazard.due_at > after.due_at, same, Hazard.due_at.is_(None)))


def _by_words(wanted: HazardFilter) -> list[ColumnElement[bool]]:
    sets: dict[InstrumentedAttribute[Any], Collection[Any]] = {
        Hazard.status: wanted.status,
        Hazard.source: wanted.source,
        Hazard.category: wanted.category,
    }
    single: dict[InstrumentedAttribute[Any], Any] = {
        Hazard.level: wanted.level,
        Hazard.place_id: wanted.place_id,
        Hazard.item_key: wanted.item_key,
        Hazard.unit_id: wanted.unit_id,
        Hazard.satisfaction: wanted.satisfaction,
    }
    terms: list[ColumnElement[bool]] = [column.in_(words) for column, words in sets.items() if words]
    terms += [column == value for column, value in single.items() if value is not None]
    if wanted.assignee_id is not None:
        terms.append(in_hands_of(wanted.assignee_id))
    if wanted.area_code is not None:
        terms.append(Scope(areas=(wanted.area_code,)).clause(Hazard.area_code))
    return terms


def _by_time(wanted: HazardFilter) -> list[ColumnElement[bool]]:
    terms = _span(Hazard.received_at, wanted.reported_since, wanted.reported_until)
    closed = _span(HazardEvent.at, wanted.closed_since, wanted.closed_until)
    if closed:
        terms.append(Hazard.id.in_(select(HazardEvent.hazard_id).where(_CLOSED, *closed)))
    if wanted.overdue:
        terms.append(is_overdue(now()))
    if wanted.due_within_days is not None:
        until = now() + timedelta(days=wanted.due_within_days)
        terms.append(and_(Hazard.due_at.between(now(), until), HAZARD_OPEN))
    if wanted.supervised:
        terms.append(and_(Hazard.supervised_at.is_not(None), HAZARD_OPEN))
    if wanted.extension_asked:
        terms.append(Hazard.asked_due_at.is_not(None))
    return terms


def _span(
    column: InstrumentedAttribute[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    terms: list[ColumnElement[bool]] = []
    if since is not None:
        terms.append(column >= since)
    if until is not None:
        terms.append(column < until)
    return terms


def _by_evidence(wanted: HazardFilter) -> list[ColumnElement[bool]]:
    terms: list[ColumnElement[bool]] = []
    if wanted.recurring:
        terms.append(Hazard.recurrences > 0)
    if wanted.lacks_photos:
        in_a_step = exists().where(HazardEvent.hazard_id == Hazard.id, lacks_photos(HazardEvent.id))
        terms.append(or_(lacks_photos(Hazard.id), in_a_step))
    if wanted.text:
        named = _PLACE.name.icontains(wanted.text, autoescape=True)
        at_place = exists().where(_PLACE.id == Hazard.place_id, named)
        terms.append(or_(Hazard.text.icontains(wanted.text, autoescape=True), at_place))
    return terms
