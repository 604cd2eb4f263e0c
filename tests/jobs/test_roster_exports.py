"""Files of the roster, made and taken away by the jobs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.clock import now, set_to
from app.exports import LIFE
from app.jobs.exports import end_roster_exports, make_roster_exports
from app.jobs.scheduler import run
from app.jobs.work import Means
from app.models import Notice, RosterExport
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


def test_what_is_wrong_with_one_file_keeps_no_other_waiting(
    asked: list[UUID], means: Means, environ: dict[str, str]
) -> None:
    in_the_way = folder(environ) / f"{asked[0]}.sealed"
    (in_the_way / "a file").mkdir(parents=True)
    with capture_logs() as told:
        figure = run(make_roster_exports, means)
    (in_the_way / "a file").rmdir()
    in_the_way.rmdir()

    assert figure == 1
    assert [one["export_id"] for one in told if one["event"] == "export_failed"] == [str(asked[0])]
    assert run(make_roster_exports, means) == 1
