"""The job that draws each week's spot checks, a community at a time."""

import structlog

from app import spot_checks
from app.db import sessions_for, transaction
from app.jobs.work import Means, record_job

log = structlog.get_logger()


def draw_spot_checks(means: Means) -> int:
    """Commit to the seeds of this week and the next, and draw of those that are over; give how many records.

    It runs each night: a week whose night was missed is drawn in the next one.
    """
    with transaction(sessions_for(means.engine)()) as session:
        codes = spot_checks.communities(session)
    drawn = 0
    for code in codes:
        try:
            with transaction(sessions_for(means.engine)()) as session:
                spot_checks.commit_seeds(session, means.sealer, code)
                done = spot_checks.draw_due(session, means.sealer, code)
                record_job(session, means, "draw_spot_checks", done, area_code=code)
        except Exception:
            log.exception("spot_checks_not_drawn", area_code=code)
            continue
        drawn += done
    return drawn
