"""When each job runs."""

import signal
from collections.abc import Callable

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from app.clock import SHANGHAI, now
from app.jobs.alone import alone
from app.jobs.care import bring_visits_forward, count_care, put_visits_back, tell_without_hands
from app.jobs.closing import carry_out_closings
from app.jobs.employment import count_work
from app.jobs.exports import (
    end_hazard_exports,
    end_roster_exports,
    make_hazard_exports,
    make_roster_exports,
)
from app.jobs.imports import apply_imports, check_imports, end_imports
from app.jobs.messages import forget_old_sends, send_messages
from app.jobs.photos import compare_photos, scan_photos
from app.jobs.plans import hand_over_occurrences, make_occurrences, tell_missed, tell_openings
from app.jobs.roster import prepare_search
from app.jobs.spot_checks import draw_spot_checks
from app.jobs.wechat import forget_old_events, handle_events
from app.jobs.work import (
    Means,
    apply_retention,
    checkpoint_audit,
    copy_removals,
    disable_unused_accounts,
    end_copies,
    link_audit,
    make_copies,
    post_due_claims,
    reconcile,
    remind_of_corrections,
    remind_of_deletions,
    renew_removals,
    sound_hazard_alarms,
    sweep_photos,
    tell_not_reached,
    tell_of_follow_ups,
    tell_of_waiting_requests,
    tell_waiting_hazards,
    unassign_hazards,
    verify_audit,
)

log = structlog.get_logger()
Job = Callable[[Means], int]
STOPPING = (signal.SIGTERM, signal.SIGINT)
AT_ONCE = 10
"""How many jobs run beside each other; others wait for their turn."""
CONNECTIONS = 2 * AT_ONCE
"""One for each job's lock and one for its work: with fewer, jobs that start together take each other's."""
EVERY_MINUTE: list[Job] = [
    post_due_claims,
    link_audit,
    handle_events,
    end_copies,
    make_copies,
    end_roster_exports,
    make_roster_exports,
    end_hazard_exports,
    make_hazard_exports,
    end_imports,
    check_imports,
    apply_imports,
    send_messages,
    carry_out_closings,
    copy_removals,
    unassign_hazards,
    sound_hazard_alarms,
    put_visits_back,
    bring_visits_forward,
    tell_without_hands,
    tell_not_reached,
    scan_photos,
    compare_photos,
    prepare_search,
    count_care,
    count_work,
    hand_over_occurrences,
    make_occurrences,
    tell_openings,
    tell_missed,
]
"""These run at the start as well: after a standstill nobody waits a minute more."""
NIGHTLY: list[tuple[Job, int, int]] = [
    (checkpoint_audit, 0, 5),
    (draw_spot_checks, 1, 10),
    (reconcile, 2, 30),
    (apply_retention, 2, 45),
    (renew_removals, 3, 20),
    (sweep_photos, 3, 30),
    (disable_unused_accounts, 3, 50),
    (forget_old_events, 3, 55),
    (forget_old_sends, 3, 58),
    (verify_audit, 4, 0),
    (tell_of_follow_ups, 8, 0),
    (tell_waiting_hazards, 8, 0),
    (tell_of_waiting_requests, 8, 0),
    (tell_of_waiting_requests, 14, 0),
    (remind_of_corrections, 8, 0),
    (remind_of_deletions, 8, 0),
]
"""Job, hour and minute, in China. Files of photos go after their rows, lines of the list after the facts."""


def run(job: Job, means: Means) -> int | None:
    """Run a job unless another process is at it; give its figure, or None.

    A fault, also of the database under the lock, is logged, not raised.
    """
    try:
        with alone(means.engine, job.__name__) as held:
            done = job(means) if held else None
    except Exception:
        log.exception("job_failed", job=job.__name__)
        return None
    if done is None:
        log.info("job_left_to_another", job=job.__name__)
    else:
        log.info("job_done", job=job.__name__, done=done)
    return done


def serve(means: Means) -> None:
    """Run the jobs at their times until SIGTERM or SIGINT; a job that is running is let finish.

    The signals are kept from every thread and waited for: a handler would run in the middle of anything.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    scheduler = BackgroundScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(AT_ONCE)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
    )
    for job in EVERY_MINUTE:
        trigger = IntervalTrigger(minutes=1, timezone=SHANGHAI)
        scheduler.add_job(run, trigger, args=[job, means], next_run_time=now())
    for job, hour, minute in NIGHTLY:
        at = CronTrigger(hour=hour, minute=minute, timezone=SHANGHAI)
        scheduler.add_job(run, at, args=[job, means])
    log.info("scheduler_started", jobs=len(scheduler.get_jobs()))
    scheduler.start()
    received = signal.sigwait(STOPPING)
    log.info("scheduler_stopping", signal=signal.Signals(received).name)
    scheduler.shutdown(wait=True)
    means.engine.dispose()
