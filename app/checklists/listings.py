"""Reading checklists."""

from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.actors import Actor
from app.clock import now
from app.errors import NotFoundError
from app.models import DIGITS, Checklist, Place, PlaceKind
from app.places import place_in_scope

_SERVING = (
    select(Checklist)
    .where(
        Checklist.id == bindparam("checklist_id"),
        Checklist.kind == bindparam("kind"),
        Checklist.published_at <= bindparam("at"),
        Checklist.area_code.in_(bindparam("owners", expanding=True)),
    )
    .options(joinedload(Checklist.items))
)
"""Built once: putting a statement together costs as much as running it."""


def checklists(
    session: Session,
    actor: Actor,
    *,
    kind: PlaceKind | None = None,
    place_id: UUID | None = None,
    after: UUID | None,
    limit: int,
) -> list[Checklist]:
    """List the checklists in force, of one kind of place or those that serve one place, the newest first.

    Raises NotFoundError for a place outside the actor's areas.
    """
    at = now()
    query = (
        select(Checklist)
        .where(
            _within_reach(actor),
            Checklist.published_at <= at,
            or_(Checklist.retired_at.is_(None), Checklist.retired_at > at),
        )
        .order_by(Checklist.id.desc())
        .limit(limit)
    )
    if kind is not None:
        query = query.where(Checklist.kind == kind)
    if place_id is not None:
        place = place_in_scope(session, actor, place_id)
        query = query.where(Checklist.kind == place.kind, _owned_above(place.area_code))
    if after is not None:
        query = query.where(Checklist.id < after)
    return list(session.scalars(query))


def checklist(session: Session, actor: Actor, checklist_id: UUID) -> Checklist:
    """Give one list with its items, in force or retired: old inspections are read with it.

    Raises NotFoundError for a list that serves none of the actor's areas.
    """
    row = session.scalars(
        select(Checklist)
        .where(Checklist.id == checklist_id, _within_reach(actor))
        .options(selectinload(Checklist.items))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def checklist_serving(session: Session, place: Place, checklist_id: UUID) -> Checklist | None:
    """Give a list with its items if it is made for this kind of place in this area, or None.

    A retired list still serves: the phone may have been offline since before its end, and the
    inspection keeps the version it used (domain.md, inspections).
    """
    asked = {
        "checklist_id": checklist_id,
        "kind": place.kind,
        "at": now(),
        "owners": _at_or_above(place.area_code),
    }
    return session.scalars(_SERVING, asked).unique().one_or_none()


def _within_reach(actor: Actor) -> ColumnElement[bool]:
    """Match lists of the actor's areas, of what lies in them, and of what lies above them."""
    above = [_owned_above(area_code) for area_code in actor.scope.areas]
    return or_(actor.scope.clause(Checklist.area_code), *above)


def _owned_above(area_code: str) -> ColumnElement[bool]:
    """Match lists of an area or of any of its parents: those serve it."""
    return Checklist.area_code.in_(_at_or_above(area_code))


def _at_or_above(area_code: str) -> list[str]:
    return [area_code[:digits] for digits in DIGITS.values() if digits <= len(area_code)]
