"""Reading hazards."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor
from app.clock import now
from app.errors import NotFoundError
from app.evidence import NamedPhoto, lacks_photos, photos_of
from app.harm import HarmRecord, hidden_from_a_minor, reading_as, told_by_another
from app.hazards.assignment import may_assign
from app.hazards.steps import DECISIONS, is_behind_own_door, verbs_from
from app.identity import Permission, scope_of
from app.models import (
    HAZARD_OPEN,
    Hazard,
    HazardCategory,
    HazardEvent,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
    User,
)
from app.retention import inspection_of

_PERMISSION = {
    HazardStep.ACCEPT: Permission.HAZARD_ACCEPT,
    HazardStep.REJECT: Permission.HAZARD_TRIAGE,
    HazardStep.DUPLICATE: Permission.HAZARD_TRIAGE,
    HazardStep.ASSIGN: Permission.HAZARD_ASSIGN,
    HazardStep.START: Permission.HAZARD_RECTIFY,
    HazardStep.RECTIFY: Permission.HAZARD_RECTIFY,
    HazardStep.VERIFY: Permission.HAZARD_VERIFY,
    HazardStep.CLOSE: Permission.HAZARD_CLOSE_MAJOR,
}
_BY_ASSIGNEE = frozenset({HazardStep.START, HazardStep.RECTIFY})
_BY_ANOTHER = frozenset({HazardStep.VERIFY, HazardStep.CLOSE})
MAX_EVENTS = 200
"""The latest events of a hazard are shown; only one that recurs for months has more."""
_EVENTS = (
    select(HazardEvent, User.name, told_by_another(HazardEvent.id, inspection_of(HazardEvent.data)))
    .outerjoin(User, User.id == HazardEvent.actor_id)
    .where(HazardEvent.hazard_id == bindparam("hazard_id"))
    .order_by(HazardEvent.number.desc())
    .limit(MAX_EVENTS)
)


@dataclass(frozen=True)
class HazardFilter:
    """Which hazards."""

    status: HazardStatus | None = None
    place_id: UUID | None = None
    category: HazardCategory | None = None
    level: HazardLevel | None = None
    assignee_id: UUID | None = None
    overdue: bool = False
    """Only what is past its deadline and not ended."""
    lacks_photos: bool = False
    """Only those that name photos which have not arrived."""


@dataclass(frozen=True)
class ListedHazard:
    """A hazard in a list, with its place loaded."""

    hazard: Hazard
    photos: list[NamedPhoto]
    reported_by_me: bool


@dataclass(frozen=True)
class ShownEvent:
    """One step, with its photos and who took it; a reporter is not named to others.

    Where it tells of harm to a minor, a reader without an office gets neither words nor photos of others.
    """

    event: HazardEvent
    note: str
    data: dict[str, Any]
    photos: list[NamedPhoto]
    actor_name: str | None
    assignee_name: str | None
    """Who got the hazard by it."""
    former_name: str | None
    """From whom."""


@dataclass(frozen=True)
class ShownHazard(ListedHazard):
    """A hazard with its history and what the reader may do next."""

    events: list[ShownEvent]
    assignee_name: str | None
    controls: str | None
    five_fixed: dict[str, Any] | None
    allowed: list[HazardStep]


def hazards(
    session: Session, actor: Actor, wanted: HazardFilter, *, after: UUID | None, limit: int
) -> list[ListedHazard]:
    """List the hazards of the actor's areas and those he reported himself as a resident, the newest first.

    A minor does not find what he told of harm: his home reads on his phone (ADR 0013).
    """
    query = select(Hazard).where(_readable(actor)).options(joinedload(Hazard.place))
    query = _filtered(query, wanted).order_by(Hazard.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Hazard.id < after)
    rows = list(session.scalars(query, reading_as(actor.user_id)))
    photos = photos_of(session, [row.id for row in rows])
    return [ListedHazard(row, photos[row.id], _is_mine(row, actor)) for row in rows]


def hazard(session: Session, actor: Actor, hazard_id: UUID) -> ShownHazard:
    """Give one hazard with its history and what the actor may do next. Raises NotFoundError out of reach."""
    found = session.execute(
        select(Hazard, User.name)
        .outerjoin(User, User.id == Hazard.assignee_id)
        .where(Hazard.id == hazard_id, _readable(actor))
        .options(joinedload(Hazard.place))
        .execution_options(populate_existing=True),
        reading_as(actor.user_id),
    ).one_or_none()
    if found is None:
        raise NotFoundError
    row, assignee_name = found
    events, kept_back = _events(session, actor, row)
    photos = photos_of(session, [row.id, *(event.id for event, _ in events)])
    return ShownHazard(
        hazard=row,
        photos=photos[row.id],
        reported_by_me=_is_mine(row, actor),
        events=_shown(session, row, events, photos, kept_back),
        assignee_name=assignee_name,
        controls=None if kept_back else row.controls,
        five_fixed=None if kept_back else row.five_fixed,
        allowed=_allowed(session, actor, row),
    )


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Hazards of the actor's areas; a resident's reach is what he reported himself."""
    within = actor.scope.clause(Hazard.area_code)
    if actor.scope.household_id is None:
        return within
    hidden = hidden_from_a_minor(HarmRecord.HAZARD, Hazard.id)
    return or_(within, and_(Hazard.reported_by == actor.user_id, ~hidden))


def _filtered(query: Select[Hazard], wanted: HazardFilter) -> Select[Hazard]:
    columns = {
        Hazard.status: wanted.status,
        Hazard.place_id: wanted.place_id,
        Hazard.category: wanted.category,
        Hazard.level: wanted.level,
        Hazard.assignee_id: wanted.assignee_id,
    }
    for column, value in columns.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.lacks_photos:
        query = query.where(lacks_photos(Hazard.id))
    return query.where(Hazard.due_at < now(), HAZARD_OPEN) if wanted.overdue else query


def _events(
    session: Session, actor: Actor, row: Hazard
) -> tuple[list[tuple[HazardEvent, str | None]], set[UUID]]:
    """Give the latest steps in their order, each with who took it, and those whose words are kept back."""
    rows = session.execute(_EVENTS, {"hazard_id": row.id, **reading_as(actor.user_id)}).all()
    reach = scope_of(actor, Permission.HAZARD_READ)
    by_office = reach is not None and reach.covers(row.area_code)
    kept_back = set() if by_office else {event.id for event, _, of_harm in rows if of_harm}
    return [(event, name) for event, name, _ in reversed(rows)], kept_back


def _shown(
    session: Session,
    row: Hazard,
    events: list[tuple[HazardEvent, str | None]],
    photos: dict[UUID, list[NamedPhoto]],
    kept_back: set[UUID],
) -> list[ShownEvent]:
    """Put each step beside its photos and the names of those it is about."""
    about = [(event.data.get("assignee_id"), event.data.get("former_id")) for event, _ in events]
    ids = {UUID(found) for pair in about for found in pair if found is not None}
    users = session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    names: dict[str | None, str] = {str(user_id): user_name for user_id, user_name in users}
    return [
        ShownEvent(
            event,
            "" if event.id in kept_back else event.note,
            {} if event.id in kept_back else event.data,
            [] if event.id in kept_back else photos[event.id],
            actor_name=None if _is_private(event, row) else name,
            assignee_name=names.get(assignee_id),
            former_name=names.get(former_id),
        )
        for (event, name), (assignee_id, former_id) in zip(events, about, strict=True)
    ]


def _is_mine(row: Hazard, actor: Actor) -> bool:
    return actor.user_id is not None and row.reported_by == actor.user_id


def _is_private(event: HazardEvent, row: Hazard) -> bool:
    """Say whether to keep a name back: neighbours who report are not shown to those they report."""
    return event.step is HazardStep.REPORT and row.source is HazardSource.RESIDENT


def _allowed(session: Session, actor: Actor, row: Hazard) -> list[HazardStep]:
    """List the verbs that the actor may use now, as the verbs themselves would judge."""
    mine = [verb for verb in verbs_from(row.status) if _may(session, actor, row, verb)]
    if DECISIONS.isdisjoint(mine) or not is_behind_own_door(session, actor, row):
        return mine
    return [verb for verb in mine if verb not in DECISIONS]


def _may(session: Session, actor: Actor, row: Hazard, verb: HazardStep) -> bool:
    scope = scope_of(actor, _PERMISSION[verb])
    if scope is None or not scope.covers(row.area_code):
        return False
    if verb in _BY_ASSIGNEE:
        return row.assignee_id == actor.user_id
    if verb is HazardStep.ASSIGN:
        return may_assign(session, actor, row)
    return verb not in _BY_ANOTHER or row.rectified_by != actor.user_id
