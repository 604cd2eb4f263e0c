"""Reading plans and occurrences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from app.actors import Actor, Scope
from app.clock import business_day, end_of, now, start_of
from app.errors import NotFoundError
from app.models import Occurrence, OccurrenceState, Place, Plan, User
from app.plans.making import count_places, places_of
from app.plans.reach import his_own, readable
from app.plans.roster import roster_of
from app.plans.terms import terms_of
from app.workdays import WorkCalendar

PREVIEW_DAYS = 92
PREVIEW_PLACES = 200
_INTEGER = 2**31


_OFF_ROUTE = "~"
"""Stands behind all codes: what is on no route comes after what is on one."""
_ROUTE = func.coalesce(Place.route_code, _OFF_ROUTE), func.coalesce(Place.route_position, 0)


class OpeningKey(NamedTuple):
    """The place of an occurrence in a list that goes by opening; as text, it is the list's cursor."""

    at: datetime
    id: UUID
    route_code: str = _OFF_ROUTE
    position: int = 0

    @classmethod
    def parse(cls, text: str) -> "OpeningKey":
        """Read it back. Raises ValueError."""
        at, row_id, route_code, position = text.split(" ")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not -_INTEGER <= int(position) < _INTEGER:
            raise ValueError(text)
        return cls(moment, UUID(row_id), route_code, int(position))

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {self.id} {self.route_code} {self.position}"

    def passed(self, *, by_route: bool) -> ColumnElement[bool]:
        """Say in SQL that the list has passed it when it comes to an occurrence."""
        if not by_route:
            return tuple_(Occurrence.opens_at, Occurrence.id) < tuple_(self.at, self.id)
        here = self.route_code, self.position
        behind = or_(
            tuple_(*_ROUTE) > tuple_(*here),
            and_(tuple_(*_ROUTE) == tuple_(*here), Occurrence.id < self.id),
        )
        return and_(Occurrence.opens_at <= self.at, or_(Occurrence.opens_at < self.at, behind))


@dataclass(frozen=True)
class OccurrenceFilter:
    """Which occurrences; both days are included and those of the opening."""

    place_id: UUID | None = None
    plan_id: UUID | None = None
    worker_id: UUID | None = None
    area_code: str | None = None
    state: OccurrenceState | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ShownOccurrence:
    """An occurrence with its place, plan and inspection at hand."""

    occurrence: Occurrence
    state: OccurrenceState
    worker_name: str | None

    @property
    def key(self) -> OpeningKey:
        """Give its place in the list."""
        row, place = self.occurrence, self.occurrence.place
        return OpeningKey(row.opens_at, row.id, place.route_code or _OFF_ROUTE, place.route_position or 0)


@dataclass(frozen=True)
class PreviewPlace:
    """A place of a plan, and who would do it on the first of the days."""

    place_id: UUID
    place_name: str
    worker_id: UUID | None
    worker_name: str | None


@dataclass(frozen=True)
class Preview:
    """What a plan asks for from today on; ``more_places`` where there are more than are shown."""

    days: list[date]
    places: list[PreviewPlace]
    places_count: int

    @property
    def more_places(self) -> bool:
        """Say whether places were left out."""
        return self.places_count > len(self.places)


def plans(
    session: Session,
    actor: Actor,
    *,
    area_code: str | None = None,
    ended: bool = False,
    after: UUID | None,
    limit: int,
) -> Sequence[Plan]:
    """List the plans that the actor may read, those that go on or those that ended, the newest first.

    Without their places and rosters, which may name a thousand each.
    """
    over = and_(Plan.ends_on.is_not(None), Plan.ends_on < business_day())
    query = select(Plan).where(readable(actor), over if ended else ~over)
    if area_code is not None:
        query = query.where(Plan.area_code.startswith(area_code, autoescape=True))
    if after is not None:
        query = query.where(Plan.id < after)
    query = query.options(defer(Plan.place_ids, raiseload=True), defer(Plan.roster, raiseload=True))
    return session.scalars(query.order_by(Plan.id.desc()).limit(limit)).all()


def plan_to_read(session: Session, actor: Actor, plan_id: UUID) -> Plan:
    """Give one plan, also one that a worker's tasks come from. Raises NotFoundError."""
    query = select(Plan).where(Plan.id == plan_id, readable(actor))
    plan = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if plan is None:
        raise NotFoundError
    return plan


def preview(session: Session, actor: Actor, calendar: WorkCalendar, plan_id: UUID, *, until: date) -> Preview:
    """Say on which days from today on a plan asks for what, where, and of whom.

    Raises NotFoundError for a plan out of the actor's reach, HolidaysUnknownError where the plan needs a year
    that nobody entered.
    """
    plan = plan_to_read(session, actor, plan_id)
    today = business_day()
    days = [] if plan.paused else list(terms_of(plan).rhythm.days_between(today, until, calendar))
    roster, found = roster_of(session, plan.area_code, since=today), places_of(session, plan)
    on = days[0] if days else today
    chosen = {
        place.id: roster.choose(plan.roster, place.id, place.area_code, on).worker_id
        for place in found[:PREVIEW_PLACES]
    }
    names = _names(session, set(chosen.values()))
    shown = [
        PreviewPlace(place.id, place.name, chosen[place.id], names.get(chosen[place.id]))
        for place in found[:PREVIEW_PLACES]
    ]
    return Preview(days, shown, count_places(session, plan))


def occurrences(
    session: Session, actor: Actor, wanted: OccurrenceFilter, *, after: OpeningKey | None, limit: int
) -> list[ShownOccurrence]:
    """List occurrences of the actor's areas, or all that are his own, the last to open first.

    Of one worker or one plan, what opens together comes by its route; of a whole county that would sort all
    that opened on a morning for each page, and nobody walks it.
    """
    by_route = wanted.worker_id is not None or wanted.plan_id is not None
    own = actor.user_id is not None and wanted.worker_id == actor.user_id
    query = _shown().where(his_own(actor) if own else actor.scope.clause(Occurrence.area_code))
    query = query.order_by(Occurrence.opens_at.desc(), *(_ROUTE if by_route else ()), Occurrence.id.desc())
    query = query.limit(limit)
    if after is not None:
        query = query.where(after.passed(by_route=by_route))
    return _rows(session, _filtered(query, wanted))


def occurrence(session: Session, actor: Actor, occurrence_id: UUID) -> ShownOccurrence:
    """Give one occurrence of the actor's areas, or one of his own. Raises NotFoundError."""
    within = or_(actor.scope.clause(Occurrence.area_code), his_own(actor))
    query = _shown().where(Occurrence.id == occurrence_id, within)
    found = _rows(session, query)
    if not found:
        raise NotFoundError
    return found[0]


def open_occurrences(session: Session, actor: Actor, *, limit: int) -> list[ShownOccurrence]:
    """List what a worker has to do today: what opens by tonight and is not missed, the first due first."""
    query = (
        _shown()
        .where(
            his_own(actor),
            Occurrence.done_at.is_(None),
            Occurrence.opens_at < end_of(business_day()),
            Occurrence.missed_at > now(),
        )
        .order_by(Occurrence.due_at, Occurrence.id)
        .limit(limit)
    )
    return _rows(session, query)


def missed_lately(session: Session, actor: Actor, *, since: datetime, limit: int) -> list[ShownOccurrence]:
    """List what a worker missed and may still file late with a reason, the last missed first."""
    query = (
        _shown()
        .where(
            his_own(actor),
            Occurrence.done_at.is_(None),
            Occurrence.missed_at.between(since, now()),
        )
        .order_by(Occurrence.missed_at.desc(), Occurrence.id.desc())
        .limit(limit)
    )
    return _rows(session, query)


def _shown() -> Select[Occurrence, str | None]:
    return (
        select(Occurrence, User.name)
        .join(Occurrence.place)
        .outerjoin(User, User.id == Occurrence.worker_id)
        .options(
            contains_eager(Occurrence.place),
            joinedload(Occurrence.plan, innerjoin=True),
            joinedload(Occurrence.inspection),
        )
        .execution_options(populate_existing=True)
    )


def _rows(session: Session, query: Select[Occurrence, str | None]) -> list[ShownOccurrence]:
    at = now()
    return [ShownOccurrence(row, row.state(at), name) for row, name in session.execute(query)]


def _filtered(
    query: Select[Occurrence, str | None], wanted: OccurrenceFilter
) -> Select[Occurrence, str | None]:
    columns = {
        Occurrence.place_id: wanted.place_id,
        Occurrence.plan_id: wanted.plan_id,
        Occurrence.worker_id: wanted.worker_id,
    }
    for column, value in columns.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.area_code is not None:
        query = query.where(Scope(areas=(wanted.area_code,)).clause(Occurrence.area_code))
    if wanted.state is not None:
        query = query.where(_is(wanted.state, now()))
    if wanted.since is not None:
        query = query.where(Occurrence.opens_at >= start_of(wanted.since))
    if wanted.until is not None:
        query = query.where(Occurrence.opens_at < end_of(wanted.until))
    return query


def _is(state: OccurrenceState, at: datetime) -> ColumnElement[bool]:
    """Say in SQL what ``Occurrence.state`` says of one row."""
    o, waits = Occurrence, Occurrence.done_at.is_(None)
    begun = and_(waits, o.opens_at <= at)
    terms = {
        OccurrenceState.UPCOMING: and_(waits, o.opens_at > at),
        OccurrenceState.OPEN: and_(begun, o.missed_at > at, o.due_at >= at),
        OccurrenceState.OVERDUE: and_(begun, o.missed_at > at, o.due_at < at),
        OccurrenceState.MISSED: and_(begun, o.missed_at <= at),
        OccurrenceState.DONE: o.done_at < o.missed_at,
        OccurrenceState.LATE: o.done_at >= o.missed_at,
    }
    return terms[state]


def _names(session: Session, user_ids: set[UUID | None]) -> dict[UUID | None, str]:
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids - {None})))
    return dict(rows.all())
