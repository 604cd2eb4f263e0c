"""A worker's day in one read: enough to work until tonight without a network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import checklists, hazards, plans, visits
from app.actors import Actor
from app.clock import business_day, now, start_of
from app.identity import Permission, scope_of
from app.models import Checklist, HazardStep, Place, VisitForm
from app.places import CodeSigner, route_key, route_order

MOST = MappingProxyType(
    {
        "occurrences": 300,
        "missed": 100,
        "places": 600,
        "checklists": 40,
        "hazards": 200,
        "care_records": 300,
    }
)
"""How much of each a day holds; ``more`` says where something was left out."""
MISSED_DAYS = 14
"""So long what was missed stands in a day; it may be filed for a quarter (``GET /v1/occurrences``)."""
_CHECK_SIGNS = 16
"""64 bits of a hash: enough to know a code again, and too little to make one from."""


@dataclass(frozen=True)
class DayPlace:
    """A place and how a phone knows its code again; None where no code hangs."""

    place: Place
    code_check: str | None
    helps: visits.BuildingHelps | None
    """Who needs help to get out, to whoever looks after them; None where nobody does."""


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
    missed: Sequence[DayOccurrence]
    """Of the last two weeks; an inspection with a reason still counts for them."""
    places: Sequence[DayPlace]
    checklists: Sequence[Checklist]
    hazards: Sequence[hazards.DayHazard]
    care_records: Sequence[visits.ShownCare]
    visit_drafts: Sequence[visits.VisitDraft]
    """What the visits to these begin with, and whom to call, where anything is known that he may read."""
    visit_forms: Sequence[VisitForm]
    """In force for the categories of these residents."""
    leave: plans.Leave
    more: list[str]
    """Lists of which something was left out."""


def today(session: Session, actor: Actor, signer: CodeSigner) -> Day:
    """Give what a worker has to do today and what it takes, in a number of queries that no row adds to.

    Occurrences and places come in the order of the route (``places.route_key``), what was missed lately from
    the last on. Hazards are those open, his own first. Lists that a copy replaces in all of his areas are
    left out. Residents are those due by today, as far as he may read them (``visits.care_records``), with the
    forms for them. What is no function of his is empty: a building lead has places and hazards.
    """
    actor = replace(actor, held=tuple(one for one in actor.held if one.role in hazards.FIELD_ROLES))
    filing, caring = _for(actor, Permission.INSPECTION_FILE), _for(actor, Permission.CARE_READ)
    tasks, missed = _tasks(session, filing)
    dangers = _hazards(session, actor)
    found: dict[str, Any] = {
        "occurrences": sorted(
            tasks,
            key=lambda one: (route_key(one.occurrence.place), one.occurrence.due_at, one.occurrence.id),
        ),
        "missed": missed,
        "places": _places(session, actor, [*tasks, *missed], dangers),
        "checklists": _checklists(session, actor) if filing else [],
        "hazards": dangers,
        "care_records": _due(session, caring) if caring else [],
    }
    more = [name for name, rows in found.items() if len(rows) > MOST[name]]
    kept = {name: rows[: MOST[name]] for name, rows in found.items()}
    helps = visits.helps_by_building(session, actor, [place.id for place in kept["places"]])
    kept["places"] = [
        DayPlace(place, _check(signer, place), helps.get(place.id))
        for place in sorted(kept["places"], key=route_key)
    ]
    for name in ("occurrences", "missed"):
        kept[name] = [DayOccurrence(one, _serving(kept["checklists"], one)) for one in kept[name]]
    categories = {one.record.category for one in kept["care_records"] if one.whole}  # it is told of no other
    forms = visits.forms_in_force(session, categories) if caring else []
    drafts = visits.visit_drafts(session, caring, kept["care_records"]) if caring else []
    drafts = [one for one in drafts if one.visit is not None or one.record.contacts_sealed is not None]
    leave = plans.leave_of(session, actor)
    return Day(server_time=now(), more=more, visit_forms=forms, visit_drafts=drafts, leave=leave, **kept)


def _for(actor: Actor, permission: Permission) -> Actor | None:
    """Give the worker as he acts by another function; None where it is not his."""
    scope = scope_of(actor, permission)
    return None if scope is None else actor.within(scope)


def _tasks(
    session: Session, filing: Actor | None
) -> tuple[list[plans.ShownOccurrence], list[plans.ShownOccurrence]]:
    """Give what is to be done, and what was missed lately."""
    if filing is None:
        return [], []
    since = start_of(business_day() - timedelta(days=MISSED_DAYS))
    return (
        plans.open_occurrences(session, filing, limit=MOST["occurrences"] + 1),
        plans.missed_lately(session, filing, since=since, limit=MOST["missed"] + 1),
    )


def _due(session: Session, caring: Actor) -> list[visits.ShownCare]:
    most = MOST["care_records"] + 1
    due = visits.CareFilter(due_by=business_day())
    return visits.care_records(session, caring, due, sort=visits.CareSort.RISK, after=None, limit=most)


def _places(
    session: Session,
    actor: Actor,
    tasks: Sequence[plans.ShownOccurrence],
    dangers: Sequence[hazards.DayHazard],
) -> list[Place]:
    """Give the places of his tasks first, also where he stands in for somebody, then others of his areas."""
    his = {
        one.hazard.place_id
        for one in dangers
        if one.hazard.assignee_id == actor.user_id or HazardStep.START in one.allowed
    }
    of_tasks = Place.id.in_(his | {one.occurrence.place_id for one in tasks})
    query = select(Place).where(or_(actor.scope.clause(Place.area_code), of_tasks))
    query = query.order_by(of_tasks.desc(), *route_order()).limit(MOST["places"] + 1)
    return list(session.scalars(query.options(joinedload(Place.code_in_use))))


def _hazards(session: Session, actor: Actor) -> list[hazards.DayHazard]:
    reading = _for(actor, Permission.HAZARD_READ)
    assert reading is not None, "the table of permissions gives it to all of the field staff"
    return hazards.day_hazards(session, reading, limit=MOST["hazards"] + 1)


def _checklists(session: Session, actor: Actor) -> Sequence[Checklist]:
    """Give the lists in force that serve the worker's places, with their items."""
    reading = _for(actor, Permission.CHECKLIST_READ)
    assert reading is not None, "whoever files inspections reads the lists"
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
