"""The job that draws each week's spot checks, a community at a time."""

from collections.abc import Iterator

import structlog

from app import spot_checks
from app.db import sessions_for, transaction
from app.jobs.work import Means, record_job

_MANY = 500
"""Communities that are read at once."""

log = structlog.get_logger()


def draw_spot_checks(means: Means) -> int:
    """Commit to the seeds of this week and the next, and draw of those that are over; give how many records.

    It runs each night: a week whose night was missed is drawn in the next one.
    """
    drawn = 0
    for code in _communities(means):
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


def _communities(means: Means) -> Iterator[str]:
    codes = [""]
    while codes:
        with transaction(sessions_for(means.engine)()) as session:
            codes = spot_checks.communities(session, after=codes[-1], limit=_MANY)
        yield from codes
