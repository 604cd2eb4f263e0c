"""The jobs of care: weather brings visits forward, who has nobody is told of, and figures for offices."""

from app import reports, visits
from app.db import sessions_for, transaction
from app.jobs.work import Means, by_community, in_batches, record_job


def count_care(means: Means) -> int:
    """Write how many people were looked after on the first of this month; give how many figures there are."""
    with transaction(sessions_for(means.engine)()) as session:
        done = reports.count_care(session)
        record_job(session, means, "count_care", done)
    return done


def bring_visits_forward(means: Means) -> int:
    """Bring visits forward for the weather; give how many."""
    return sum(in_batches(means, "bring_visits_forward", visits.bring_forward))


def put_visits_back(means: Means) -> int:
    """Put visits back to their own days whose alerts are over; give how many."""
    return sum(in_batches(means, "put_visits_back", visits.release))


def tell_without_hands(means: Means) -> int:
    """Tell of care whose worker has no post any more or is away alone; give of how many records."""
    return by_community(means, "tell_without_hands", visits.tell_without_hands)
