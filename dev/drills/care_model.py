"""What a quarter of care asks for, by a slow model that shares no rule with the product's code.

It knows facts with their moments, and works everything out from the first of them each time it is asked.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

_DAY = timedelta(days=1)
_LEVELS = ("general", "low", "medium", "high")


@dataclass(frozen=True)
class Called:
    """A visit: when it was made, when it arrived, and whether somebody was reached."""

    id: UUID
    made: datetime
    came: datetime
    reached: bool


@dataclass(frozen=True)
class Levelled:
    """A change of level or interval."""

    at: datetime
    level: str
    every: int


@dataclass(frozen=True)
class Warned:
    """An alert for the whole place, or for some levels."""

    id: UUID
    at: datetime
    since: date
    until: date
    levels: tuple[str, ...]
    ended: datetime | None = None


@dataclass(frozen=True)
class Away:
    """Days on which somebody stands in for a worker; known from a moment on."""

    at: datetime
    worker: UUID
    substitute: UUID
    since: date
    until: date
    ended: datetime | None = None


@dataclass
class Steady:
    """What changes at moments: what holds from each on."""

    changes: list[tuple[datetime, object]] = field(default_factory=list)

    def at(self, moment: datetime) -> object:
        """Give what holds at a moment."""
        held = None
        for since, what in self.changes:
            if since <= moment:
                held = what
        return held


@dataclass
class Cared:
    """One record, and all that ever happened to it."""

    id: UUID
    opened: datetime
    level: str
    every: int
    area: Steady
    worker: Steady
    substitute: Steady
    presence: Steady
    will: Steady
    ended: datetime | None = None
    levels: list[Levelled] = field(default_factory=list)
    visits: list[Called] = field(default_factory=list)

    def is_open(self, moment: datetime) -> bool:
        """Say whether somebody is looked after at a moment."""
        return self.opened <= moment and (self.ended is None or moment < self.ended)

    def is_awaited(self, moment: datetime) -> bool:
        """Say whether somebody is to call there."""
        here = self.presence.at(moment) != "away"
        return self.is_open(moment) and here and self.will.at(moment) != "refuses"

    def last(self, moment: datetime) -> Called | None:
        """Give the visit that was made last, of those that have arrived."""
        arrived = [one for one in self.visits if one.came <= moment]
        return max(arrived, key=lambda one: (one.made, one.id), default=None)

    def in_vain(self, moment: datetime) -> int:
        """Give how many visits in a row, up to the last one, reached nobody."""
        arrived = sorted(
            (one for one in self.visits if one.came <= moment), key=lambda one: (one.made, one.id)
        )
        count = 0
        for one in arrived:
            count = 0 if one.reached else count + 1
        return count


@dataclass
class Model:
    """Everything that was ever done, and when the jobs ran."""

    zone: tzinfo
    posts: list[tuple[UUID, str, datetime, datetime | None]]
    """Who has a post over which area from when until when."""
    cared: dict[UUID, Cared] = field(default_factory=dict)
    alerts: list[Warned] = field(default_factory=list)
    absences: list[Away] = field(default_factory=list)
    runs: list[datetime] = field(default_factory=list)
    """When jobs ran, in their order."""

    def day(self, moment: datetime) -> date:
        """Give the day in China."""
        return moment.astimezone(self.zone).date()

    # Who does it

    def doer(self, one: Cared, moment: datetime) -> UUID | None:
        """Give who is to call there."""
        by_post = self.by_post(one, moment)
        if by_post is not None:
            return by_post
        substitute = one.substitute.at(moment)
        if not isinstance(substitute, UUID) or not self._posted(substitute, moment):
            return None
        return self.present(substitute, moment)

    def by_post(self, one: Cared, moment: datetime) -> UUID | None:
        """Give the worker or whoever stands in for him; None where neither can."""
        worker, area = one.worker.at(moment), one.area.at(moment)
        assert isinstance(worker, UUID), "a record has a worker"
        over = any(
            who == worker and str(area).startswith(code)
            for who, code, since, until in self.posts
            if since <= moment and (until is None or moment < until)
        )
        return self.present(worker, moment) if over else None

    def _posted(self, who: UUID, moment: datetime) -> bool:
        return any(
            one == who and since <= moment and (until is None or moment < until)
            for one, _, since, until in self.posts
        )

    def present(self, who: UUID, moment: datetime, depth: int = 0) -> UUID | None:
        """Give whoever stands in for somebody; None where the way ends at somebody without a post."""
        today = self.day(moment)
        for away in self.absences:
            known = away.at <= moment and (away.ended is None or moment < away.ended)
            if known and away.worker == who and away.since <= today <= away.until:
                if depth == 5 or not self._posted(away.substitute, moment):  # noqa: PLR2004 - as many as are followed
                    return None
                return self.present(away.substitute, moment, depth + 1)
        return who

    # When it is due

    def due(self, one: Cared, moment: datetime) -> date:
        """Give when the next visit is due."""
        regular = self.regular(one, moment)
        if one.in_vain(moment):
            return regular
        return min([regular, *(day for _, day in self.calls(one, moment))])

    def regular(self, one: Cared, moment: datetime) -> date:
        """Give when it is due but for the weather: change after change from the first day on."""
        level, every, opened = one.level, one.every, self.day(one.opened)
        due = opened if level == "high" else opened + every * _DAY
        changes: list[tuple[datetime, Called | Levelled]] = [
            *((visit.came, visit) for visit in one.visits),
            *((change.at, change) for change in one.levels),
        ]
        for at, what in sorted(changes, key=lambda change: change[0]):
            if at > moment:
                break
            if isinstance(what, Called):
                if one.last(at) == what:
                    due = self.day(what.made) + (every if what.reached else 1) * _DAY
                continue
            due = self._levelled(one, (level, every), what, due)
            level, every = what.level, what.every
        return due

    def _levelled(self, one: Cared, before: tuple[str, int], now: Levelled, due: date) -> date:
        today = self.day(now.at)
        reached = [self.day(one.made) for one in one.visits if one.came <= now.at and one.reached]
        by_interval = max(reached, default=self.day(one.opened)) + now.every * _DAY
        up = _LEVELS.index(now.level) - _LEVELS.index(before[0])
        rarer = up < 0 or (up == 0 and now.every > before[1])
        if rarer and not one.in_vain(now.at):
            return by_interval
        wanted = today if up > 0 and now.level == "high" else max(by_interval, today)
        return min(due, wanted)

    def level(self, one: Cared, moment: datetime) -> str:
        """Give the level."""
        return [one.level, *(change.level for change in one.levels if change.at <= moment)][-1]

    def calls(self, one: Cared, moment: datetime) -> list[tuple[Warned, date]]:
        """Give the alerts that bring its visit forward, and to which day."""
        found = []
        for alert in self.alerts:
            called_at = self.called_at(one, alert, moment)
            if called_at is None or self._over(alert, called_at, moment):
                continue
            if self._seen(one, alert, moment):
                continue
            found.append((alert, max(alert.since, self.day(called_at))))
        return found

    def called_at(self, one: Cared, alert: Warned, moment: datetime) -> datetime | None:
        """Give when a job called for a visit because of an alert, if one did by then."""
        for run in self.runs[bisect_left(self.runs, alert.at) : bisect_right(self.runs, moment)]:
            if self.day(run) > alert.until or (alert.ended is not None and alert.ended <= run):
                break
            fits = not alert.levels or self.level(one, run) in alert.levels
            last = [self.day(visit.made) for visit in one.visits if visit.came <= run and visit.reached]
            if one.is_open(run) and fits and max(last, default=date.min) < alert.since:
                return run
        return None

    def _over(self, alert: Warned, called_at: datetime, moment: datetime) -> bool:
        """Say whether a job has seen since that the alert is over: the last one has, if any."""
        run = self.runs[bisect_right(self.runs, moment) - 1]
        ended = alert.ended is not None and alert.ended <= run
        return run > called_at and (ended or self.day(run) > alert.until)

    def _seen(self, one: Cared, alert: Warned, moment: datetime) -> bool:
        return any(
            visit.reached and visit.came <= moment and alert.since <= self.day(visit.made) <= alert.until
            for visit in one.visits
        )
