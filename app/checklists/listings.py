"""Reading checklists."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.actors import Actor
from app.clock import now
from app.errors import NotFoundError
from app.models import DIGITS, Checklist, ChecklistDraft, Place, PlaceKind
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
    serving: bool = False,
    after: UUID | None,
    limit: int,
) -> list[Checklist]:
    """List the checklists in force, of one kind of place or those that serve one place, the newest first.

    Those ``serving`` are without the lists that a copy replaces in all of the actor's areas.

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
        query = query.where(
            Checklist.kind == place.kind, _owned_above(place.area_code), ~_has_copy_for(place.area_code, at)
        )
    if serving:
        query = query.where(~and_(true(), *(_has_copy_for(area_code, at) for area_code in actor.scope.areas)))
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


def newest(session: Session, area_code: str, code: str) -> Checklist | None:
    """Give the newest version of an area's list with its items, in force or retired."""
    return session.scalars(
        select(Checklist)
        .where(Checklist.area_code == area_code, Checklist.code == code)
        .order_by(Checklist.version.desc())
        .limit(1)
        .options(selectinload(Checklist.items))
    ).one_or_none()


def version_before(session: Session, row: Checklist) -> UUID | None:
    """Give the version before this one."""
    return session.scalar(
        select(Checklist.id)
        .where(
            Checklist.area_code == row.area_code,
            Checklist.code == row.code,
            Checklist.version < row.version,
        )
        .order_by(Checklist.version.desc())
        .limit(1)
    )


def newer_above(session: Session, row: Checklist | ChecklistDraft) -> UUID | None:
    """Give the version in force of the list that this one follows, if that is another one by now."""
    copied, other = aliased(Checklist), aliased(Checklist)
    return session.scalar(
        select(other.id)
        .join(copied, and_(copied.area_code == other.area_code, copied.code == other.code))
        .where(
            copied.id == row.copied_from_id,
            other.version > copied.version,
            other.retired_at.is_(None),
            other.published_at <= now(),
        )
        .order_by(other.version.desc())
        .limit(1)
    )


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


def _has_copy_for(area_code: str, at: datetime) -> ColumnElement[bool]:
    """Say whether an area between the list's own and this one has its own copy in force: that one serves."""
    own = aliased(Checklist)
    return (
        select(own.id)
        .where(
            own.area_code.in_(_at_or_above(area_code)),
            func.length(own.area_code) > func.length(Checklist.area_code),
            own.code == Checklist.code,
            own.origin_area_code == func.coalesce(Checklist.origin_area_code, Checklist.area_code),
            own.published_at <= at,
            or_(own.retired_at.is_(None), own.retired_at > at),
        )
        .exists()
    )
