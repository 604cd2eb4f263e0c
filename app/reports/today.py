"""A worker's day in one read: enough to work until tonight without a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import checklists, hazards, plans, visits
from app.actors import Actor
from app.clock import business_day, now
from app.hazards import HazardFilter, HazardOrder, HazardStatus
from app.identity import Permission, scope_of
from app.models import HAZARD_ENDED, Checklist, Place
from app.places import CodeSigner, route_key, route_order

MOST = MappingProxyType(
    {"occurrences": 300, "places": 600, "checklists": 40, "hazards": 200, "care_records": 300}
)
"""How much of each a day holds; ``more`` says where something was left out."""
_CHECK_SIGNS = 16
"""64 bits of a hash: enough to know a code again, and too little to make one from."""
_OPEN = tuple(status for status in HazardStatus if status not in HAZARD_ENDED)


@dataclass(frozen=True)
class DayPlace:
    """A place and how a phone knows its code again; None where no code hangs."""

    place: Place
    code_check: str | None


@dataclass(frozen=True)
class DayOccurrence:
    """An occurrence and the checklist in force that serves its place; None where it was retired."""

    shown: plans.ShownOccurrence
    checklist_id: UUID | None


@dataclass(frozen=True)
class Day:
    """Everything a worker needs today."""

    server_time: datetime
    occurrences: Sequence[DayOccurrence]
    places: Sequence[DayPlace]
    checklists: Sequence[Checklist]
    hazards: Sequence[hazards.ListedHazard]
    care_records: Sequence[visits.ShownCare]
    more: list[str]
    """Lists of which something was left out."""


def today(session: Session, actor: Actor, signer: CodeSigner) -> Day:
    """Give what a worker has to do today and what it takes, in a number of queries that no row adds to.

    Occurrences and places come in the order of the route (``places.route_key``). Hazards are those open, his
    own first. Lists that a copy replaces in all of his areas are left out. Residents are those due by today,
    as far as he may read them (``visits.care_records``).
    """
    tasks = plans.open_occurrences(session, actor, limit=MOST["occurrences"] + 1)
    found: dict[str, Any] = {
        "occurrences": sorted(
            tasks,
            key=lambda one: (route_key(one.occurrence.place), one.occurrence.due_at, one.occurrence.id),
        ),
        "places": sorted(_places(session, actor, tasks), key=route_key),
        "checklists": _checklists(session, actor),
        "hazards": _hazards(session, actor),
        "care_records": visits.care_records(
            session,
            _for(actor, Permission.CARE_READ),
            due_by=business_day(),
            after=None,
            limit=MOST["care_records"] + 1,
        ),
    }
    more = [name for name, rows in found.items() if len(rows) > MOST[name]]
    kept = {name: rows[: MOST[name]] for name, rows in found.items()}
    kept["places"] = [DayPlace(place, _check(signer, place)) for place in kept["places"]]
    kept["occurrences"] = [
        DayOccurrence(one, _serving(kept["checklists"], one)) for one in kept["occurrences"]
    ]
    return Day(server_time=now(), more=more, **kept)


def _for(actor: Actor, permission: Permission) -> Actor:
    """Give the worker as he acts by another function; whoever files inspections has these, too."""
    scope = scope_of(actor, permission)
    assert scope is not None, "the table of permissions gives them to the same roles"
    return actor.within(scope)


def _places(session: Session, actor: Actor, tasks: Sequence[plans.ShownOccurrence]) -> list[Place]:
    """Give the places of his areas, and those where he stands in for somebody."""
    besides = Place.id.in_({one.occurrence.place_id for one in tasks})
    query = select(Place).where(or_(actor.scope.clause(Place.area_code), besides)).order_by(*route_order())
    query = query.options(joinedload(Place.code_in_use)).limit(MOST["places"] + 1)
    return list(session.scalars(query))


def _hazards(session: Session, actor: Actor) -> list[hazards.ListedHazard]:
    """Give what is open, the worker's own first and by deadline: what is cut off is others'."""
    reading, most = _for(actor, Permission.HAZARD_READ), MOST["hazards"] + 1
    own = HazardFilter(status=_OPEN, assignee_id=actor.user_id)
    first = hazards.hazards(session, reading, own, order=HazardOrder.DUE_FIRST, limit=most)
    ids = {one.hazard.id for one in first}
    rest = hazards.hazards(session, reading, HazardFilter(status=_OPEN), limit=most)
    return first + [one for one in rest if one.hazard.id not in ids]


def _checklists(session: Session, actor: Actor) -> Sequence[Checklist]:
    """Give the lists in force that serve the worker's places, with their items."""
    reading = _for(actor, Permission.CHECKLIST_READ)
    lists = checklists.checklists(session, reading, serving=True, after=None, limit=MOST["checklists"] + 1)
    ids = [one.id for one in lists]
    query = select(Checklist).where(Checklist.id.in_(ids)).order_by(Checklist.id)
    return session.scalars(
        query.options(selectinload(Checklist.items)).execution_options(populate_existing=True)
    ).all()


def _serving(lists: Sequence[Checklist], shown: plans.ShownOccurrence) -> UUID | None:
    """Give which of a plan's list and its copies serves a place: that of the smallest area around it."""
    row = shown.occurrence
    wanted = row.checklist_area_code, row.checklist_code
    fit = [
        one for one in lists if (one.owner, one.code) == wanted and row.area_code.startswith(one.area_code)
    ]
    return max(fit, key=lambda one: len(one.area_code)).id if fit else None


def _check(signer: CodeSigner, place: Place) -> str | None:
    code = place.code_in_use
    return sha256(signer.code(code.serial).encode()).hexdigest()[:_CHECK_SIGNS] if code else None
