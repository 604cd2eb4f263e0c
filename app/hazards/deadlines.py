"""Until when a hazard must be put right."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import community_of
from app.clock import last_day
from app.errors import DomainError, Kind
from app.models import AlarmKind, CategoryDeadline, ChecklistItem, Hazard, HazardLevel
from app.workdays import WorkCalendar

DEFAULT_WORKING_DAYS = 7
"""Where neither the assigner, the item nor the community says more (domain.md, inspections and hazards)."""
MAJOR_CONTROLS_WITHIN = timedelta(hours=24)
"""By when the temporary controls of a major hazard must stand (domain.md: major 24 h controls)."""
FURTHEST = timedelta(days=366)
"""Nothing unsafe may be put off for longer than a year."""

_ALARMS = ((AlarmKind.REMIND, 80), (AlarmKind.SUPERVISE_COUNTY, 100), (AlarmKind.SUPERVISE_CITY, 150))
"""After how many of a hundred parts of its time what happens (domain.md, inspections and hazards)."""


class DueTimeError(DomainError):
    """The deadline is over already, or more than a year away."""

    code = "due_time"
    kind = Kind.INVALID


def due(
    session: Session, calendar: WorkCalendar, hazard: Hazard, *, at: datetime, asked: datetime | None
) -> datetime:
    """Give the deadline of an assignment made ``at``: the one asked for, or the default in working days.

    Raises DueTimeError, and HolidaysUnknownError if the default runs into a year without a calendar.
    """
    if asked is not None:
        if not at < asked <= at + FURTHEST:
            raise DueTimeError(field="due_at")
        return asked
    return calendar.deadline(at, default_time(session, hazard).working_days)


class DeadlineSource(StrEnum):
    """Who says how much time a hazard has, unless whoever assigns it does."""

    ITEM = "item"
    COMMUNITY = "community"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class DefaultTime:
    """How much time a hazard has by default, and by whose word."""

    working_days: int
    source: DeadlineSource


def default_time(session: Session, hazard: Hazard) -> DefaultTime:
    """Give how much time a hazard has: its checklist item's, its community's for the category, or all's."""
    of_item = select(ChecklistItem.deadline_days).where(ChecklistItem.id == hazard.item_id)
    of_community = (
        select(CategoryDeadline.working_days)
        .where(
            CategoryDeadline.area_code == community_of(hazard.area_code),
            CategoryDeadline.category == hazard.category,
        )
        .order_by(CategoryDeadline.set_at.desc(), CategoryDeadline.id.desc())
        .limit(1)
    )
    asked = select(of_item.scalar_subquery(), of_community.scalar_subquery())
    by_item, by_community = session.execute(asked).one()
    if by_item is not None:
        return DefaultTime(by_item, DeadlineSource.ITEM)
    if by_community is not None:
        return DefaultTime(by_community, DeadlineSource.COMMUNITY)
    return DefaultTime(DEFAULT_WORKING_DAYS, DeadlineSource.EVERYBODY)


@dataclass(frozen=True)
class Alarm:
    """What happens of itself at a moment, and the deadline it is of."""

    kind: AlarmKind
    at: datetime
    due_at: datetime


def set_deadline(hazard: Hazard, due_at: datetime, *, since: datetime) -> None:
    """Give a hazard its deadline, and wind its clocks; the day of its five fixed items moves along.

    What was fixed when the work began stands in the event of that.
    """
    hazard.due_at, hazard.due_from = due_at, since
    if hazard.five_fixed is not None:
        hazard.five_fixed = hazard.five_fixed | {"deadline": last_day(due_at).isoformat()}
    hazard.asked_due_at = None
    wind(hazard)


def drop_deadline(hazard: Hazard) -> None:
    """Take the deadline of a hazard away with whoever had it; the next one sets another."""
    hazard.due_at = hazard.due_from = hazard.asked_due_at = None
    wind(hazard)


def want_controls(hazard: Hazard, *, at: datetime) -> None:
    """Let the temporary controls of a major hazard be due from now, unless they were shown."""
    if hazard.level is HazardLevel.MAJOR and hazard.controls_reported_at is None:
        hazard.controls_due_at = at + MAJOR_CONTROLS_WITHIN
        wind(hazard)


def first_deadline(hazard: Hazard) -> datetime:
    """Give by when whoever has a hazard must have done something first: showing controls, or all of it."""
    assert hazard.due_at is not None, "what is given out has a deadline"
    controls = hazard.controls_due_at if hazard.controls_reported_at is None else None
    return min(hazard.due_at, controls or hazard.due_at)


def wind(hazard: Hazard) -> None:
    """Set a hazard's clock to its first alarm; one that sounded already sounds no second time."""
    hazard.alarm_at = min((alarm.at for alarm in alarms_of(hazard)), default=None)


def alarms_of(hazard: Hazard) -> list[Alarm]:
    """Give what happens of itself to a hazard, and when."""
    alarms = []
    if hazard.controls_due_at is not None and hazard.controls_reported_at is None:
        due_at = hazard.controls_due_at
        alarms.append(Alarm(AlarmKind.REMIND_CONTROLS, due_at, due_at))
    if hazard.due_at is not None:
        since, due_at = hazard.due_from or hazard.received_at, hazard.due_at
        whole = due_at - since
        alarms += [Alarm(kind, since + whole * parts / 100, due_at) for kind, parts in _ALARMS]
    return alarms
