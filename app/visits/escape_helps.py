"""The register of those who need others to get out of their home, for whoever looks after a building.

It says who, behind which door, and how many people it takes; nothing of why. Of a minor it gives the name
only to whoever has leave to read his record.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from app.actors import Actor, Role, Scope
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.models import EscapeHelp, Household, Resident
from app.once import content_hash, insert_once, made_before
from app.people import (
    Category,
    check_about,
    check_recent,
    is_minor,
    resident_held,
    whereabouts,
)
from app.visits.care import EndDayError
from app.visits.leave import Leave, leave_for

MOST_DOORS = 20
"""So many doors of a building are named; it counts all."""
_KNOWING = frozenset({Role.GRID_WORKER, Role.COMMUNITY_ADMIN})


class HelpOpenError(DomainError):
    """The resident is on the register already."""

    code = "help_open"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class NewHelp:
    """Who needs how many people to get out, noted on which day."""

    resident_id: UUID
    helpers: int
    noted_on: date


@dataclass(frozen=True)
class ShownHelp:
    """One of the register, with as much as the reader may see."""

    row: EscapeHelp
    named: bool
    """Without it the door alone is told."""
    leave: Leave | None = None


@dataclass
class BuildingHelps:
    """How many of a building who are there need help, and behind which doors."""

    count: int = 0
    doors: list[str] = field(default_factory=list)


def note_help(session: Session, actor: Actor, help_id: UUID, new: NewHelp) -> tuple[EscapeHelp, bool]:
    """Put somebody on the register. The same again is the first one.

    Raises NotFoundError outside the actor's areas, ResidentLeftError, NoBasisError and ConsentChangedError
    for a child under 14 without its guardian's consent, EndDayError, HelpOpenError, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, EscapeHelp, help_id, sent, author=EscapeHelp.noted_by, by=actor.user_id)
    if first is not None:
        return first, False
    try:
        resident = resident_held(session, actor, new.resident_id)
    except NotFoundError:
        raise NotFoundError(field="resident_id") from None
    check_about(session, resident, Category.CARE)
    if new.noted_on > business_day():
        raise EndDayError(field="noted_on")
    return insert_once(
        session,
        EscapeHelp,
        help_id,
        sent,
        taken=HelpOpenError(field="resident_id"),
        area_code=resident.area_code,
        resident_id=resident.id,
        helpers=new.helpers,
        noted_on=new.noted_on,
        noted_by=actor.user_id,
        created_at=now(),
    )


def end_help(session: Session, actor: Actor, help_id: UUID, *, ended_on: date) -> EscapeHelp:
    """Take somebody off the register; the same again changes nothing.

    Raises NotFoundError, EndDayError, DayLongAgoError, IllegalStepError if it ended on another day.
    """
    query = _with_home().where(EscapeHelp.id == help_id, actor.scope.clause(Resident.area_code))
    row = session.scalars(query.with_for_update(of=EscapeHelp)).one_or_none()
    if row is None:
        raise NotFoundError
    if row.ended_on == ended_on:
        return row
    if row.ended_on is not None:
        raise IllegalStepError(now="ended", asked="end")
    if not row.noted_on <= ended_on <= business_day():
        raise EndDayError(field="ended_on")
    check_recent(ended_on, field="ended_on")
    row.ended_on, row.ended_by = ended_on, actor.user_id
    return row


def helps(
    session: Session, actor: Actor, *, place_id: UUID | None = None, after: UUID | None, limit: int
) -> list[ShownHelp]:
    """List who is on the register in the actor's areas, the newest first."""
    query = _with_home().where(EscapeHelp.ended_on.is_(None), actor.scope.clause(Resident.area_code))
    if place_id is not None:
        query = query.where(Household.place_id == place_id)
    if after is not None:
        query = query.where(EscapeHelp.id < after)
    rows = session.scalars(query.order_by(EscapeHelp.id.desc()).limit(limit)).all()
    return shown_helps(session, actor, rows)


def shown_helps(session: Session, actor: Actor, rows: Collection[EscapeHelp]) -> list[ShownHelp]:
    """Say how much the actor sees of each of these."""
    minors = [row.resident for row in rows if is_minor(row.resident)]
    leave = leave_for(session, actor, minors)
    hidden = {one.id for one in minors} - leave.keys()
    return [ShownHelp(row, row.resident_id not in hidden, leave.get(row.resident_id)) for row in rows]


def known_help(session: Session, actor: Actor, help_id: UUID) -> ShownHelp:
    """Give one back to whoever has just written it."""
    row = session.scalars(_with_home().where(EscapeHelp.id == help_id)).one()
    return shown_helps(session, actor, [row])[0]


def helps_by_building(
    session: Session, actor: Actor, place_ids: Collection[UUID]
) -> Mapping[UUID, BuildingHelps]:
    """Give of these buildings who are there and need help, as far as the actor looks after them."""
    mine = Scope(areas=tuple(held.area_code for held in actor.held if held.role in _KNOWING))
    query = (
        select(Household.place_id, Household.door)
        .join(Resident, Resident.household_id == Household.id)
        .join(EscapeHelp, EscapeHelp.resident_id == Resident.id)
        .where(
            Household.place_id.in_(place_ids),
            EscapeHelp.ended_on.is_(None),
            whereabouts.here(),
            mine.clause(Resident.area_code),
        )
        .order_by(Household.place_id, Household.door)
    )
    found: dict[UUID, BuildingHelps] = defaultdict(BuildingHelps)
    for place_id, door in session.execute(query):
        building = found[place_id]
        building.count += 1
        if door not in building.doors and len(building.doors) < MOST_DOORS:
            building.doors.append(door)
    return found


def _with_home() -> Select[EscapeHelp]:
    home: Any = contains_eager(EscapeHelp.resident).contains_eager(Resident.household)
    query = select(EscapeHelp).join(EscapeHelp.resident).join(Resident.household).join(Household.place)
    return query.options(home.contains_eager(Household.place)).execution_options(populate_existing=True)
