"""What each job does to rows and files, and what the scheduler does with a job that fails."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import column, create_engine, delete, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app import clock, points, retention
from app.adapters import local_store
from app.audit import AuditKeys
from app.cli.commands import commands
from app.clock import now
from app.config import RetentionSettings
from app.evidence import keep
from app.ids import new_id
from app.jobs import work
from app.jobs.alone import alone
from app.jobs.scheduler import run
from app.jobs.work import Means, apply_retention, post_due_claims, reconcile, sweep_photos
from app.models import AuditEntry, Claim, ClaimStatus, Photo, SessionKind, SignIn, SourceKind
from tests.cast import acting, person
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


def test_a_claim_that_cannot_be_posted_holds_up_no_other(town: Town, means: Means) -> None:
    approve(town, [0, 1, 0], notice_days=1)
    claims = town.session.scalars(select(Claim).where(Claim.area_code == town.code).order_by(Claim.id)).all()
    broken = claims[0]
    town.award(1, 9, source_kind=SourceKind.CLAIM, source_id=broken.id)  # and so posted before, otherwise
    town.session.commit()
    with clock.set_to(now() + timedelta(days=4)), capture_logs() as told:
        figures = [post_due_claims(means), post_due_claims(means)]
    statuses = town.session.execute(select(Claim.id, Claim.status).where(Claim.area_code == town.code))
    waiting = [claim_id for claim_id, status in statuses if status is ClaimStatus.IN_NOTICE]

    assert figures == [2, 0]
    assert waiting == [broken.id]
    assert balances(town) == [(2, 0), (11, 0)]
    refused = [one["id"] for one in told if one["event"] == "one_not_done"]
    assert refused == [str(broken.id)] * 2


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
            keep(session, means.photos, acting("worker"), photo_id, DATA)
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


def test_retention_takes_rows_in_batches_and_then_files(
    environ: dict[str, str], means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-81: the nightly job, its audit entries with counts, and the photo gone from the store."""
    monkeypatch.setattr(work, "_BATCH", 2)
    folder, photo_id = Path(environ["GONGDI_PHOTO_DIR"]), new_id()
    past = now() - timedelta(days=30, minutes=1)
    went = [sign_in(ended_at=past) for _ in range(3)]
    stays = sign_in(ended_at=now() - timedelta(days=29))
    with Session(means.engine) as session:
        photo, _ = keep(session, means.photos, acting("worker"), photo_id, DATA)
        photo.received_at = now() - timedelta(days=91)
        session.add_all([*went, stays])
        session.commit()
        kept, ids = stays.id, [one.id for one in [*went, stays]]
    age(folder, [photo_id], now() - work.ORPHAN_AGE - timedelta(minutes=1))
    before = last_entry(means)
    figures = [apply_retention(means), apply_retention(means)]
    swept = sweep_photos(means)
    with Session(means.engine) as session:
        left = session.scalars(select(SignIn.id).where(SignIn.id.in_(ids))).all()
        rows = session.scalars(
            select(AuditEntry.facts)
            .where(AuditEntry.id > before, AuditEntry.action == "job:apply_retention")
            .order_by(AuditEntry.id)
        ).all()
        session.execute(delete(SignIn).where(SignIn.id == kept))
        session.commit()

    assert figures == [4, 0]
    assert left == [kept]
    assert (swept, files(folder)) == (2, {})
    assert rows == [
        {"count": 1, "rule": "photos that no record names"},
        {"count": 2, "rule": "sign-ins"},
        {"count": 1, "rule": "sign-ins"},
    ]


def test_a_rule_that_fails_holds_up_no_other(means: Means, monkeypatch: pytest.MonkeyPatch) -> None:
    """S-81: it is told, and the next rule is applied."""
    broken, *others = retention.rules(RetentionSettings())
    broken = replace(broken, over=column("no_such_column").is_(None))
    monkeypatch.setattr(retention, "rules", lambda _months: iter([broken, *others]))
    gone = sign_in(ended_at=now() - timedelta(days=31))
    with Session(means.engine) as session:
        session.add(gone)
        session.commit()
    with capture_logs() as told:
        figure = apply_retention(means)

    assert figure == 1
    assert [(one["event"], one["rule"]) for one in told] == [("retention_failed", broken.name)]


def test_the_command_counts_and_then_takes(environ: dict[str, str], means: Means) -> None:
    """S-81: the dry run tells what is overdue and changes nothing."""
    with Session(means.engine) as session:
        session.add(sign_in(ended_at=now() - timedelta(days=31)))
        session.commit()
    runs = [
        CliRunner().invoke(commands, ["retention", *more], env=environ)
        for more in (["--dry-run"], [], ["--dry-run"])
    ]
    lines = [[line for line in run.output.splitlines() if line.startswith("sign-ins,")] for run in runs]

    assert [run.exit_code for run in runs] == [0, 0, 0]
    assert lines == [[f"sign-ins, kept 30 days after the end: {count}"] for count in (1, 1, 0)]


def last_entry(means: Means) -> UUID:
    """Give the newest entry of the audit trail, or an id before all of them."""
    with Session(means.engine) as session:
        newest = session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))
    return newest or UUID(int=0)


def sign_in(*, ended_at: datetime) -> SignIn:
    """Give a session of the grid worker that ended, to be written."""
    made = new_id()
    return SignIn(
        id=made,
        user_id=person("worker").user_id,
        token_hash=hashlib.sha256(made.bytes).digest(),
        family_id=made,
        kind=SessionKind.APP,
        created_at=now() - timedelta(days=60),
        expires_at=now() + timedelta(hours=1),
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
