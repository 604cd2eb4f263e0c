"""How far a worker reaches by what was given to him: a substitute's post may be over another grid."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor, Scope
from app.clock import now
from app.errors import NotFoundError
from app.models import DIGITS, Occurrence, Place, Plan
from app.places import place_in_scope
from app.plans.resolving import LATE_WITHIN


def his_own(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL that an occurrence is the actor's, in a community in which he has a post."""
    here = actor.scope.widened().clause(Occurrence.area_code)
    return and_(Occurrence.worker_id == actor.user_id, here)


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


def reaching(session: Session, actor: Actor, place_id: UUID) -> Actor:
    """Give an actor who also reaches a place where an occurrence is his, or was until a quarter ago."""
    query = select(Occurrence.area_code).where(
        Occurrence.place_id == place_id, his_own(actor), Occurrence.missed_at > now() - LATE_WITHIN
    )
    area_code = session.scalar(query.limit(1))
    if area_code is None:
        return actor
    return actor.within(Scope((*actor.scope.areas, area_code)))


def place_to_inspect(session: Session, actor: Actor, place_id: UUID) -> Place:
    """Give a place of the actor's areas, or one where an occurrence is his. Raises NotFoundError."""
    try:
        return place_in_scope(session, actor, place_id)
    except NotFoundError:
        return place_in_scope(session, reaching(session, actor, place_id), place_id)
