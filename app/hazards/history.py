"""The steps of hazards as a reader may see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.actors import Actor
from app.evidence import NamedPhoto
from app.harm import reading_as, told_by_another
from app.hazards.assignees import given_elsewhere
from app.identity import Permission, scope_of
from app.models import HAZARD_QUIET, ClockFlag, Hazard, HazardEvent, HazardSource, HazardStep, Unit, User
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
_BETWEEN_STAFF = HAZARD_QUIET - _BY_REPORTER
_NEIGHBOURS = frozenset({HazardSource.RESIDENT, HazardSource.VISITOR})
NamedEvent = tuple[HazardEvent, str | None]
"""A step, and who took it."""


@dataclass(frozen=True)
class ShownEvent:
    """One step, with its photos and who took it; a neighbour or visitor who reported is not named.

    Where it tells of harm to a minor, a reader without an office gets neither words nor photos of others; of
    what passes between offices and staff he gets the step alone.
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
    captured_at: datetime | None
    """By the phone of whoever reported it or took the step; ``event.at`` is by the server's clock."""
    clock_flag: ClockFlag | None


@dataclass(frozen=True)
class Told:
    """The latest steps of hazards in their order, and which of them a reader does not get whole."""

    events: list[NamedEvent]
    of_harm: set[UUID]
    """Whose words tell of harm to a minor."""
    between_staff: set[UUID]
    """What passes between offices and staff, whose names are kept back as well."""

    @property
    def kept_back(self) -> set[UUID]:
        """Give the steps without words, data and photos."""
        return self.of_harm | self.between_staff


def read_as_staff(session: Session, actor: Actor, rows: Collection[Hazard]) -> set[UUID]:
    """Give which hazards the actor reads for his post, or as who they were given to where he stands in."""
    reach = scope_of(actor, Permission.HAZARD_READ)
    if reach is None:
        return set()
    elsewhere = [row for row in rows if not reach.covers(row.area_code)]
    by_post = {row.id for row in rows} - {row.id for row in elsewhere}
    return by_post | given_elsewhere(session, actor.within(reach), elsewhere)


def events_of(session: Session, actor: Actor, rows: Collection[Hazard]) -> Told:
    """Give the latest steps of hazards as the actor reads them: as staff, or as who reported them."""
    asked = {"hazard_ids": [row.id for row in rows], **reading_as(actor.user_id)}
    told = session.execute(_OF_ONE if len(rows) == 1 else _OF_MANY, asked).all()
    by_office = read_as_staff(session, actor, rows)
    his = [(event, of_harm) for event, _, of_harm in told if event.hazard_id not in by_office]
    return Told(
        events=[(event, name) for event, name, _ in reversed(told)],
        of_harm={event.id for event, of_harm in his if of_harm},
        between_staff={event.id for event, _ in his if event.step in _BETWEEN_STAFF},
    )


def last_notes(session: Session, hazard_ids: Collection[UUID]) -> dict[UUID, HazardEvent]:
    """Give the last step of each of these hazards in which somebody wrote something, for staff."""
    query = (
        select(HazardEvent)
        .ext(distinct_on(HazardEvent.hazard_id))
        .where(HazardEvent.hazard_id.in_(hazard_ids), HazardEvent.note != "")
        .order_by(HazardEvent.hazard_id, HazardEvent.number.desc())
    )
    return {event.hazard_id: event for event in session.scalars(query)}


def shown(
    session: Session,
    rows: Collection[Hazard],
    told: Told,
    photos: Mapping[UUID, list[NamedPhoto]],
) -> list[ShownEvent]:
    """Put each step beside its photos and the names of those it is about."""
    kept_back = told.kept_back
    of = {row.id: row for row in rows}
    about = [
        (event.data.get("assignee_id") or event.data.get("unit_id"), event.data.get("former_id"))
        for event, _ in told.events
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
            actor_name=None if event.id in told.between_staff or _is_private(event, of) else name,
            assignee_name=names.get(assignee_id),
            former_name=names.get(former_id),
            **_clock(event, of[event.hazard_id]),
        )
        for (event, name), (assignee_id, former_id) in zip(told.events, about, strict=True)
    ]


def _clock(event: HazardEvent, hazard: Hazard) -> dict[str, Any]:
    """Give what the phone's clock said; a report's stands with the hazard itself."""
    told = hazard if event.step is HazardStep.REPORT else event
    return {"captured_at": told.captured_at, "clock_flag": told.clock_flag}


def _is_private(event: HazardEvent, of: Mapping[UUID, Hazard]) -> bool:
    """Say whether to keep a name back: neighbours who report are not shown to those they report.

    What only the reporter does names him as well: to say how satisfied he is, to say that it was his.
    """
    return event.step in _BY_REPORTER and of[event.hazard_id].source in _NEIGHBOURS
