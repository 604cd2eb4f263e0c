"""What the jobs do: each takes what it needs, calls one verb in its own transaction, and may run again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog
from psycopg.errors import SerializationFailure
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import audit, evidence, hazards, identity, own_data, points, retention, visits
from app.adapters import PhotoStore, wechat
from app.audit import AuditKeys, Entry
from app.clock import months_ago, now
from app.config import RetentionSettings, UnknownYears
from app.db import Mark, batches, sessions_for, transaction, walk
from app.identity import waiting_requests
from app.jobs.counts import told_of
from app.sealing import Sealer
from app.workdays import WorkCalendar

log = structlog.get_logger()
_BATCH = 200
_OF_A_COMMUNITY = 5_000
"""So many rows are dealt with at once: more than a community has new between two runs."""
ORPHAN_AGE = timedelta(days=1)
"""A photo is stored before its row: younger files may still get one."""
RENEWED_AFTER = timedelta(days=30)
"""The list is written anew that often, not each night for one day's removals."""


@dataclass(frozen=True)
class Means:
    """What jobs work with."""

    engine: Engine
    photos: PhotoStore
    audit_keys: AuditKeys
    sealer: Sealer
    audit_copies: Path | None = None
    """File that takes a copy of each checkpoint."""
    months_kept: RetentionSettings = field(default_factory=RetentionSettings)
    mini: wechat.MiniProgram | None = None
    """None where this installation does without."""
    redelete_list: Path | None = None
    """File that takes a line for each removal that people asked for."""
    calendar: WorkCalendar = field(default_factory=lambda: WorkCalendar(UnknownYears.REFUSE))


def post_due_claims(means: Means) -> int:
    """Post the claims whose public notice is over; give how many."""
    return all_or_each(means, "post_due_claims", points.post_due, points.due_claims)


def reconcile(means: Means) -> int:
    """Compare every balance with its entries and say what does not agree; give how many findings."""
    with transaction(sessions_for(means.engine)()) as session:
        findings = points.reconcile(session)
    for finding in findings:
        log.error("ledger_disagrees", finding=str(finding))
    return len(findings)


def apply_retention(means: Means) -> int:
    """Take away what the retention rules no longer let be kept; give of how many rows.

    A rule that fails is told and does not hold up the others.
    """
    taken = 0
    for rule in retention.rules(means.months_kept):
        step = partial(_apply, rule)
        try:
            for batch in in_batches(means, "apply_retention", step, rule=rule.name):
                taken += batch
        except Exception:
            log.exception("retention_failed", rule=rule.name)
    return taken


def _apply(rule: retention.Rule, session: Session, *, limit: int) -> int:
    return retention.apply(session, rule, limit=limit)


def disable_unused_accounts(means: Means) -> int:
    """Disable staff accounts that nobody used for 90 days, and report them; give how many."""
    return sum(_batches_past(means, "disable_unused_accounts", identity.disable_unused))


def unassign_hazards(means: Means) -> int:
    """Take hazards back from those who have no post any more, and tell who gives them out; give how many."""
    return by_community(means, "unassign_hazards", hazards.unassign)


def sound_hazard_alarms(means: Means) -> int:
    """Remind of hazards nearly over their time, tell offices of those that are; give of how many."""
    return all_or_each(means, "sound_hazard_alarms", hazards.take_alarms, hazards.due_alarms)


def tell_waiting_hazards(means: Means) -> int:
    """Tell of hazards that wait too long for a word, and of absences that begin; give of how many."""
    steps = hazards.tell_waiting, hazards.tell_unchecked, hazards.tell_unclosed, hazards.tell_of_the_absent
    return sum(by_community(means, "tell_waiting_hazards", step) for step in steps)


def tell_not_reached(means: Means) -> int:
    """Tell community admins of whom a visit could not reach; give of how many visits."""
    return sum(_batches_past(means, "tell_not_reached", visits.tell_not_reached))


def tell_of_follow_ups(means: Means) -> int:
    """Tell of follow-ups over their day, and of those whose owner has no post any more; give of how many."""
    return sum(in_batches(means, "tell_of_follow_ups", visits.tell_of_follow_ups))


def tell_of_waiting_requests(means: Means) -> int:
    """Tell whoever decides now of requests to be bound that nobody told him of; give of how many."""
    step = waiting_requests.tell_of_waiting_requests
    return sum(_batches_past(means, "tell_of_waiting_requests", step))


def sweep_photos(means: Means) -> int:
    """Delete files that no photo's row names; give how many."""
    removed = 0
    for keys in evidence.old_files(means.photos, now() - ORPHAN_AGE, size=_BATCH):
        with transaction(sessions_for(means.engine)()) as session:
            gone = evidence.sweep_orphans(session, means.photos, keys)
            record_job(session, means, "sweep_photos", gone)
        removed += gone
    return removed


def make_copies(means: Means) -> int:
    """Make the copies that people asked for of their own data; give how many.

    Each is read in one snapshot, of its own; what is wrong with one of them keeps no other waiting. One whose
    rows were changed meanwhile, by a closing say, is looked at again at the next run.
    """
    snapshots = sessions_for(means.engine.execution_options(isolation_level="REPEATABLE READ"))
    with transaction(snapshots()) as session:
        waiting = own_data.waiting_copies(session)
    made = 0
    for copy_id in waiting:
        try:
            with transaction(snapshots()) as session:
                done = own_data.make_copy(session, means.sealer, means.photos, copy_id)
                record_job(session, means, "make_copies", int(done))
        except Exception as fault:
            if isinstance(fault, OperationalError) and isinstance(fault.orig, SerializationFailure):
                log.info("copy_gave_way", copy_id=str(copy_id))
            else:
                log.exception("copy_failed", copy_id=str(copy_id))
            continue
        made += done
    return made


def end_copies(means: Means) -> int:
    """Delete files and keys of people's copies after their 72 hours; give how many."""
    return sum(in_batches(means, "end_copies", partial(_end_copies, means.photos)))


def _end_copies(photos: PhotoStore, session: Session, *, limit: int) -> int:
    return own_data.end_copies(session, photos, limit=limit)


def remind_of_corrections(means: Means) -> int:
    """Tell admins of requests for a correction whose time is nearly over; give how many."""
    return sum(in_batches(means, "remind_of_corrections", own_data.remind_of_corrections))


def remind_of_deletions(means: Means) -> int:
    """Tell admins of requests for a deletion whose time is nearly over; give how many."""
    return sum(in_batches(means, "remind_of_deletions", own_data.remind_of_deletions))


def copy_removals(means: Means) -> int:
    """Copy removals that people asked for out of the database; give how many.

    Raises ListAheadError where an older one was restored and nobody ran ``redelete`` to its end,
    ListBehindError where the list is an older one or another.
    """
    if means.redelete_list is None:
        return 0
    file = means.redelete_list
    step = partial(own_data.copy_removals, keys=means.audit_keys, file=file)
    return sum(batches(sessions_for(means.engine), partial(step, limit=_BATCH), size=_BATCH))


def renew_removals(means: Means) -> int:
    """Read the whole list of removals, and write it anew once it tells what the database forgot for a month.

    Gives how many lines were written. Raises ListAheadError, ListBehindError, RemovalListError.
    """
    file = means.redelete_list
    if file is None:
        return 0
    before = months_ago(means.months_kept.ended) - RENEWED_AFTER
    with transaction(sessions_for(means.engine)()) as session:
        return own_data.renew_list(session, means.audit_keys, file, before=before)


def link_audit(means: Means) -> int:
    """Give the newest entries of the audit trail their place in the chain; give how many."""
    with transaction(sessions_for(means.engine)()) as session:
        return audit.link(session, means.audit_keys)


def checkpoint_audit(means: Means) -> int:
    """Sign the head of the audit trail's chain and copy it out of the database; give how many copies."""
    with transaction(sessions_for(means.engine)()) as session:
        made = audit.checkpoint(session, means.audit_keys)
    if made is None:
        return 0
    if means.audit_copies is not None:
        audit.append_copy(means.audit_copies, made)
    return 1


def verify_audit(means: Means) -> int:
    """Read the whole audit trail, keep and cry out what is wrong; give how many findings."""
    with transaction(sessions_for(means.engine)()) as session:
        verifier = audit.Verifier(session, means.audit_keys, audit.copies_in(means.audit_copies))
        made = audit.keep_verification(session, verifier, _cry_out)
    return made.findings_count


def _cry_out(finding: audit.Finding) -> None:
    log.error("audit_disagrees", finding=str(finding))


def record_job(session: Session, means: Means, job: str, count: int, **facts: str) -> None:
    """Leave an entry of what a job wrote, if it wrote anything."""
    if count:
        entry = Entry(action=f"job:{job}", facts={**told_of(job, count), **facts})
        audit.record(session, means.audit_keys, entry)


def by_community(means: Means, job: str, step: Callable[..., tuple[int, str | None]]) -> int:
    """Do a step for each community in a transaction of its own: its people are told of all at once.

    One that fails holds up no other: with a limit of none the step only says whose turn it was.
    """
    total, after = 0, None
    while True:
        try:
            with transaction(sessions_for(means.engine)()) as session:
                done, code = step(session, limit=_OF_A_COMMUNITY, after=after)
                record_job(session, means, job, done)
        except Exception:
            log.exception("community_not_done", job=job, after=after)
            with transaction(sessions_for(means.engine)()) as session:
                done, code = step(session, limit=0, after=after)
        after = code
        if code is None:
            return total
        total += done


def in_batches(means: Means, job: str, step: Callable[..., int], **facts: str) -> Iterator[int]:
    """Call a step with a session and ``limit``, batch by batch; record and yield how many each did."""

    def work(session: Session) -> int:
        done = step(session, limit=_BATCH)
        record_job(session, means, job, done, **facts)
        return done

    return batches(sessions_for(means.engine), work, size=_BATCH)


def all_or_each(means: Means, job: str, step: Callable[..., int], due: Callable[..., Sequence[UUID]]) -> int:
    """Call a step batch by batch, or where one fails for ``only`` one of what is due after the other.

    So what cannot be done holds up nothing else; it is told, and tried again at the next run.
    """
    total = 0
    try:
        for batch in in_batches(means, job, step):
            total += batch
    except Exception:
        log.exception("batch_not_done", job=job)
        total += _each(means, job, step, due)
    return total


def _each(means: Means, job: str, step: Callable[..., int], due: Callable[..., Sequence[UUID]]) -> int:
    with transaction(sessions_for(means.engine)()) as session:
        waiting = due(session, limit=_OF_A_COMMUNITY)
    total = 0
    for one in waiting:
        try:
            with transaction(sessions_for(means.engine)()) as session:
                done = step(session, limit=1, only=one)
                record_job(session, means, job, done)
        except Exception:
            log.exception("one_not_done", job=job, id=str(one))
            continue
        total += done
    return total


def _batches_past(means: Means, job: str, step: Callable[..., tuple[int, Mark | None]]) -> Iterator[int]:
    """Do the same for a step that skips rows: it also takes ``after`` and gives the mark to go on from."""

    def work(session: Session, after: Mark | None) -> tuple[int, Mark | None]:
        done, mark = step(session, after=after, limit=_BATCH)
        record_job(session, means, job, done)
        return done, mark

    return walk(sessions_for(means.engine), work)
