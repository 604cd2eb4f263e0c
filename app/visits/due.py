"""How often a resident is called on, and when next."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.clock import business_day, now
from app.errors import DomainError, Kind
from app.models import (
    CareCategory,
    CareLevel,
    CareRecord,
    Resident,
    Visit,
    VisitOutcome,
    WeatherAlert,
    WeatherCall,
    Willingness,
)
from app.people import ADULT_YEARS, is_minor, last_birth_of_adults, whereabouts

LEVEL_DAYS = {CareLevel.HIGH: 7, CareLevel.MEDIUM: 14, CareLevel.LOW: 30, CareLevel.GENERAL: 92}
"""Weekly, every two weeks, monthly, quarterly (domain.md, visits); a community may be stricter."""
MONTH_DAYS = 31
MONTHLY = frozenset({CareCategory.ELDERLY, CareCategory.DISABLED, CareCategory.LEFT_BEHIND_CHILD})
"""At least monthly whatever the level: special-difficulty elderly and disabled people by the Ministry of
Civil Affairs' and nine departments' opinion of October 2022, left-behind children as those whom the Minor
Protection Law (art. 43) puts under special care."""


_COUNTED = 100
"""So many visits in vain in a row are counted at most."""
_BOOKED = [
    "area_code",
    "worker_id",
    "ended_on",
    "every_days",
    "last_visited_on",
    "not_reached",
    "escalated_at",
    "next_due_on",
    "regular_due_on",
    "alert_id",
]
SOON_DAYS = 3


class Due(StrEnum):
    """How a visit lies to today."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    """Within three days."""
    LATER = "later"


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
    unless the level is lowered, or stays and visits come further apart, and the last visit reached somebody.
    It is the regular day: what weather brings forward stays so.
    """
    due = (record.last_visited_on or record.started_on) + timedelta(days=every_days)
    up = _RISING.index(level) - _RISING.index(record.level)
    further = up < 0 or (up == 0 and every_days > record.every_days)
    if further and not record.not_reached:
        return due
    if up > 0 and level is CareLevel.HIGH:
        due = today
    return min(standing_due(record), max(due, today))


def standing_due(record: CareRecord) -> date:
    """Give when the next visit is due but for the weather."""
    return record.regular_due_on or record.next_due_on


def set_due(session: Session, record: CareRecord, regular: date) -> None:
    """Let the next visit of a locked record be due on a day, or earlier where weather brings it forward.

    Where nobody was reached the visit is due again the next day, weather or not.
    """
    _set_due(record, regular, _calls(session, [record]).get(record.id))


def set_due_anew(session: Session, records: Sequence[CareRecord]) -> None:
    """Let the next visits of locked records be due as before, but for the weather; by one query."""
    calls = _calls(session, records)
    for record in records:
        _set_due(record, standing_due(record), calls.get(record.id))


def _calls(session: Session, records: Sequence[CareRecord]) -> dict[UUID, WeatherCall]:
    """Give of those who were reached the earliest call that is open."""
    query = (
        select(WeatherCall)
        .where(
            WeatherCall.care_record_id.in_([one.id for one in records if not one.not_reached]),
            WeatherCall.closed_at.is_(None),
        )
        .order_by(WeatherCall.due_on, WeatherCall.id)
    )
    calls: dict[UUID, WeatherCall] = {}
    for call in session.scalars(query):
        calls.setdefault(call.care_record_id, call)
    return calls


def _set_due(record: CareRecord, regular: date, call: WeatherCall | None) -> None:
    """Write the day; the only writer of ``next_due_on``, ``regular_due_on`` and ``alert_id``."""
    if call is not None and call.due_on < regular:
        record.next_due_on, record.regular_due_on, record.alert_id = call.due_on, regular, call.alert_id
    else:
        record.next_due_on, record.regular_due_on, record.alert_id = regular, None, None


def is_awaited(record: CareRecord) -> bool:
    """Say whether a visit is due at all: nobody is called on who lives elsewhere, left care or refuses it.

    A minor is called on by law, whoever refuses (Minor Protection Law, art. 43).
    """
    refuses = record.willingness is Willingness.REFUSES and not is_minor(record.resident)
    return record.ended_on is None and whereabouts.is_here(record.resident) and not refuses


def awaited() -> ColumnElement[bool]:
    """Say in SQL, beside ``Resident``, what ``is_awaited`` says of a record."""
    return and_(CareRecord.ended_on.is_(None), whereabouts.here(), willing())


def willing() -> ColumnElement[bool]:
    """Say in SQL, beside ``Resident``, that somebody does not refuse visits, or is a minor."""
    return or_(
        CareRecord.willingness.is_distinct_from(Willingness.REFUSES),
        Resident.birth_date > last_birth_of_adults(business_day()),
    )


def due_in_days(record: CareRecord) -> int | None:
    """Give in how many days a visit is due, less than none where it is late; None where nobody is awaited."""
    return (record.next_due_on - business_day()).days if is_awaited(record) else None


def due_of(days: int | None) -> Due | None:
    """Say how a visit that is due in so many days lies to today."""
    if days is None:
        return None
    if days < 0:
        return Due.OVERDUE
    if days == 0:
        return Due.TODAY
    return Due.SOON if days <= SOON_DAYS else Due.LATER


def days_of(due: Due) -> tuple[date, date]:
    """Give the first and the last day that lie so to today."""
    today, soon = business_day(), business_day() + timedelta(days=SOON_DAYS)
    day = timedelta(days=1)
    spans = {
        Due.OVERDUE: (date.min, today - day),
        Due.TODAY: (today, today),
        Due.SOON: (today + day, soon),
        Due.LATER: (soon + day, date.max - day),
    }
    return spans[due]


def overdue_days(record: CareRecord) -> int:
    """Give by how many days a visit is late today."""
    return max(0, -(due_in_days(record) or 0))


def book(session: Session, record: CareRecord, visit: Visit) -> None:
    """Note a new visit in its care record; the only writer of ``last_visited_on`` and ``not_reached``.

    The visit that happened last decides, in whatever order visits arrive: somebody not reached is due again
    the next day, everybody else ``every_days`` after the day of the visit. A visit that reached somebody in
    the time of an alert satisfies it. Raises CareEndedError.
    """
    # Visits of one record refer to its key: a lock that spares the key cannot deadlock with them.
    session.refresh(record, _BOOKED, with_for_update={"key_share": True})
    day = business_day(visit.happened_at)
    if record.ended_on is not None and day > record.ended_on:
        raise CareEndedError(field="care_record_id")
    reached = visit.outcome is not VisitOutcome.NOT_REACHED
    if reached:
        record.last_visited_on = max(day, record.last_visited_on or day)
        _satisfy(session, record, day)
    latest = session.execute(_latest(record.id)).all()
    in_a_row = takewhile(lambda one: one.outcome is VisitOutcome.NOT_REACHED, latest)
    record.not_reached = len(list(in_a_row))
    regular = standing_due(record)
    if latest[0].id == visit.id:
        record.escalated_at = None
        regular = day + timedelta(days=record.every_days if reached else 1)
    set_due(session, record, regular)


def _satisfy(session: Session, record: CareRecord, day: date) -> None:
    """Close the calls of alerts in whose time somebody was reached."""
    session.execute(
        update(WeatherCall)
        .where(
            WeatherCall.care_record_id == record.id,
            WeatherCall.closed_at.is_(None),
            WeatherCall.from_on <= day,
            WeatherCall.alert_id == WeatherAlert.id,
            WeatherAlert.until_on >= day,
        )
        .values(closed_at=now())
        .execution_options(synchronize_session=False)
    )


def _latest(record_id: UUID) -> Select[UUID, VisitOutcome]:
    """Select the visits of a record from the last on; more in vain are not counted."""
    query = select(Visit.id, Visit.outcome).where(Visit.care_record_id == record_id)
    return query.order_by(Visit.happened_at.desc(), Visit.id.desc()).limit(_COUNTED)


def latest_visit(record_id: UUID | InstrumentedAttribute[UUID]) -> Select[UUID]:
    """Select the id of the visit of a record that happened last."""
    query = select(Visit.id).where(Visit.care_record_id == record_id)
    return query.order_by(Visit.happened_at.desc(), Visit.id.desc()).limit(1)
