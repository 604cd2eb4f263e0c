"""The hazards of the drill of a quarter, and when their time makes itself heard, by a model of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from app.clock import SHANGHAI
from app.ids import new_id
from app.models import AlarmKind
from dev.drills.quarter import at, between, end_of_working_days, to_the_minute

_ALARMS = ((AlarmKind.REMIND, 80), (AlarmKind.SUPERVISE_COUNTY, 100), (AlarmKind.SUPERVISE_CITY, 150))
_RIGHT = (0.4, 0.9, 1.2, None)
"""After which part of its time a hazard is put right, None for never."""
_DECIDED = (0.6, 0.85, 1.1)
"""After which part of the first time it is decided on more of it."""
_HALF_S = 30
_LONGER = 5
"""So many days more are asked for."""


@dataclass(frozen=True)
class Clock:
    """A deadline that a hazard has from a moment on."""

    set_at: datetime
    since: datetime
    due_at: datetime


@dataclass(frozen=True)
class MoreTime:
    """A wish for more time."""

    asked_at: datetime
    until: date
    decided_at: datetime
    granted: bool | None
    """None if nobody answers."""


@dataclass(frozen=True)
class HandedOver:
    """A transfer to another department, which answers that it is done, or never."""

    at: datetime
    expected_on: date


@dataclass
class Danger:
    """A hazard that is given to somebody, who puts it right after some time, or does not."""

    id: UUID
    place_id: UUID
    reporter_id: UUID
    assignee_id: UUID
    assigned_at: datetime
    asked_due_at: datetime | None
    """None for the default."""
    right_at: datetime | None
    more: MoreTime | None = None
    handed: HandedOver | None = None
    clocks: list[Clock] = field(default_factory=list)
    hands: list[tuple[datetime, UUID | None]] = field(default_factory=list)
    """Who is to see to it from when on, None for whoever gives it out."""

    @property
    def due_at(self) -> datetime:
        """Give the first deadline."""
        return self.asked_due_at or end_of_working_days(self.assigned_at)

    def after(self, part: float) -> datetime:
        """Give the half minute after a part of the first time."""
        moment = self.assigned_at + (self.due_at - self.assigned_at) * part
        return moment.replace(second=_HALF_S, microsecond=0)

    def hand_at(self, moment: datetime) -> UUID | None:
        """Give who is to see to it at a moment."""
        return [who for since, who in self.hands if since <= moment][-1]

    def alarms(self, until: datetime) -> Iterator[tuple[AlarmKind, datetime]]:
        """Give what happens of itself, and in which minute, up to a moment."""
        ends = [clock.set_at for clock in self.clocks[1:]] + [None]
        for clock, end in zip(self.clocks, ends, strict=True):
            for kind, parts in _ALARMS:
                moment = clock.since + (clock.due_at - clock.since) * parts / 100
                minute = to_the_minute(max(moment, clock.set_at))
                is_over = any(over is not None and minute >= over for over in (end, self.right_at))
                if minute <= until and not is_over:
                    yield kind, minute

    def ask_for_more(self, turn: int) -> None:
        """Let its time be asked to be longer, which is granted, refused or left open."""
        until = self.due_at.astimezone(SHANGHAI).date() + timedelta(days=_LONGER)
        granted = (True, False, None)[turn % 3]
        decided_at = self.after(_DECIDED[turn // 3 % 3])
        self.more = MoreTime(self.after(0.5), until, decided_at, granted)
        self.right_at = self.after(1.3) if turn % 2 else None
        if granted:
            self.clocks.append(Clock(decided_at, self.assigned_at, at(until + timedelta(days=1), time.min)))

    def hand_over(self, turn: int) -> None:
        """Let another department have it, with a new time, in which it answers or not."""
        moment = self.after(0.3 + 0.4 * (turn % 3))
        expected_on = moment.astimezone(SHANGHAI).date() + timedelta(days=2 + turn % 4)
        clock = Clock(moment, moment, at(expected_on + timedelta(days=1), time.min))
        self.handed = HandedOver(moment, expected_on)
        self.clocks.append(clock)
        self.hands.append((moment, None))
        part = (0.9, 1.2, None)[turn % 3]
        answered = moment + (clock.due_at - moment) * part if part else None
        self.right_at = answered and answered.replace(second=_HALF_S, microsecond=0)

    def take_back(self, moment: datetime, *, given_at: datetime, to: UUID) -> bool:
        """Let it be taken back at a moment and given to somebody else; say whether it was in hand then."""
        if self.assigned_at >= moment or (self.right_at is not None and self.right_at < moment):
            return False
        self.hands += [(moment, None), (given_at, to)]
        if self.right_at is not None and self.right_at <= given_at:
            self.right_at = None
        return True


@dataclass(frozen=True)
class Leaver:
    """Whose post ends in the middle, when, and who gets his hazards two hours later."""

    user_id: UUID
    at: datetime
    successor_id: UUID

    @property
    def given_at(self) -> datetime:
        """Say when what was taken back is given out again."""
        return self.at + timedelta(hours=2, seconds=_HALF_S)


def dangers(
    number: int,
    places: Sequence[UUID],
    workers: Sequence[UUID],
    leaver: Leaver,
    first: datetime,
    until: datetime,
    rng: Random,
) -> list[Danger]:
    """Draw hazards of the first two thirds of the time; of three one wants more time, one goes elsewhere."""
    made = []
    for turn in range(number):
        assigned_at = between(rng, first + timedelta(hours=3), first + (until - first) * 2 / 3)
        asked = None if turn % 2 else assigned_at + timedelta(minutes=rng.randrange(20 * 60, 200 * 60))
        reporter_id, assignee_id = (workers[(turn + more) % len(workers)] for more in (0, 1))
        if assigned_at >= leaver.at:
            ids = {leaver.user_id: leaver.successor_id}
            reporter_id, assignee_id = ids.get(reporter_id, reporter_id), ids.get(assignee_id, assignee_id)
        danger = Danger(
            id=new_id(),
            place_id=places[turn % len(places)],
            reporter_id=reporter_id,
            assignee_id=assignee_id,
            assigned_at=assigned_at,
            asked_due_at=asked,
            right_at=None,
        )
        part = _RIGHT[turn // 2 % 4]
        danger.right_at = danger.after(part) if part else None
        danger.clocks = [Clock(assigned_at, assigned_at, danger.due_at)]
        danger.hands = [(assigned_at, assignee_id)]
        if assignee_id != leaver.user_id and turn % 3:
            (danger.ask_for_more if turn % 3 == 1 else danger.hand_over)(turn // 3)
        made.append(danger)
    return made
