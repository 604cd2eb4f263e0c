"""The jobs of plans: occurrences are made ahead and given out; what opens and what was missed is told."""

from uuid import UUID

import structlog

from app import plans
from app.db import sessions_for, transaction
from app.jobs.work import Means, all_or_each, by_community, record_job

log = structlog.get_logger()
_BATCH = 200


def make_occurrences(means: Means) -> int:
    """Make the occurrences of the days ahead; give how many. One plan that fails holds up no other.

    A plan that needs the holidays of a year that nobody entered is cried out, and tried again each hour.
    """
    made, after = 0, None
    while True:
        with transaction(sessions_for(means.engine)()) as session:
            due = plans.plans_to_make(session, limit=_BATCH, after=after)
        made += sum(_make(means, plan_id) for plan_id in due)
        if len(due) < _BATCH:
            return made
        after = due[-1]


def _make(means: Means, plan_id: UUID) -> int:
    try:
        with transaction(sessions_for(means.engine)()) as session:
            made, unknown_year = plans.make(session, means.calendar, plan_id)
            record_job(session, means, "make_occurrences", made, plan_id=str(plan_id))
    except Exception:
        log.exception("occurrences_not_made", plan_id=str(plan_id))
        return 0
    if unknown_year is not None:
        log.error("holidays_unknown", plan_id=str(plan_id), year=unknown_year)
    return made


def tell_openings(means: Means) -> int:
    """Tell workers in the morning what opens today; give to how many."""
    return all_or_each(means, "tell_openings", plans.tell_openings, plans.due_openings)


def tell_missed(means: Means) -> int:
    """Tell admins what was missed; give how many occurrences."""
    return by_community(means, "tell_missed", plans.tell_missed)


def hand_over_occurrences(means: Means) -> int:
    """Give what belongs to people without a post to others; give how many."""
    return by_community(means, "hand_over_occurrences", plans.hand_over)
