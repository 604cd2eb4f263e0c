"""Jobs of care: its figures for offices."""

from app import reports
from app.db import sessions_for, transaction
from app.jobs.work import Means, record_job


def count_care(means: Means) -> int:
    """Write how many people were looked after on the first of this month; give how many figures there are."""
    with transaction(sessions_for(means.engine)()) as session:
        done = reports.count_care(session)
        record_job(session, means, "count_care", done)
    return done
