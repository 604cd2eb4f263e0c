"""The way of one hazard through its states, as the closed loop allows it (domain.md, hazards)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app import hazards
from app.actors import Role
from app.cli.seed.hazard_beside import Beside, Step
from app.cli.seed.history import History
from app.cli.seed.ids import id_at
from app.cli.seed.phrases import phrases
from app.cli.seed.rows import Row
from app.clock import last_day
from app.models import (
    HAZARD_ENDED,
    HAZARD_QUIET,
    HazardEvent,
    HazardLevel,
    HazardStatus,
    HazardStep,
    NoticeKind,
    PhotoOwner,
    PlaceKind,
)
from app.once import content_hash

WORKING_DAYS = 7
"""The deadline where the checklist item names none."""
_BY_LEAD, _RECHECK_FAILS, _LATE, _WITH_PHOTOS = 0.6, 0.14, 0.12, 0.4
_SHOWN = {HazardStep.RECTIFY, HazardStep.REPORT_CONTROLS}
PHOTOGRAPHED_DAYS = 45
"""Photos are shown of so many days; a seed that drew more would take too long."""


@dataclass
class Walk:
    """A hazard whose story is being told."""

    history: History
    rng: Random
    row: Row
    kind: PlaceKind
    done: str
    """What is written when it is put right."""
    beside: Beside
    days: int = WORKING_DAYS
    steps: list[Step] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """Give the hazard's id."""
        found: UUID = self.row["id"]
        return found

    def is_open(self, at: datetime) -> bool:
        """Say whether the hazard was not ended at a moment."""
        return self.row["ended_at"] is None or at < self.row["ended_at"]

    def closed_since(self, at: datetime) -> bool:
        """Say whether the hazard was closed at a moment or after it."""
        return self.row["status"] is HazardStatus.CLOSED and self.row["ended_at"] >= at

    def report(self) -> None:
        """Take the first step."""
        row = self.row
        self._take(
            Step(row["received_at"], HazardStep.REPORT, HazardStatus.REPORTED, row["reported_by"]),
            sent=row["content_hash"],
        )

    def recur(self, at: datetime, worker: UUID, note: str, inspection_id: UUID) -> None:
        """Let an inspection find it again."""
        now = [step.to for step in self.steps if step.at <= at][-1]
        self.row["recurrences"] += 1
        sent = content_hash(inspection_id, self.row["item_id"])
        data = {"inspection_id": str(inspection_id)}
        self.steps.append(Step(at, HazardStep.RECUR, now, worker, note, data, sent=sent))
        self.steps.sort(key=lambda step: step.at)

    def reject(self) -> None:
        """End it as no hazard."""
        at = self.history.hours.after(self.rng, self.row["received_at"], 0.3, 20)
        if at <= self.history.until:
            self._take(Step(at, HazardStep.REJECT, HazardStatus.REJECTED, self._admin, self._say("rejected")))

    def merge_into(self, other: UUID) -> None:
        """End it as a duplicate of another hazard."""
        at = self.history.hours.after(self.rng, self.row["received_at"], 0.3, 20)
        if at <= self.history.until:
            data = {"duplicate_of_id": str(other)}
            changes = {"duplicate_of_id": other}
            self._take(
                Step(
                    at,
                    HazardStep.DUPLICATE,
                    HazardStatus.DUPLICATE,
                    self._admin,
                    self._say("duplicate"),
                    data,
                    changes,
                )
            )

    def go(self, stop: HazardStatus | None = None) -> None:
        """Go on to the end of the hazard, the end of the history, or the state to stop in."""
        for step in self._way():
            if step.at > self.history.until or self.row["status"] is stop:
                break
            self._take(step)
        self._pass(self.history.until)

    def settle(self) -> None:
        """Add the steps to the history, numbered."""
        self.beside.settle()
        for number, step in enumerate(self.steps, start=1):
            event_id = id_at(self.rng, step.at)
            self.history.rows.add(
                HazardEvent,
                id=event_id,
                area_code=self.row["area_code"],
                hazard_id=self.id,
                number=number,
                step=step.step,
                status_after=step.to,
                actor_id=step.actor,
                at=step.at,
                note=step.note,
                data=step.data,
                content_hash=step.sent,
            )
            if step.step in _SHOWN:
                self._photograph(event_id, step)
            self._tell(step)

    def _way(self) -> Iterator[Step]:
        rng, hours, row = self.rng, self.history.hours, self.row
        at = hours.after(rng, row["received_at"], 0.3, 20)
        data = {"level": row["level"].value, "category": row["category"].value}
        yield Step(at, HazardStep.ACCEPT, HazardStatus.ACCEPTED, self._admin, self._say("accepted"), data)
        at = hours.after(rng, at, 0.1, 4)
        assignee, assigned = self._assignment(at)
        yield assigned
        while True:
            span_h = max((row["due_at"] - at) / timedelta(hours=1), 8)
            at = hours.after(rng, at, 0.03 * span_h, 0.2 * span_h)
            yield Step(
                at, HazardStep.START, HazardStatus.RECTIFYING, assignee, self._say("started"), *self._fixed()
            )
            late = rng.random() < _LATE
            work = (0.95, 1.5) if late else (0.1, 0.65)
            at = hours.after(rng, at, work[0] * span_h, work[1] * span_h)
            yield Step(
                at,
                HazardStep.RECTIFY,
                HazardStatus.RECTIFIED,
                assignee,
                self.done,
                changes={"rectified_by": assignee},
            )
            at = hours.after(rng, at, 2, 40)
            if row["recheck_failures"] or rng.random() >= _RECHECK_FAILS:
                break
            yield self._failed(at, assignee)
        yield from self._end(at, self._checker(assignee))

    def _assignment(self, at: datetime) -> tuple[UUID, Step]:
        assignee = self._assignee()
        due_at = self.history.hours.calendar.deadline(at, self.days)
        controls = controls_due_at = None
        if self._major:
            controls, controls_due_at = self._say("controls"), at + hazards.MAJOR_CONTROLS_WITHIN
        data = {
            "assignee_id": str(assignee),
            "due_at": due_at.isoformat(),
            "controls": controls,
            "controls_by": controls_due_at.isoformat() if controls_due_at else None,
        }
        changes: Row = {
            "assignee_id": assignee,
            "due_at": due_at,
            "due_from": at,
            "controls": controls,
            "controls_due_at": controls_due_at,
        }
        note = self._say("assigned")
        return assignee, Step(at, HazardStep.ASSIGN, HazardStatus.ASSIGNED, self._admin, note, data, changes)

    def _fixed(self) -> tuple[dict[str, Any], Row]:
        """Give the five fixed items of a major hazard, as data and as change, before its first start."""
        if not self._major or self.row["five_fixed"]:
            return {}, {}
        fixed = {
            "measures": self._say("measures"),
            "funds": self._say("funds"),
            "responsible": "社区分管安全的副主任",
            "deadline": last_day(self.row["due_at"]).isoformat(),
            "contingency": self._say("contingency"),
        }
        return {"five_fixed": fixed}, {"five_fixed": fixed}

    def _failed(self, at: datetime, assignee: UUID) -> Step:
        due_at = self.history.hours.calendar.deadline(at, self.days)
        fixed = self.row["five_fixed"] and self.row["five_fixed"] | {"deadline": last_day(due_at).isoformat()}
        failures = self.row["recheck_failures"] + 1
        changes = {"due_at": due_at, "due_from": at, "recheck_failures": failures, "five_fixed": fixed}
        return Step(
            at,
            HazardStep.RECHECK_FAIL,
            HazardStatus.ASSIGNED,
            self._checker(assignee),
            self._say("failed"),
            {"due_at": due_at.isoformat()},
            changes,
        )

    def _end(self, at: datetime, checker: UUID) -> Iterator[Step]:
        verified = Step(at, HazardStep.VERIFY, HazardStatus.VERIFIED, checker, self._say("verified"))
        yield verified
        if not self._major:
            yield Step(at, HazardStep.CLOSE, HazardStatus.CLOSED, checker, sent=verified.sent)
            return
        at = self.history.hours.after(self.rng, at, 24, 120)
        county = self.history.world.county(self.row["area_code"])
        yield Step(at, HazardStep.CLOSE, HazardStatus.CLOSED, county, self._say("closed"))

    def _take(self, step: Step, sent: bytes = b"") -> None:
        """Take a step, once what happens beside the work until then has happened."""
        self._pass(step.at)
        self._add(step, sent)

    def _pass(self, moment: datetime) -> None:
        while (step := self.beside.next_until(moment)) is not None:
            self._add(step)

    def _add(self, step: Step, sent: bytes = b"") -> None:
        self.row["status"] = step.to
        self.row.update(step.changes)
        if step.to in HAZARD_ENDED and self.row["ended_at"] is None:
            self.row["ended_at"] = step.at
        step.sent = sent or step.sent or content_hash(self.id, step.step, len(self.steps))
        self.steps.append(step)
        self.beside.follow(step)

    def _tell(self, step: Step) -> None:
        """Tell the reporter what others did, the assignee what is his to do, an office what it looks at."""
        about = {"hazard_id": self.id, "status": step.to, "level": self.row["level"]}
        area_code = self.row["area_code"]
        if step.step in HAZARD_QUIET:
            for kind, user_id in self.beside.told(step):
                self.history.notify(kind, user_id, area_code, step.at, **about, step=step.step)
        elif self.row["reported_by"] != step.actor:
            self.history.notify(
                NoticeKind.HAZARD_STEP, self.row["reported_by"], area_code, step.at, **about, step=step.step
            )
        if step.step in {HazardStep.ASSIGN, HazardStep.RECHECK_FAIL}:
            self.history.notify(
                NoticeKind.HAZARD_ASSIGNED, self.row["assignee_id"], area_code, step.at, **about
            )

    def _photograph(self, event_id: UUID, step: Step) -> None:
        if self.history.days_ago(step.at) > PHOTOGRAPHED_DAYS or self.rng.random() > _WITH_PHOTOS:
            return
        taken = self.history.take_photos(
            self.rng, self.rng.randint(1, 2), caption=step.note, by=step.actor, at=step.at
        )
        self.history.name_photos(PhotoOwner.HAZARD_EVENT, event_id, self.row["area_code"], taken)

    @property
    def _major(self) -> bool:
        return self.row["level"] is HazardLevel.MAJOR

    @property
    def _admin(self) -> UUID:
        return self.history.world.admin(self.row["area_code"])

    def _assignee(self) -> UUID:
        world, area_code = self.history.world, self.row["area_code"]
        if self.kind is PlaceKind.RESIDENTIAL and self.rng.random() < _BY_LEAD:
            return self.rng.choice(world.holders(Role.BUILDING_LEAD, area_code))
        return world.worker(area_code)

    def _checker(self, assignee: UUID) -> UUID:
        """Give who may recheck: the grid worker, or the admin where the grid worker did the work."""
        world, area_code = self.history.world, self.row["area_code"]
        worker = world.worker(area_code)
        return worker if worker != assignee else world.admin(area_code)

    def _say(self, occasion: str) -> str:
        return self.rng.choice(phrases(occasion))
