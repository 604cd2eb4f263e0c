"""Whom a quarter of care has to tell what, and when, by the slow model."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from dev.drills.care_model import Called, Cared, Model, Warned

Told = tuple[UUID, str, str, datetime]
"""Whom, what, about what, when."""
_EIGHT = time(8, 0)
_FOR_DAYS = timedelta(days=8)
"""So long a visit in vain is told of."""


@dataclass
class Telling:
    """What was to be told by now; the jobs' part is worked out run after run."""

    model: Model
    admins: set[UUID]
    told: Counter[Told] = field(default_factory=Counter)
    _in_vain: set[UUID] = field(default_factory=set)
    _handed: dict[UUID, date] = field(default_factory=dict)
    _warned: set[UUID] = field(default_factory=set)

    def tell(self, whom: UUID | None, what: str, about: object, at: datetime) -> None:
        """Note that somebody is to be told."""
        if whom is not None:
            self.told[whom, what, str(about), at] += 1

    def arrived(self, one: Cared, visit: Called, by: UUID) -> None:
        """Let a visit arrive: the second in a row that reached nobody is told at once."""
        if one.last(visit.came) == visit and one.in_vain(visit.came) > 1:
            for admin in self.admins - {by}:
                self.tell(admin, "out_of_contact", visit.id, visit.came)
            if self.admins - {by}:
                self._in_vain.add(visit.id)

    def forget(self, one: Cared) -> None:
        """Let whoever is to do the care of somebody be looked at anew."""
        self._handed.pop(one.id, None)

    def run(self, at: datetime) -> None:
        """Let the jobs run at a moment."""
        self._of_weather(at)
        self._of_hands(at)
        self._of_visits(at)

    def _of_visits(self, at: datetime) -> None:
        for one in self.model.cared.values():
            last = one.last(at)
            if last is None or last.reached or last.id in self._in_vain or at - last.came > _FOR_DAYS:
                continue
            if one.is_open(at) and one.presence.at(at) != "away" and told_from(last, self.model) <= at:
                self._in_vain.add(last.id)
                for admin in self.admins:
                    self.tell(admin, "", last.id, at)

    def _of_hands(self, at: datetime) -> None:
        """Tell of those whose worker cannot: a substitute once, the admins each morning."""
        today, morning = self.model.day(at), at.astimezone(self.model.zone).time() >= _EIGHT
        came_over: Counter[UUID] = Counter()
        nobodys = 0
        for one in self.model.cared.values():
            if not one.is_open(at):
                continue
            told_on = self._handed.get(one.id)
            if told_on is not None and not (morning and told_on < today):
                continue
            if self.model.by_post(one, at) is not None:
                self._handed.pop(one.id, None)
                continue
            self._handed[one.id] = today
            doer = self.model.doer(one, at)
            if doer is None:
                nobodys += 1
            elif told_on is None:
                came_over[doer] += 1
        for who, many in came_over.items():
            self.tell(who, "came_over", many, at)
        if nobodys:
            for admin in self.admins:
                self.tell(admin, "nobodys", nobodys, at)

    def _of_weather(self, at: datetime) -> None:
        for alert in self.model.alerts:
            in_force = alert.ended is None or at < alert.ended
            if alert.id not in self._warned and in_force and self.model.day(at) <= alert.until:
                self._warned.add(alert.id)
                self._warn(alert, at)

    def _warn(self, alert: Warned, at: datetime) -> None:
        many: Counter[UUID] = Counter()
        for one in self.model.cared.values():
            if one.is_awaited(at) and any(call is alert for call, _ in self.model.calls(one, at)):
                doer = self.model.doer(one, at)
                if doer is not None:
                    many[doer] += 1
        for who, count in many.items():
            self.tell(who, "weather", count, at)


def told_from(visit: Called, model: Model) -> datetime:
    """Give from when on a visit in vain is told: the next morning, or an hour before a day is over."""
    morning = datetime.combine(model.day(visit.made) + timedelta(days=1), _EIGHT, model.zone)
    return min(morning, visit.made + timedelta(hours=23))
