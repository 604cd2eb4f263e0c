"""The job of employment: figures for offices."""

from app import reports
from app.db import sessions_for, transaction
from app.jobs.work import Means, record_job


def count_work(means: Means) -> int:
    """Write how many worked in the last month that can be counted; give how many figures there are."""
    with transaction(sessions_for(means.engine)()) as session:
        done = reports.count_work(session)
        record_job(session, means, "count_work", done)
    return done
