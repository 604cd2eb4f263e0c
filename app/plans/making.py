"""Making occurrences ahead: each once, by a unique key, however many schedulers are at it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import notices
from app.actors import community_of
from app.clock import business_day, now
from app.identity import seeing_to
from app.ids import new_id
from app.models import NoticeKind, Occurrence, Place, Plan, PlanEvent, PlanStep
from app.places import Stop, route_key, route_order
from app.plans.roster import keep_absences, roster_of
from app.plans.terms import terms_of
from app.workdays import HolidaysUnknownError, WorkCalendar

AHEAD_DAYS = 14
"""How many days ahead there are occurrences: a phone may be without a network for days."""
MOST_PLACES = 2000
"""Of one plan; a community of that many places splits its plan by grids."""
_RETRY = timedelta(hours=1)
"""After so long a plan that needs a year's holidays is tried again: somebody may have entered them."""


def plans_to_make(session: Session, *, limit: int, after: UUID | None = None) -> list[UUID]:
    """Give the plans, by id, that lack occurrences of days ahead: new and changed ones, all once a day."""
    until = business_day() + timedelta(days=AHEAD_DAYS)
    query = (
        select(Plan.id)
        .where(
            or_(Plan.made_until.is_(None), Plan.made_until < until),
            or_(Plan.retry_at.is_(None), Plan.retry_at <= now()),
            ~Plan.paused,
            or_(Plan.ends_on.is_(None), Plan.ends_on >= business_day()),
        )
        .order_by(Plan.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Plan.id > after)
    return list(session.scalars(query))


def make(session: Session, calendar: WorkCalendar, plan_id: UUID) -> tuple[int, int | None]:
    """Make the occurrences of a plan for the days ahead; give how many are new.

    Beside it the year whose holidays the plan needs and nobody entered: what comes before it is made all the
    same. What would be due already is not made: nobody could have done it.
    """
    plan = session.get(Plan, plan_id, with_for_update={"key_share": True, "skip_locked": True})
    if plan is None or plan.paused:
        return 0, None
    today = business_day()
    until, unknown = today + timedelta(days=AHEAD_DAYS), None
    days: list[date] = []
    terms = terms_of(plan)
    try:
        days.extend(terms.rhythm.days_between(today, until, calendar))
    except HolidaysUnknownError as error:
        unknown = int(error.data["year"])
        until = date(unknown, 1, 1) - timedelta(days=1)
    rows: list[dict[str, Any]] = []
    if days:
        places, at = places_of(session, plan), now()
        keep_absences(session, plan.area_code)
        roster = roster_of(session, plan.area_code, since=today)
        if len(places) == MOST_PLACES and (plan.made_until is None or plan.made_until < until):
            _tell_left_out(session, plan)
        originals = {one.id: roster.responsible(plan.roster, one.id, one.area_code) for one in places}
        for day in days:
            opens_at, due_at, missed_at = terms.window.on(day)
            if due_at <= at:
                continue
            rows.extend(
                {
                    "id": new_id(),
                    "area_code": place.area_code,
                    "plan_id": plan.id,
                    "place_id": place.id,
                    "checklist_area_code": plan.checklist_area_code,
                    "checklist_code": plan.checklist_code,
                    "period_on": day,
                    "opens_at": opens_at,
                    "due_at": due_at,
                    "missed_at": missed_at,
                    "original_worker_id": originals[place.id],
                    "worker_id": roster.present(originals[place.id], day),
                    "made_at": at,
                }
                for place in places
            )
    if plan.made_until is None:
        _move_given(session, plan.id, rows)
    plan.made_until, plan.retry_at = until, None if unknown is None else now() + _RETRY
    return _insert(session, rows), unknown


def _insert(session: Session, rows: list[dict[str, object]]) -> int:
    if not rows:
        return 0
    statement = insert(Occurrence).on_conflict_do_nothing(index_elements=["plan_id", "place_id", "period_on"])
    return len(session.execute(statement.returning(Occurrence.id), rows).all())


def places_of(session: Session, plan: Plan) -> list[Stop]:
    """Give the places a plan is about now, in the order of the route."""
    columns = (Place.id, Place.area_code, Place.name, Place.route_code, Place.route_position)
    query = select(*columns).where(under(plan)).order_by(*route_order()).limit(MOST_PLACES)
    return sorted((Stop(*row) for row in session.execute(query)), key=route_key)


def count_places(session: Session, plan: Plan) -> int:
    """Say how many places a plan is about now, be they more than it may have."""
    return session.scalar(select(func.count(Place.id)).where(under(plan))) or 0


def _tell_left_out(session: Session, plan: Plan) -> None:
    """Tell the admins, once a day, how many places a plan that grew leaves out."""
    left_out, community = count_places(session, plan) - MOST_PLACES, community_of(plan.area_code)
    if left_out > 0:
        _, told = seeing_to.who_sees_to_it(session, community, but=())
        about: dict[str, Any] = {"what": "places_left_out", "count": left_out, "plan_id": plan.id}
        for user_id in sorted(told):
            notices.post(session, NoticeKind.OCCURRENCES, to=user_id, area_code=community, **about)


def under(plan: Plan) -> ColumnElement[bool]:
    """Say in SQL that a place is one of a plan's."""
    here = and_(Place.kind == plan.kind, Place.area_code.startswith(plan.area_code))
    if not plan.place_ids:
        return here
    return and_(here, Place.id.in_([UUID(place_id) for place_id in plan.place_ids]))


def take_back(session: Session, plan: Plan) -> None:
    """Take away what has not begun yet, so that it is made anew by what the plan says now.

    What was given to somebody by hand stays until then, and stays his if it is still asked for; of a plan
    that asks for nothing any more it goes, too. Whoever writes an absence locks the same rows: one waits for
    the other before either has any.
    """
    keep_absences(session, plan.area_code)
    query = delete(Occurrence).where(
        Occurrence.plan_id == plan.id, Occurrence.opens_at > now(), Occurrence.done_at.is_(None)
    )
    if not plan.paused:
        over = false() if plan.ends_on is None else Occurrence.period_on > plan.ends_on
        query = query.where(or_(over, ~_given()))
    session.execute(query)
    plan.made_until = plan.retry_at = None


def _given() -> ColumnElement[bool]:
    """Say in SQL that somebody gave an occurrence to a worker by hand."""
    return exists().where(PlanEvent.occurrence_id == Occurrence.id, PlanEvent.step == PlanStep.REASSIGN)


def _move_given(session: Session, plan_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let what was given by hand before a change have its new window; take away what is asked for no more."""
    asked = {(row["place_id"], row["period_on"]): row for row in rows}
    given = select(Occurrence).where(
        Occurrence.plan_id == plan_id, Occurrence.opens_at > now(), Occurrence.done_at.is_(None), _given()
    )
    for one in session.scalars(given.with_for_update().execution_options(populate_existing=True)).all():
        row = asked.get((one.place_id, one.period_on))
        if row is None:
            session.delete(one)
        else:
            one.opens_at, one.due_at, one.missed_at = row["opens_at"], row["due_at"], row["missed_at"]
    session.flush()
