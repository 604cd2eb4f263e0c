"""Files of the roster, made and taken away by the jobs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.clock import now, set_to
from app.exports import LIFE, PAUSES, ExportFailure, ExportState
from app.jobs.exports import end_roster_exports, make_roster_exports
from app.jobs.scheduler import run
from app.jobs.work import Means
from app.models import AuditEntry, Notice, RosterExport
from tests.matrix.stage import Stage

pytestmark = pytest.mark.xdist_group("jobs")


@pytest.fixture
def asked(means: Means) -> Iterator[list[UUID]]:
    """Let two admins ask for files, committed; they are deleted afterwards."""
    with Session(means.engine) as session:
        made = [Stage(session).export(), Stage(session, far=True).export()]
        session.commit()
    yield made
    with Session(means.engine) as session:
        session.execute(delete(RosterExport))
        session.execute(delete(Notice).where(Notice.kind == "roster_export"))
        session.commit()


def folder(environ: dict[str, str]) -> Path:
    return Path(environ["GONGDI_PHOTO_DIR"]) / "exports"


def test_files_are_made_once_and_end_after_their_time(
    asked: list[UUID], means: Means, environ: dict[str, str]
) -> None:
    """S-153: ready at the next run, gone from the folder after 24 hours."""
    figures = [run(make_roster_exports, means), run(make_roster_exports, means)]
    there = sorted(path.name for path in folder(environ).iterdir())
    with set_to(now() + LIFE - timedelta(minutes=1)):
        early = run(end_roster_exports, means)
    with set_to(now() + LIFE + timedelta(minutes=1)):
        ended = [run(end_roster_exports, means), run(end_roster_exports, means)]

    assert figures == [2, 0]
    assert there == sorted(f"{export_id}.sealed" for export_id in asked)
    assert (early, ended) == (0, [2, 0])
    assert list(folder(environ).iterdir()) == []


@pytest.fixture
def in_the_way(asked: list[UUID], environ: dict[str, str]) -> Path:
    """Let something lie where the first file is to be written."""
    path = folder(environ) / f"{asked[0]}.sealed"
    (path / "a file").mkdir(parents=True)
    return path


def test_what_is_wrong_with_one_file_keeps_no_other_waiting(
    in_the_way: Path, asked: list[UUID], means: Means
) -> None:
    with capture_logs() as told:
        figure = run(make_roster_exports, means)
    (in_the_way / "a file").rmdir()
    in_the_way.rmdir()
    at_once = run(make_roster_exports, means)
    with set_to(now() + PAUSES[0]):
        later = run(make_roster_exports, means)

    assert (figure, at_once, later) == (1, 0, 1)
    assert [one["export_id"] for one in told if one["event"] == "export_not_made"] == [str(asked[0])]


@pytest.mark.usefixtures("in_the_way")
def test_what_stays_wrong_is_given_up_and_told(asked: list[UUID], means: Means) -> None:
    """S-153: whoever asked learns of it; so does whoever watches the log, and the trail, once."""
    at = now()
    with capture_logs() as told:
        for pause in (timedelta(), *PAUSES, timedelta(days=1)):
            at += pause
            with set_to(at):
                run(make_roster_exports, means)
    with Session(means.engine) as session:
        row = session.get_one(RosterExport, asked[0])
        notice = session.scalars(select(Notice).where(Notice.data["export_id"].astext == str(asked[0]))).one()
        facts = AuditEntry.facts
        trail = select(facts["state"].astext).where(facts["export_id"].astext == str(asked[0]))
        entries = session.scalars(trail).all()

    events = [one["event"] for one in told if one.get("export_id") == str(asked[0])]
    assert events == ["export_not_made"] * len(PAUSES) + ["export_failed"]
    assert (row.state, row.failure) == (ExportState.FAILED, ExportFailure.FAULT)
    assert (notice.user_id, notice.data["what"]) == (row.asked_by, "failed")
    assert entries == ["failed"]
