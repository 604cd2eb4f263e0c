"""Taking hazards back from those who have no post any more, so that they are given out anew."""

from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, now
from app.hazards.assignees import nobody_has
from app.hazards.clocks import Clocks
from app.hazards.locking import lock_next
from app.hazards.steps import record
from app.hazards.telling import tell_of_many, who_triages
from app.models import HAZARD_IN_HAND, Hazard, HazardStatus, HazardStep
from app.notices import NoticeKind
from app.once import content_hash


def unassign(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Take the next community's hazards from those who hold no field role there any more, of a unit all.

    However that came: a grant that was ended or ran out, an account that was disabled or closed, a unit that
    ended or changed. Deadline and controls stay, the five fixed items are fixed anew by the next one, as
    where a hazard changes hands. Whoever gives them out is told of all of his community at once, and is not
    reminded of them on the same day. Gives how many, ``limit`` at most, and the community's code.
    """
    due = HAZARD_IN_HAND & nobody_has()
    taken, community = lock_next(session, "unassign", due, limit=limit, after=after)
    for hazard in taken:
        take_back(session, hazard)
    tell_of_many(session, NoticeKind.HAZARD_UNASSIGNED, taken, who_triages)
    return len(taken), community


def take_back(session: Session, hazard: Hazard) -> None:
    """Let a hazard wait to be given out anew, by nobody's step; the caller tells who gives it out."""
    former_id, at = hazard.assignee_id or hazard.unit_id, now()
    hazard.assignee_id, hazard.unit_id, hazard.five_fixed, hazard.asked_due_at = None, None, None, None
    hazard.waiting_told_on = business_day(at)
    hazard.advance(HazardStatus.ACCEPTED)
    sent = content_hash(HazardStep.UNASSIGN, hazard.id, former_id, at)
    when, step = Clocks(at), HazardStep.UNASSIGN
    record(session, Actor(), hazard, step, sent=sent, when=when, former_id=str(former_id))
