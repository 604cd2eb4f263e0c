"""Taking hazards back from those who have no post any more, so that they are given out anew."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.hazards.assignees import nobody_has
from app.hazards.assignment import people_behind
from app.hazards.steps import Clocks, record
from app.identity import seeing_to
from app.models import HAZARD_IN_HAND, Hazard, HazardStatus, HazardStep
from app.notices import NoticeKind, post
from app.once import claim_next, content_hash, of_community


def unassign(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Take the next community's hazards from those who hold no field role there any more, of a unit all.

    However that came: a grant that was ended or ran out, an account that was disabled or closed, a unit that
    ended or changed. Deadline
    and controls stay, the five fixed items are fixed anew by the next one, as where a hazard changes hands.
    Whoever gives them out is told of all of his community at once. Gives how many, ``limit`` at most, and the
    community's code.
    """
    due = HAZARD_IN_HAND & nobody_has()
    community, mine = claim_next(session, "unassign", Hazard.area_code, due, after=after)
    if community is None or not mine:
        return 0, community
    query = (
        select(Hazard)
        .where(due, of_community(Hazard.area_code, community))
        .order_by(Hazard.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    taken: dict[frozenset[UUID], list[UUID]] = defaultdict(list)
    for hazard in session.scalars(query).all():
        _take(session, hazard)
        taken[frozenset(people_behind(session, hazard))].append(hazard.id)
    _tell(session, community, taken)
    return sum(map(len, taken.values())), community


def _take(session: Session, hazard: Hazard) -> None:
    former_id, at = hazard.assignee_id or hazard.unit_id, now()
    hazard.assignee_id, hazard.unit_id, hazard.five_fixed, hazard.asked_due_at = None, None, None, None
    hazard.advance(HazardStatus.ACCEPTED)
    sent = content_hash(HazardStep.UNASSIGN, hazard.id, former_id, at)
    when, step = Clocks(at), HazardStep.UNASSIGN
    record(session, Actor(), hazard, step, sent=sent, when=when, former_id=str(former_id))


def _tell(session: Session, community: str, taken: Mapping[frozenset[UUID], list[UUID]]) -> None:
    """Tell the admins, or where none may give one out the office above that nobody does; each once of all.

    ``taken`` are the hazards by who is barred from them.
    """
    of: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for barred, ids in taken.items():
        what, told = seeing_to.who_sees_to_it(session, community, but=barred)
        for user_id in told:
            of[user_id, what] += ids
    for (user_id, what), ids in sorted(of.items()):
        about: dict[str, Any] = {"count": len(ids), "hazard_ids": sorted(ids)}
        if what == "nobody_decides":
            about["what"] = what
        post(session, NoticeKind.HAZARD_UNASSIGNED, to=user_id, area_code=community, **about)
