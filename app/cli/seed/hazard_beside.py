"""What happens to a hazard beside the work on it: of itself as its time runs, and what people say of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app import hazards
from app.actors import Role
from app.cli.seed.history import History
from app.cli.seed.ids import id_at
from app.cli.seed.phrases import phrases
from app.cli.seed.rows import Row
from app.models import (
    HAZARD_ENDED,
    AlarmKind,
    Hazard,
    HazardAlarm,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
    NoticeKind,
)
from app.once import content_hash

_ANSWERED, _RATED, _CONTROLS_LATE = 0.75, 0.6, 0.15
_FACES = (3, 3, 3, 2, 1)
_CLOCKS = ("received_at", "due_at", "due_from", "controls_due_at", "controls_reported_at")
_COUNTY, _CITY = (Role.COUNTY_OFFICER,), (Role.CITY_OFFICER,)
_OFFICES = {
    HazardStep.SUPERVISE_COUNTY: _COUNTY,
    HazardStep.SUPERVISE_CITY: _CITY,
    HazardStep.REMIND_CONTROLS: _COUNTY,
    HazardStep.ANSWER: _COUNTY,
    HazardStep.REPORT_CONTROLS: _COUNTY,
}
_ALARMS = {HazardStep(kind) for kind in AlarmKind}
_SUPERVISING = {HazardStep.SUPERVISE_COUNTY, HazardStep.SUPERVISE_CITY, HazardStep.SUPERVISE}
_TO_ASSIGNEE = {*_ALARMS, HazardStep.SUPERVISE, HazardStep.CHECK_CONTROLS}
_WHILE_DANGEROUS = {HazardStep.REPORT_CONTROLS, HazardStep.CHECK_CONTROLS}


@dataclass
class Step:
    """One event, and what it changes in the hazard's row."""

    at: datetime
    step: HazardStep
    to: HazardStatus
    actor: UUID | None
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    changes: Row = field(default_factory=dict)
    sent: bytes = b""


@dataclass
class Beside:
    """The clocks of a hazard by the product's own rule, and what is still to be said of it."""

    history: History
    rng: Random
    row: Row
    _sounded: set[tuple[AlarmKind, datetime]] = field(default_factory=set)
    _later: list[Step] = field(default_factory=list)

    def next_until(self, moment: datetime) -> Step | None:
        """Give what happens first, not later than a moment, or None."""
        steps = [step for step in (*self._alarms(), *self._later) if step.at <= moment]
        if not steps:
            return None
        step = min(steps, key=lambda one: one.at)
        if step.step not in _ALARMS:
            self._later.remove(step)
            if not self._fits(step):
                return self.next_until(moment)
            step.to = self.row["status"]
        return step

    def follow(self, step: Step) -> None:
        """See what comes of a step that was taken."""
        if step.step in _ALARMS:
            self._sound(step)
        county = self.history.world.county(self.row["area_code"])
        if step.step in _SUPERVISING:
            self._urge(step, county)
        elif step.step is HazardStep.ASSIGN and self.row["level"] is HazardLevel.MAJOR:
            spent = (26, 40) if self.rng.random() < _CONTROLS_LATE else (0.5, 18)
            self._say(HazardStep.REPORT_CONTROLS, self._after(step.at, *spent), self.row["assignee_id"])
        elif step.step is HazardStep.REPORT_CONTROLS:
            self._say(HazardStep.CHECK_CONTROLS, self._after(step.at, 2, 30), county, passed=True)
        elif step.step is HazardStep.CLOSE and self._is_rated():
            at = step.at + timedelta(hours=self.rng.uniform(1, 60))
            self._say(HazardStep.RATE, at, self.row["reported_by"], faces=self.rng.choice(_FACES))

    def settle(self) -> None:
        """Set the hazard's clock to what is to happen next."""
        self.row["alarm_at"] = min(
            (one.at for one in self._clocks() if (one.kind, one.due_at) not in self._sounded), default=None
        )

    def told(self, step: Step) -> Iterator[tuple[NoticeKind, UUID]]:
        """Give who reads of what was said or happened beside the work, and in what kind of notice."""
        world, area_code = self.history.world, self.row["area_code"]
        kind = NoticeKind.HAZARD_ALARM if step.step in _ALARMS else NoticeKind.HAZARD_MATTER
        people = {one for role in _OFFICES.get(step.step, ()) for one in world.holders(role, area_code)}
        if step.step in _TO_ASSIGNEE:
            people.add(self.row["assignee_id"])
        if step.step is HazardStep.SUPERVISE or step.data.get("faces") == min(_FACES):
            people.update(world.holders(Role.COMMUNITY_ADMIN, area_code))
        for user_id in sorted(people - {step.actor}):
            yield kind, user_id

    def _clocks(self) -> list[hazards.Alarm]:
        return hazards.alarms_of(Hazard(**{name: self.row[name] for name in _CLOCKS}))

    def _alarms(self) -> Iterator[Step]:
        if self.row["status"] not in hazards.RUNNING:
            return
        for alarm in self._clocks():
            if (alarm.kind, alarm.due_at) not in self._sounded:
                step = HazardStep(alarm.kind)
                urged = {"supervised_at": alarm.at, "answered_at": None} if step in _SUPERVISING else {}
                yield Step(
                    alarm.at,
                    step,
                    self.row["status"],
                    None,
                    data={"due_at": alarm.due_at.isoformat()},
                    changes=urged,
                    sent=content_hash(step, self.row["id"], alarm.due_at),
                )

    def _sound(self, step: Step) -> None:
        """Keep an alarm by its key, so that it sounds once for its deadline."""
        kind, due_at = AlarmKind(step.step), datetime.fromisoformat(step.data["due_at"])
        self._sounded.add((kind, due_at))
        self.history.rows.add(
            HazardAlarm,
            id=id_at(self.rng, step.at),
            area_code=self.row["area_code"],
            hazard_id=self.row["id"],
            kind=kind,
            due_at=due_at,
            planned_at=step.at,
            taken_at=step.at,
        )

    def _urge(self, step: Step, county: UUID) -> None:
        """Let whoever puts it right answer, mostly, and the county write of what the city was told of."""
        self._later = [one for one in self._later if one.step is not HazardStep.ANSWER]
        if self.rng.random() < _ANSWERED:
            self._say(HazardStep.ANSWER, self._after(step.at, 2, 40), self.row["assignee_id"])
        if step.step is not HazardStep.SUPERVISE_COUNTY:
            self._say(HazardStep.SUPERVISE, self._after(step.at, 240, 840), county)

    def _say(self, step: HazardStep, at: datetime, actor: UUID, **data: Any) -> None:
        """Let somebody say something later."""
        changes: dict[HazardStep, Row] = {
            HazardStep.SUPERVISE: {"supervised_at": at, "answered_at": None},
            HazardStep.ANSWER: {"answered_at": at},
            HazardStep.REPORT_CONTROLS: {"controls_reported_at": at, "controls_checked_at": None},
            HazardStep.CHECK_CONTROLS: {"controls_checked_at": at},
            HazardStep.RATE: {"satisfaction": data.get("faces"), "rated_at": at},
        }
        occasion = f"rate_{data['faces']}" if step is HazardStep.RATE else step.value
        note = self.rng.choice(phrases(occasion))
        self._later.append(Step(at, step, self.row["status"], actor, note, data, changes[step]))

    def _is_rated(self) -> bool:
        return self.row["source"] is HazardSource.RESIDENT and self.rng.random() < _RATED

    def _fits(self, step: Step) -> bool:
        """Say whether it can still be said: controls of what is dangerous, an answer before the end."""
        status = self.row["status"]
        if step.step in _WHILE_DANGEROUS:
            return status in hazards.RUNNING
        return (status in HAZARD_ENDED) == (step.step is HazardStep.RATE)

    def _after(self, moment: datetime, least_h: float, most_h: float) -> datetime:
        return self.history.hours.after(self.rng, moment, least_h, most_h)
