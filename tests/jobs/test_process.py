"""The scheduler as operators run it: a process of its own, alone or beside another."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app import clock, points
from app.clock import now
from app.ids import new_id
from app.jobs.alone import alone
from app.jobs.scheduler import EVERY_MINUTE, NIGHTLY
from app.jobs.work import Means
from app.models import Claim, ClaimEvent, ClaimStatus, ClaimStep, Transfer
from dev.settings import environment
from dev.var import ROOT
from tests.jobs.scheduler_process import WITHIN_S, Scheduler
from tests.points_town import Town
from tests.points_world import standing, write_rule
from tests.processes import below, until

pytestmark = pytest.mark.xdist_group("jobs")
Start = Callable[[], Scheduler]
POSTING = "post_due_claims"


@pytest.fixture
def due(town: Town) -> Claim:
    """Give a claim of 4 points whose public notice of a day was over long ago."""
    rule = write_rule(town.session, town.code, notice_days=1)
    with clock.set_to(now() - timedelta(days=9)):
        claim = points.approve(town.session, town.actor(), town.verified_claim(rule, points=4).id, new_id())
    town.session.commit()
    assert (claim.status, standing(town.session, town.accounts[0])) == (ClaimStatus.IN_NOTICE, (0, 0))
    town.session.commit()
    return claim


def test_a_due_claim_is_posted_once_right_after_the_start(start: Start, town: Town, due: Claim) -> None:
    scheduler = start()
    scheduler.wait_for("job_done", job=POSTING)
    left = below(scheduler.process.pid)
    code = scheduler.stop()

    assert scheduler.told("scheduler_started", jobs=len(EVERY_MINUTE) + len(NIGHTLY))
    assert [one["done"] for one in scheduler.told("job_done", job=POSTING)] == [1]
    assert scheduler.told("job_failed") == []
    assert (code, left) == (0, set())
    assert posted(town, due) == (ClaimStatus.POSTED, [4], (4, 0))


def posted(town: Town, claim: Claim) -> tuple[ClaimStatus, list[int], tuple[int, int]]:
    """Give the claim's status, the amounts posted for it, and its household's balance and held points."""
    session = town.session
    session.rollback()
    session.expire_all()
    steps = session.scalars(select(ClaimEvent.step).where(ClaimEvent.claim_id == claim.id)).all()
    amounts = session.scalars(select(Transfer.amount).where(Transfer.source_id == claim.id)).all()
    assert steps.count(ClaimStep.POST) == len(amounts)
    return claim.status, list(amounts), standing(session, town.accounts[0])


def test_a_running_job_is_finished_before_the_end(start: Start, town: Town, due: Claim, means: Means) -> None:
    with means.engine.connect() as other:
        other.execute(text("LOCK TABLE transfers IN EXCLUSIVE MODE"))
        scheduler = start()
        assert until(lambda: waits_for_transfers(means), within_s=WITHIN_S)
        scheduler.process.send_signal(signal.SIGTERM)
        scheduler.wait_for("scheduler_stopping")
        assert scheduler.process.poll() is None
        other.rollback()

    assert scheduler.process.wait(WITHIN_S) == 0
    assert [one["done"] for one in scheduler.told("job_done", job=POSTING)] == [1]
    assert posted(town, due) == (ClaimStatus.POSTED, [4], (4, 0))


def waits_for_transfers(means: Means) -> bool:
    """Say whether somebody waits for the lock on the ledger's table."""
    query = "SELECT count(*) FROM pg_locks WHERE relation = 'transfers'::regclass AND NOT granted"
    with means.engine.connect() as connection:
        return bool(connection.scalar(text(query)))


def test_two_schedulers_post_a_claim_once(start: Start, town: Town, due: Claim) -> None:
    both = [start(), start()]
    for one in both:
        one.wait_for("job_done", "job_left_to_another", job=POSTING)

    assert [one.stop() for one in both] == [0, 0]
    assert sum(event["done"] for one in both for event in one.told("job_done", job=POSTING)) == 1
    assert [event for one in both for event in one.told("job_failed")] == []
    assert posted(town, due) == (ClaimStatus.POSTED, [4], (4, 0))


def test_a_scheduler_leaves_a_job_to_another_and_ends_well_on_ctrl_c_pressed_twice(
    start: Start, town: Town, due: Claim, means: Means
) -> None:
    with alone(means.engine, POSTING) as held:
        scheduler = start()
        scheduler.wait_for("job_left_to_another", job=POSTING)
        scheduler.process.send_signal(signal.SIGINT)
        code = scheduler.stop(signal.SIGINT)

    assert (held, code) == (True, 0)
    assert [one["signal"] for one in scheduler.told("scheduler_stopping")] == ["SIGINT"]
    assert scheduler.told("job_done", job=POSTING) == scheduler.told("job_failed") == []
    assert posted(town, due) == (ClaimStatus.IN_NOTICE, [], (0, 0))


def test_the_lock_of_a_scheduler_that_is_killed_is_free_again(
    start: Start, town: Town, due: Claim, means: Means
) -> None:
    with means.engine.connect() as other:
        other.execute(text("LOCK TABLE transfers IN EXCLUSIVE MODE"))
        killed = start()
        assert until(lambda: waits_for_transfers(means), within_s=WITHIN_S)
        killed.kill()
        other.rollback()
    assert until(lambda: free(means), within_s=WITHIN_S)
    second = start()
    second.wait_for("job_done", job=POSTING)

    assert [one["done"] for one in second.told("job_done", job=POSTING)] == [1]
    assert second.stop() == 0
    assert posted(town, due) == (ClaimStatus.POSTED, [4], (4, 0))


def free(means: Means) -> bool:
    with alone(means.engine, POSTING) as held:
        return held


def test_jobs_that_start_together_have_connections_for_lock_and_work(
    start: Start, environ: dict[str, str]
) -> None:
    environ["GONGDI_DATABASE_POOL"] = "1"  # the web processes'; the scheduler needs its own number
    scheduler = start()
    for job in EVERY_MINUTE:
        scheduler.wait_for("job_done", "job_failed", job=job.__name__)

    assert scheduler.told("job_failed") == []
    assert scheduler.stop() == 0


def test_a_wrong_setting_is_named_in_a_sentence(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "app.jobs"]
    given = environment({**environ, "GONGDI_SECRET_KEY": "short"})
    done = subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: GONGDI_SECRET_KEY ")
    assert done.stderr.count("\n") == 1
