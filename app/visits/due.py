"""How often a resident is called on, and when next."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.clock import business_day
from app.errors import DomainError, Kind
from app.models import (
    CareCategory,
    CareLevel,
    CareRecord,
    ClockFlag,
    PresenceState,
    Resident,
    Visit,
    VisitOutcome,
    Willingness,
)
from app.people import ADULT_YEARS, is_minor, last_birth_of_adults

LEVEL_DAYS = {CareLevel.HIGH: 7, CareLevel.MEDIUM: 14, CareLevel.LOW: 30, CareLevel.GENERAL: 92}
"""Weekly, every two weeks, monthly, quarterly (domain.md, visits); a community may be stricter."""
MONTH_DAYS = 31
MONTHLY = frozenset({CareCategory.ELDERLY, CareCategory.DISABLED, CareCategory.LEFT_BEHIND_CHILD})
"""At least monthly whatever the level: special-difficulty elderly and disabled people by the Ministry of
Civil Affairs' and nine departments' opinion of October 2022, left-behind children as those whom the Minor
Protection Law (art. 43) puts under special care."""


class CareEndedError(DomainError):
    """The care ended before that day."""

    code = "care_ended"
    kind = Kind.CONFLICT


class DueKey(NamedTuple):
    """The place of a thing in a list that goes by due day; as text, it is the list's cursor."""

    day: date
    id: UUID

    @classmethod
    def parse(cls, text: str) -> "DueKey":
        """Read it back. Raises ValueError."""
        day, thing_id = text.split(" ")
        return cls(date.fromisoformat(day), UUID(thing_id))

    def __str__(self) -> str:
        return f"{self.day} {self.id}"


def most_days(category: CareCategory, level: CareLevel, *, age: int) -> int:
    """Give the longest time between two visits, in days; it is also the default.

    A minor who is looked after is a child in difficulty (困境儿童), so visited at least monthly too.
    """
    monthly = category in MONTHLY or age < ADULT_YEARS
    return min(LEVEL_DAYS[level], MONTH_DAYS) if monthly else LEVEL_DAYS[level]


def first_due(level: CareLevel, started_on: date, every_days: int) -> date:
    """Give the day of the first visit: at once where the need is high."""
    return started_on if level is CareLevel.HIGH else started_on + timedelta(days=every_days)


_RISING = [CareLevel.GENERAL, CareLevel.LOW, CareLevel.MEDIUM, CareLevel.HIGH]


def due_by_level(record: CareRecord, level: CareLevel, every_days: int, today: date) -> date:
    """Give when the next visit of a record is due that gets another level or interval.

    Raised to high it is at once. Else it is the new interval after the last completed visit, or after the
    care began, but not before today: nobody is overdue by what is decided now. It is never later than it was,
    unless the level is lowered, or stays and visits come further apart.
    """
    due = (record.last_visited_on or record.started_on) + timedelta(days=every_days)
    up = _RISING.index(level) - _RISING.index(record.level)
    if up < 0 or (up == 0 and every_days > record.every_days):
        return due
    if up > 0 and level is CareLevel.HIGH:
        due = today
    return min(record.next_due_on, max(due, today))


def is_awaited(record: CareRecord) -> bool:
    """Say whether a visit is due at all: nobody is called on who lives elsewhere, left care or refuses it.

    A minor is called on by law, whoever refuses (Minor Protection Law, art. 43).
    """
    refuses = record.willingness is Willingness.REFUSES and not is_minor(record.resident)
    return record.ended_on is None and record.resident.presence is not PresenceState.AWAY and not refuses


def willing() -> ColumnElement[bool]:
    """Say in SQL, beside ``Resident``, that somebody does not refuse visits, or is a minor."""
    return or_(
        CareRecord.willingness.is_distinct_from(Willingness.REFUSES),
        Resident.birth_date > last_birth_of_adults(business_day()),
    )


def overdue_days(record: CareRecord) -> int:
    """Give by how many days a visit is late today."""
    if not is_awaited(record):
        return 0
    return max(0, (business_day() - record.next_due_on).days)


def book(session: Session, record: CareRecord, visit: Visit) -> None:
    """Note a new visit in its care record; the only writer of ``next_due_on`` and ``last_visited_on``.

    The visit that happened last decides, in whatever order visits arrive: somebody not reached is due again
    the next day, everybody else ``every_days`` after the day of the visit. Raises CareEndedError.
    """
    changing = ["ended_on", "every_days", "last_visited_on", "next_due_on"]
    # Visits of one record refer to its key: a lock that spares the key cannot deadlock with them.
    session.refresh(record, changing, with_for_update={"key_share": True})
    day = business_day(visit.happened_at)
    if record.ended_on is not None and day > record.ended_on:
        raise CareEndedError(field="care_record_id")
    reached = visit.outcome is not VisitOutcome.NOT_REACHED
    if reached and (record.last_visited_on is None or day > record.last_visited_on):
        record.last_visited_on = day
    if session.scalar(latest_visit(record.id)) == visit.id:
        record.next_due_on = day + timedelta(days=record.every_days if reached else 1)


def latest_visit(record_id: UUID | InstrumentedAttribute[UUID]) -> Select[UUID]:
    """Select the id of the visit of a record that happened last."""
    happened_at = case((Visit.clock_flag == ClockFlag.OK, Visit.captured_at), else_=Visit.received_at)
    return (
        select(Visit.id)
        .where(Visit.care_record_id == record_id)
        .order_by(happened_at.desc(), Visit.id.desc())
        .limit(1)
    )
