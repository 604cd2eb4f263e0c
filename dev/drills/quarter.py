"""What a quarter asks for by a small model that shares no rule with the product's code."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, takewhile
from random import Random
from uuid import UUID

from app.clock import SHANGHAI
from app.plans import OnDayOff, PlanFrequency, Terms

AHEAD = timedelta(days=14)
"""So far ahead there are occurrences."""
_HOLIDAYS = {date(2026, 2, 15) + timedelta(days=more) for more in range(9)} | {
    date(2026, 4, 4) + timedelta(days=more) for more in range(3)
}
"""Spring Festival and Qingming, as the State Council announced them."""
_MAKE_UP = {date(2026, 2, 14), date(2026, 2, 28)}
"""Saturdays that are worked for it."""
_SATURDAY = 5
_MINUTE, _HALF = timedelta(minutes=1), timedelta(seconds=30)
_DEFAULT_WORKING_DAYS = 7
_BEFORE = timedelta(minutes=30)
"""What opens first opens half an hour after it was told."""


def is_worked(day: date) -> bool:
    """Say whether a day of that quarter is worked."""
    return day in _MAKE_UP or (day.weekday() < _SATURDAY and day not in _HOLIDAYS)


def at(day: date, clock: time) -> datetime:
    """Give a moment in China."""
    return datetime.combine(day, clock, SHANGHAI)


def following(first: date) -> Iterator[date]:
    """Give a day and all that follow."""
    return (first + timedelta(days=more) for more in count())


def to_the_minute(moment: datetime) -> datetime:
    """Give the first full minute that is not before a moment."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + _MINUTE


def days_of(terms: Terms, until: date) -> list[date]:
    """Give the days up to one on which a plan asks for something."""
    named = [
        day for day in takewhile(lambda day: day <= until, following(terms.starts_on)) if _named(terms, day)
    ]
    if terms.on_day_off is OnDayOff.SKIP:
        return [day for day in named if is_worked(day)]
    if terms.on_day_off is OnDayOff.MOVE:
        moved = {next(filter(is_worked, following(day))) for day in named}
        return sorted(day for day in moved if day <= until)
    return named


def _named(terms: Terms, day: date) -> bool:
    if terms.frequency is PlanFrequency.WEEKLY:
        return day.weekday() + 1 in terms.days
    if terms.frequency is PlanFrequency.MONTHLY:
        following_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = (following_month - timedelta(days=1)).day
        return day.day in {min(one, last) for one in terms.days}
    return (day - terms.starts_on).days % (terms.every_days or 1) == 0


def end_of_working_days(since: datetime, days: int = _DEFAULT_WORKING_DAYS) -> datetime:
    """Give the end of the last of so many working days after a day."""
    after = filter(is_worked, following(since.astimezone(SHANGHAI).date() + timedelta(days=1)))
    last = [day for day, _ in zip(after, range(days), strict=False)][-1]
    return at(last + timedelta(days=1), time.min)


@dataclass
class Asked:
    """One occurrence as it should be."""

    plan_id: UUID
    place_id: UUID
    day: date
    opens_at: datetime
    due_at: datetime
    missed_at: datetime
    worker_id: UUID
    done_at: datetime | None = None
    goes_at: datetime | None = None
    """When the post of its worker ends, and to whom it goes then, unless it is over."""
    goes_to: UUID | None = None

    @property
    def is_missed(self) -> bool:
        """Say whether it was not done by its time; what was filed later with a reason was missed, too."""
        return self.done_at is None or self.done_at >= self.missed_at

    @property
    def goes(self) -> bool:
        """Say whether it goes to somebody else with its worker's post."""
        is_over = self.goes_at is None or self.missed_at <= self.goes_at
        return not is_over and (self.done_at is None or self.done_at >= self.goes_at)  # type: ignore[operator]

    def worker_at(self, moment: datetime) -> UUID:
        """Give who has a post for it at a moment."""
        return self.goes_to if self.goes_to and self.goes_at and moment >= self.goes_at else self.worker_id

    @property
    def last_worker_id(self) -> UUID:
        """Give whose it was in the end."""
        return self.goes_to if self.goes and self.goes_to else self.worker_id


@dataclass(frozen=True)
class Filing:
    """An inspection that somebody files."""

    at: datetime
    place_id: UUID
    worker_id: UUID
    late_reason: str | None


def asked_by(plan_id: UUID, terms: Terms, worker_ids: dict[UUID, UUID], until: date) -> Iterator[Asked]:
    """Give the occurrences of a plan by its places and who is responsible there."""
    for day in days_of(terms, until):
        opens_at = at(day, terms.opens)
        due_at = opens_at + timedelta(minutes=terms.due_after_min)
        missed_at = due_at + timedelta(minutes=terms.missed_after_min)
        for place_id, worker_id in worker_ids.items():
            yield Asked(plan_id, place_id, day, opens_at, due_at, missed_at, worker_id)


def filings(asked: Sequence[Asked], rng: Random, until: datetime) -> list[Filing]:
    """Draw what workers do, and let the model know what comes of it: on time, overdue, late, or never."""
    drawn: list[tuple[datetime, Asked, str | None]] = []
    for one in asked:
        kind = rng.random()
        if kind < 0.55:  # noqa: PLR2004 - shares of what workers do
            drawn.append((between(rng, one.opens_at, one.due_at), one, None))
        elif kind < 0.65:  # noqa: PLR2004
            drawn.append((between(rng, one.due_at, one.missed_at), one, None))
        elif kind < 0.85:  # noqa: PLR2004
            later = one.missed_at + timedelta(hours=40)
            drawn.append((between(rng, one.missed_at, later), one, "大雪封路"))
    drawn.sort(key=lambda one: one[0])
    of: dict[UUID, list[Asked]] = defaultdict(list)
    for one in asked:
        of[one.place_id].append(one)
    made = []
    for moment, one, reason in drawn:
        if moment < until and one.done_at is None:
            made.append(Filing(moment, one.place_id, one.worker_at(moment), reason))
            _resolve(of[one.place_id], moment, reason)
    return made


def between(rng: Random, since: datetime, until: datetime) -> datetime:
    """Draw a half minute, so that nothing depends on what comes first within a minute."""
    return since + rng.randrange((until - since) // _MINUTE) * _MINUTE + _HALF


def _resolve(asked: Sequence[Asked], moment: datetime, reason: str | None) -> None:
    """Resolve the last one that is open, and with a reason the last one that was missed."""
    waiting = [one for one in asked if one.done_at is None and one.opens_at <= moment]
    still_open = [one for one in waiting if moment < one.missed_at]
    missed = [one for one in waiting if moment >= one.missed_at and reason]
    for lot in (still_open, missed):
        if lot:
            max(lot, key=lambda one: one.opens_at).done_at = moment


def openings(asked: Sequence[Asked], days: Sequence[date]) -> Counter[tuple[UUID, date, int]]:
    """Give who is told on which morning how many of his open; nothing opens before he is told."""
    opening = Counter((one.worker_at(one.opens_at - _BEFORE), one.day) for one in asked)
    known = set(days)
    return Counter((who, day, many) for (who, day), many in opening.items() if day in known)
