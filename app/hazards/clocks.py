"""The two clocks of a step: the server's, and the phone's where somebody took the step offline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence import CLOCK_AHEAD, clock_flag
from app.models import ClockFlag, HazardEvent, HazardStep

GIVEN = (HazardStep.ASSIGN, HazardStep.REASSIGN, HazardStep.RECHECK_FAIL)
_GOES_BEFORE = {
    HazardStep.START: GIVEN,
    HazardStep.RECTIFY: GIVEN,
    HazardStep.VERIFY: (HazardStep.RECTIFY, HazardStep.DEPARTMENT_ANSWER),
    HazardStep.CLOSE: (HazardStep.VERIFY,),
}
"""What a recheck cannot have happened before; work, not before whoever does it got it, or got it back.

Controls stand for whoever has it next, so that it changed hands says nothing of them.
"""


@dataclass(frozen=True)
class Clocks:
    """When something happened: by the server's clock, and by the phone's where that said so."""

    at: datetime
    captured_at: datetime | None = None
    since: datetime | None = None
    """Before which it cannot have happened, by the server's clock."""

    @property
    def flag(self) -> ClockFlag | None:
        """Say whether the phone's clock is believed."""
        if self.captured_at is None:
            return None
        if self.is_too_early():
            return ClockFlag.STALE
        return clock_flag(self.captured_at, self.at)

    @property
    def happened_at(self) -> datetime:
        """The moment that counts: the phone's if it said one that is plausible, else the server's."""
        taken = self.captured_at
        if taken is None or self.flag is not ClockFlag.OK:
            return self.at
        return min(max(taken, self.since or taken), self.at)

    def is_too_early(self, *, off: timedelta = CLOCK_AHEAD) -> bool:
        """Say whether the phone's clock, which may be so much ``off``, has it before it can have happened."""
        since, taken = self.since, self.captured_at
        return since is not None and taken is not None and taken < since - off

    @property
    def earliest(self) -> datetime:
        """The earliest moment that it may be of, where a clock is behind: as early as it can have been."""
        if self.flag is not ClockFlag.STALE:
            return self.happened_at
        return self.since or self.captured_at or self.at


def not_before(
    session: Session, hazard_id: UUID, verb: HazardStep, *, number: int | None = None
) -> datetime | None:
    """Say when the last step happened that goes before this one; ``number``: of those before that one."""
    before = _GOES_BEFORE.get(verb, (HazardStep.ASSIGN, HazardStep.RECHECK_FAIL))
    query = select(HazardEvent).where(HazardEvent.hazard_id == hazard_id, HazardEvent.step.in_(before))
    if number is not None:
        query = query.where(HazardEvent.number < number)
    last = session.scalars(query.order_by(HazardEvent.number.desc()).limit(1)).first()
    return last.happened_at if last is not None else None
