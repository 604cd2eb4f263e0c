"""When each job runs."""

import signal
from collections.abc import Callable
from types import FrameType

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from app.clock import SHANGHAI
from app.jobs.alone import alone
from app.jobs.work import Means, forget_old_sessions, post_due_claims, reconcile, sweep_photos

log = structlog.get_logger()
Job = Callable[[Means], int]
EVERY_MINUTE: list[Job] = [post_due_claims]
NIGHTLY: list[tuple[Job, int, int]] = [
    (reconcile, 2, 30),
    (sweep_photos, 3, 0),
    (forget_old_sessions, 3, 30),
]
"""Job, hour and minute, in China."""


def run(job: Job, means: Means) -> int | None:
    """Run a job unless another process is at it; give its figure, or None. A fault is logged, not raised."""
    with alone(means.engine, job.__name__) as held:
        if not held:
            return None
        try:
            done = job(means)
        except Exception:
            log.exception("job_failed", job=job.__name__)
            return None
    log.info("job_done", job=job.__name__, done=done)
    return done


def serve(means: Means) -> None:
    """Run the jobs at their times until SIGTERM or SIGINT."""
    scheduler = BlockingScheduler(
        timezone=SHANGHAI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
    )
    for job in EVERY_MINUTE:
        scheduler.add_job(run, IntervalTrigger(minutes=1, timezone=SHANGHAI), args=[job, means])
    for job, hour, minute in NIGHTLY:
        trigger = CronTrigger(hour=hour, minute=minute, timezone=SHANGHAI)
        scheduler.add_job(run, trigger, args=[job, means])

    def stop(_signal: int, _frame: FrameType | None) -> None:
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("scheduler_started", jobs=len(scheduler.get_jobs()))
    scheduler.start()
    means.engine.dispose()
