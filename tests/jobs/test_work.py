"""What each job does to rows and files, and what the scheduler does with a job that fails."""

import hashlib
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, delete, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app import clock, points
from app.actors import Actor
from app.adapters import local_store
from app.audit import AuditKeys
from app.cli.commands import commands
from app.clock import now
from app.evidence import keep
from app.ids import new_id
from app.jobs import work
from app.jobs.alone import alone
from app.jobs.scheduler import run
from app.jobs.work import Means, forget_old_sessions, post_due_claims, reconcile, sweep_photos
from app.models import Photo, SessionKind, SignIn
from tests.cast import person
from tests.evidence.photos import file, scene
from tests.points_town import Town
from tests.points_world import standing, write_rule
from tests.sealer import SEALER

pytestmark = pytest.mark.xdist_group("jobs")
DATA = file(scene(300, 200))


def test_due_claims_are_posted_batch_by_batch_and_others_wait(
    town: Town, means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_BATCH", 2)
    approve(town, [0, 1, 0, 0, 1], notice_days=1)
    approve(town, [1], notice_days=30)
    before = balances(town)
    with clock.set_to(now() + timedelta(days=4)):
        figures = [post_due_claims(means), post_due_claims(means)]

    assert before == [(0, 0), (0, 0)]
    assert figures == [5, 0]
    assert balances(town) == [(6, 0), (4, 0)]


def approve(town: Town, numbers: Sequence[int], *, notice_days: int) -> None:
    """Approve a claim of 2 points for each of the households."""
    rule = write_rule(town.session, town.code, notice_days=notice_days)
    for number in numbers:
        points.approve(town.session, town.actor(), town.verified_claim(rule, number, points=2).id, new_id())
    town.session.commit()


def balances(town: Town) -> list[tuple[int, int]]:
    """Give balance and held points of the households as they are now."""
    town.session.rollback()
    return [standing(town.session, account_id) for account_id in town.accounts]


def test_an_honest_ledger_gives_no_finding(town: Town, means: Means) -> None:
    town.award(0, 7)
    town.session.commit()
    with capture_logs() as told:
        figure = run(reconcile, means)

    assert figure == 0
    assert told == [{"event": "job_done", "job": "reconcile", "done": 0, "log_level": "info"}]


def test_a_balance_changed_by_hand_is_told_and_left_as_it_is(
    town: Town, means: Means, environ: dict[str, str]
) -> None:
    town.award(0, 7)
    account_id = town.accounts[0]
    town.session.execute(text("SET LOCAL session_replication_role = replica"))
    town.session.execute(text("UPDATE accounts SET balance = 8 WHERE id = :id"), {"id": account_id})
    town.session.commit()
    with capture_logs() as told:
        figure = run(reconcile, means)
    by_hand = CliRunner().invoke(commands, ["reconcile"], env=environ)
    sentence = f"accounts {account_id}: the balance is 8, its entries add up to 7 [balance]"
    findings = [one["finding"] for one in told if one["event"] == "ledger_disagrees"]

    assert sentence in findings
    assert {one["log_level"] for one in told if one["event"] == "ledger_disagrees"} == {"error"}
    assert figure == len(findings)
    assert (by_hand.exit_code, sentence in by_hand.output.splitlines()) == (1, True)
    assert balances(town)[0] == (8, 0)


def test_files_without_a_row_go_when_they_are_a_day_old(
    environ: dict[str, str], means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_BATCH", 2)
    folder = Path(environ["GONGDI_PHOTO_DIR"])
    kept, old, young = new_id(), [new_id(), new_id()], new_id()
    with Session(means.engine) as session:
        for photo_id in (kept, *old, young):
            keep(session, means.photos, Actor(user_id=person("worker").user_id), photo_id, DATA)
        session.execute(delete(Photo).where(Photo.id != kept))
        session.commit()
    age(folder, [kept, *old], now() - work.ORPHAN_AGE - timedelta(minutes=1))
    before = files(folder)
    figures = [sweep_photos(means), sweep_photos(means)]
    with Session(means.engine) as session:
        rows = session.scalars(select(Photo.id)).all()
        session.execute(delete(Photo))
        session.commit()

    assert before == {kept: 2, old[0]: 2, old[1]: 2, young: 2}
    assert figures == [4, 0]
    assert files(folder) == {kept: 2, young: 2}
    assert rows == [kept]


def age(folder: Path, photo_ids: Sequence[UUID], to: datetime) -> None:
    """Let the files of some photos have been written at a moment."""
    for photo_id in photo_ids:
        for path in folder.glob(f"*/*/{photo_id}-*.jpg"):
            os.utime(path, (to.timestamp(), to.timestamp()))


def files(folder: Path) -> dict[UUID, int]:
    """Give how many files each photo has."""
    names = [path.name[:36] for path in folder.rglob("*.jpg")]
    return {UUID(name): names.count(name) for name in names}


def test_sessions_go_thirty_days_after_their_end(means: Means) -> None:
    past, future = now() - timedelta(days=30, minutes=1), now() + timedelta(hours=1)
    recent = now() - timedelta(days=29)
    went = [sign_in(expires_at=past), sign_in(expires_at=future, ended_at=past)]
    stay = [sign_in(expires_at=recent), sign_in(expires_at=future, ended_at=recent)]
    with Session(means.engine) as session:
        of_the_cast = set(session.scalars(select(SignIn.id)))
        session.add_all(went + stay)
        session.commit()
        ids = {one.id for one in stay}
    figures = [forget_old_sessions(means), forget_old_sessions(means)]
    with Session(means.engine) as session:
        left = set(session.scalars(select(SignIn.id)))
        session.execute(delete(SignIn).where(SignIn.id.in_(ids)))
        session.commit()

    assert figures == [2, 0]
    assert of_the_cast
    assert left == of_the_cast | ids


def sign_in(*, expires_at: datetime, ended_at: datetime | None = None) -> SignIn:
    """Give a session of the grid worker to be written."""
    made = new_id()
    return SignIn(
        id=made,
        user_id=person("worker").user_id,
        token_hash=hashlib.sha256(made.bytes).digest(),
        family_id=made,
        kind=SessionKind.APP,
        created_at=now() - timedelta(days=60),
        expires_at=expires_at,
        idle_s=0,
        last_seen_at=now() - timedelta(days=60),
        ended_at=ended_at,
    )


def test_a_job_that_fails_is_told_and_its_lock_is_free(means: Means) -> None:
    def broken(_means: Means) -> int:
        raise ZeroDivisionError

    with capture_logs() as told:
        figures = [run(broken, means), run(broken, means)]

    assert figures == [None, None]
    assert [(one["event"], one["job"], one["log_level"], one["exc_info"]) for one in told] == [
        ("job_failed", "broken", "error", True)
    ] * 2


def test_a_database_that_is_away_is_told_like_any_fault(tmp_path: Path) -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with capture_logs() as told:
        figure = run(post_due_claims, Means(engine, local_store(tmp_path), AuditKeys(b"", b""), SEALER))

    assert figure is None
    assert [(one["event"], one["job"]) for one in told] == [("job_failed", "post_due_claims")]


def test_one_name_is_held_once_and_names_do_not_hinder_each_other(means: Means) -> None:
    with (
        alone(means.engine, "one") as first,
        alone(means.engine, "one") as again,
        alone(means.engine, "another") as other,
    ):
        during = (first, again, other)
    with alone(means.engine, "one") as afterwards:
        pass

    assert (during, afterwards) == ((True, False, True), True)


def test_a_job_that_another_is_at_is_left_out(town: Town, means: Means) -> None:
    approve(town, [0], notice_days=1)
    with clock.set_to(now() + timedelta(days=4)), capture_logs() as told:
        with alone(means.engine, post_due_claims.__name__):
            left_out = run(post_due_claims, means)
        before = list(told)
        done = run(post_due_claims, means)

    assert (left_out, done) == (None, 1)
    assert before == [{"event": "job_left_to_another", "job": "post_due_claims", "log_level": "info"}]
    assert balances(town) == [(2, 0), (0, 0)]
