"""The steps of hazards as a reader may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from app.actors import Actor
from app.evidence import NamedPhoto
from app.harm import reading_as, told_by_another
from app.identity import Permission, scope_of
from app.models import Hazard, HazardEvent, HazardSource, HazardStep, Unit, User
from app.retention import inspection_of

MAX_EVENTS = 200
"""The latest events are shown; only a hazard that recurs for months has more."""
_EVENTS = (
    select(HazardEvent, User.name, told_by_another(HazardEvent.id, inspection_of(HazardEvent.data)))
    .outerjoin(User, User.id == HazardEvent.actor_id)
    .where(HazardEvent.hazard_id.in_(bindparam("hazard_ids", expanding=True)))
    .limit(MAX_EVENTS)
)
_OF_ONE = _EVENTS.order_by(HazardEvent.number.desc())
_OF_MANY = _EVENTS.order_by(HazardEvent.at.desc(), HazardEvent.number.desc(), HazardEvent.hazard_id)
_BY_REPORTER = frozenset({HazardStep.REPORT, HazardStep.RATE, HazardStep.TAKE_OVER})
_NEIGHBOURS = frozenset({HazardSource.RESIDENT, HazardSource.VISITOR})
NamedEvent = tuple[HazardEvent, str | None]
"""A step, and who took it."""


@dataclass(frozen=True)
class ShownEvent:
    """One step, with its photos and who took it; a neighbour or visitor who reported is not named.

    Where it tells of harm to a minor, a reader without an office gets neither words nor photos of others.
    """

    event: HazardEvent
    note: str
    data: dict[str, Any]
    photos: list[NamedPhoto]
    actor_name: str | None
    assignee_name: str | None
    """Who got the hazard by it, a person or a unit."""
    former_name: str | None
    """From whom."""


def events_of(session: Session, actor: Actor, rows: Collection[Hazard]) -> tuple[list[NamedEvent], set[UUID]]:
    """Give the latest steps of hazards in their order, and those whose words are kept back."""
    asked = {"hazard_ids": [row.id for row in rows], **reading_as(actor.user_id)}
    told = session.execute(_OF_ONE if len(rows) == 1 else _OF_MANY, asked).all()
    reach = scope_of(actor, Permission.HAZARD_READ)
    by_office = {row.id for row in rows if reach is not None and reach.covers(row.area_code)}
    kept_back = {event.id for event, _, of_harm in told if of_harm and event.hazard_id not in by_office}
    return [(event, name) for event, name, _ in reversed(told)], kept_back


def shown(
    session: Session,
    rows: Collection[Hazard],
    events: Sequence[NamedEvent],
    photos: Mapping[UUID, list[NamedPhoto]],
    kept_back: Collection[UUID],
) -> list[ShownEvent]:
    """Put each step beside its photos and the names of those it is about."""
    sources = {row.id: row.source for row in rows}
    about = [
        (event.data.get("assignee_id") or event.data.get("unit_id"), event.data.get("former_id"))
        for event, _ in events
    ]
    ids = {UUID(found) for pair in about for found in pair if found is not None}
    tables = (select(table.id, table.name).where(table.id.in_(ids)) for table in (User, Unit))
    found_names = session.execute(union_all(*tables))
    names: dict[str | None, str] = {str(row_id): row_name for row_id, row_name in found_names}
    return [
        ShownEvent(
            event,
            "" if event.id in kept_back else event.note,
            {} if event.id in kept_back else event.data,
            [] if event.id in kept_back else photos[event.id],
            actor_name=None if _is_private(event, sources[event.hazard_id]) else name,
            assignee_name=names.get(assignee_id),
            former_name=names.get(former_id),
        )
        for (event, name), (assignee_id, former_id) in zip(events, about, strict=True)
    ]


def _is_private(event: HazardEvent, source: HazardSource) -> bool:
    """Say whether to keep a name back: neighbours who report are not shown to those they report.

    What only the reporter does names him as well: to say how satisfied he is, to say that it was his.
    """
    return event.step in _BY_REPORTER and source in _NEIGHBOURS
