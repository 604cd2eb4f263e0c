"""How far a worker reaches by what was given to him: a substitute's post may be over another grid."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    and_,
    any_,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor, Role, Scope
from app.clock import business_day, end_of, now, start_of
from app.errors import NotFoundError
from app.evidence import CLOCK_AHEAD, clock_flag
from app.identity import holders
from app.models import DIGITS, Absence, ClockFlag, Occurrence, Place, Plan
from app.places import place_in_scope
from app.plans.resolving import LATE_WITHIN
from app.plans.roster import PATROLLERS


def his_own(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL that an occurrence is the actor's, in a community in which he has a post."""
    here = actor.scope.widened().clause(Occurrence.area_code)
    return and_(Occurrence.worker_id == actor.user_id, here)


def places_of_day(actor: Actor) -> ColumnElement[Any]:
    """Give in SQL the places at which something is the actor's to do today, and is not done, as one array."""
    own = select(Occurrence.place_id).where(
        his_own(actor),
        Occurrence.opens_at.between(now() - LATE_WITHIN, end_of(business_day())),
        Occurrence.missed_at > start_of(business_day()),
        Occurrence.done_at.is_(None),
    )
    return func.array(own.distinct().scalar_subquery())


def readable(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL that a plan is of the actor's areas, asks for something there, or for something of him."""
    above = [
        area_code[:digits]
        for area_code in actor.scope.areas
        for digits in DIGITS.values()
        if COMMUNITY_DIGITS <= digits < len(area_code)
    ]
    lately = Occurrence.opens_at > now() - LATE_WITHIN
    asked = select(Occurrence.plan_id).where(his_own(actor), lately)
    return or_(actor.scope.clause(Plan.area_code), Plan.area_code.in_(above), Plan.id.in_(asked))


def reaching(
    session: Session,
    actor: Actor,
    place_id: UUID,
    *,
    captured_at: datetime,
    posts: Collection[Role] = PATROLLERS,
) -> Actor:
    """Give an actor who also reaches a place where an occurrence is his, or was until a quarter ago.

    Also what he did, by a clock that is believed, while an occurrence was his, whoever has it by now, or on a
    day on which he had one of these posts over the place: without a network it arrives later. It is in a
    community in which he has a post yet.
    """
    his, believed = his_own(actor), clock_flag(captured_at, now()) is ClockFlag.OK
    if believed:
        his = or_(his, _given_back(actor, captured_at), _had_then(actor, captured_at))
    query = select(Occurrence.area_code).where(
        Occurrence.place_id == place_id, his, Occurrence.missed_at > now() - LATE_WITHIN
    )
    area_code = session.scalar(query.limit(1))
    if area_code is None and believed:
        area_code = _had_a_post_over(session, actor, place_id, captured_at, posts)
    if area_code is None:
        return actor
    return actor.within(Scope((*actor.scope.areas, area_code)))


def reading(session: Session, actor: Actor, place_id: UUID, also: Select[UUID]) -> Actor:
    """Give an actor who also reads a place outside his areas where something is his to do today.

    ``also``: places at which others know of something for him.
    """
    try:
        place_in_scope(session, actor, place_id)
    except NotFoundError:
        his = or_(Place.id == any_(places_of_day(actor)), Place.id.in_(also))
        area_code = session.scalar(select(Place.area_code).where(Place.id == place_id, his))
        return actor if area_code is None else actor.within(Scope((*actor.scope.areas, area_code)))
    return actor


def _given_back(actor: Actor, captured_at: datetime) -> ColumnElement[bool]:
    """Say in SQL that an occurrence was under way while the actor stood in, at a moment, for its worker.

    An absence counts from the morning of its first day, whenever on that day it was recorded.
    """
    return and_(
        actor.scope.widened().clause(Occurrence.area_code),
        exists().where(
            Absence.substitute_id == actor.user_id,
            Absence.worker_id == Occurrence.original_worker_id,
            Absence.area_code == func.left(Occurrence.area_code, COMMUNITY_DIGITS),
            Absence.ended_at > Occurrence.opens_at,
            Absence.ended_at > captured_at - CLOCK_AHEAD,
            Absence.from_on <= business_day(captured_at),
        ),
    )


def _had_then(actor: Actor, captured_at: datetime) -> ColumnElement[bool]:
    """Say in SQL that an occurrence was the actor's at a moment, by a clock that may be a little ahead."""
    hands = func.jsonb_array_elements(Occurrence.earlier_hands).table_valued("value", name="hands")
    worker_id = hands.c.value.op("->>")("worker_id").label("worker_id")
    until = cast(hands.c.value.op("->>")("until"), DateTime(timezone=True)).label("until")
    since = func.lag(until).over(order_by=until).label("since")
    terms = select(worker_id, since, until).select_from(hands).correlate(Occurrence).subquery().c
    return and_(
        actor.scope.widened().clause(Occurrence.area_code),
        Occurrence.earlier_hands.contains([{"worker_id": str(actor.user_id)}]),
        exists().where(
            terms.worker_id == str(actor.user_id),
            terms.until > captured_at - CLOCK_AHEAD,
            func.coalesce(terms.since, captured_at) <= captured_at,
        ),
    )


def _had_a_post_over(
    session: Session, actor: Actor, place_id: UUID, captured_at: datetime, posts: Collection[Role]
) -> str | None:
    """Give the area of a place over which the actor had a post on the day of a moment."""
    here = actor.scope.widened().clause(Place.area_code)
    area_code = session.scalar(select(Place.area_code).where(Place.id == place_id, here))
    if area_code is None or actor.user_id is None:
        return None
    day = business_day(captured_at)
    return area_code if holders(session, area_code, posts, among=[actor.user_id], on=day) else None


def place_to_inspect(
    session: Session,
    actor: Actor,
    place_id: UUID,
    *,
    captured_at: datetime,
    posts: Collection[Role] = PATROLLERS,
) -> Place:
    """Give a place of the actor's areas, or one that he reaches (``reaching``). Raises NotFoundError."""
    try:
        return place_in_scope(session, actor, place_id)
    except NotFoundError:
        worker = reaching(session, actor, place_id, captured_at=captured_at, posts=posts)
        return place_in_scope(session, worker, place_id)
