"""Copies that people ask for, made and ended by the jobs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.actors import Actor
from app.clock import now, set_to
from app.jobs.scheduler import run
from app.jobs.work import Means, end_copies, make_copies
from app.models import Notice, OwnCopy
from app.own_data import LIFE, copy_file
from tests.cast import person
from tests.own_data_world import Unpacked, write_copy
from tests.races.together import one_inside_the_other

pytestmark = pytest.mark.xdist_group("jobs")


@pytest.fixture
def asked(means: Means) -> Iterator[list[UUID]]:
    """Let three of the cast ask for copies, committed; they are deleted afterwards."""
    with Session(means.engine) as session:
        made = [write_copy(session, name) for name in ("resident", "worker", "admin")]
        session.commit()
    yield made
    with Session(means.engine) as session:
        session.execute(delete(OwnCopy))
        session.execute(delete(Notice).where(Notice.kind == "own_data"))
        session.commit()


def row(means: Means, copy_id: UUID) -> OwnCopy:
    with Session(means.engine) as session:
        return session.get_one(OwnCopy, copy_id)


def files(environ: dict[str, str]) -> list[str]:
    return sorted(path.name for path in (Path(environ["GONGDI_PHOTO_DIR"]) / "copies").iterdir())


def test_copies_are_made_once_and_end_after_their_time(
    asked: list[UUID], means: Means, environ: dict[str, str]
) -> None:
    """S-76: ready at the next run, gone from the folder after 72 hours, and unreadable without the key."""
    figures = [run(make_copies, means), run(make_copies, means)]
    with Session(means.engine) as session:
        actor = Actor(user_id=person("worker").user_id)
        file = copy_file(session, actor, means.sealer, means.photos, asked[1])
        got = Unpacked(b"".join(file.pieces))
    there = files(environ)
    with set_to(now() + LIFE - timedelta(minutes=1)):
        early = run(end_copies, means)
    with set_to(now() + LIFE + timedelta(minutes=1)):
        ended = [run(end_copies, means), run(end_copies, means)]

    assert figures == [3, 0]
    assert [one["id"] for one in got.rows("users")] == [str(person("worker").user_id)]
    assert there == sorted(f"{copy_id}.sealed" for copy_id in asked)
    assert (early, ended) == (0, [3, 0])
    assert files(environ) == []
    assert [row(means, copy_id).key_sealed for copy_id in asked] == [None] * 3


def test_a_copy_that_is_ended_while_it_is_made_is_no_alarm(asked: list[UUID], means: Means) -> None:
    """A closing that is carried out at the same minute ends it: the next run finds nothing to do."""

    def end(session: Session) -> None:
        session.get_one(OwnCopy, asked[0], with_for_update=True).ended_at = now()

    with capture_logs() as told:
        one_inside_the_other(means.engine, end, lambda _: run(make_copies, means))

    about = [one["event"] for one in told if one.get("copy_id") == str(asked[0])]
    assert about == ["copy_gave_way"]
    assert row(means, asked[1]).ready_at is not None
    assert run(make_copies, means) == 0


def test_what_is_wrong_with_one_copy_keeps_no_other_waiting(
    asked: list[UUID], means: Means, environ: dict[str, str]
) -> None:
    in_the_way = Path(environ["GONGDI_PHOTO_DIR"]) / "copies" / f"{asked[0]}.sealed"
    (in_the_way / "a file").mkdir(parents=True)
    with capture_logs() as told:
        figure = run(make_copies, means)
    waiting = row(means, asked[0])
    (in_the_way / "a file").rmdir()
    in_the_way.rmdir()

    assert figure == 2
    assert [one["copy_id"] for one in told if one["event"] == "copy_failed"] == [str(asked[0])]
    assert (waiting.ready_at, waiting.key_sealed) == (None, None)
    assert run(make_copies, means) == 1
    assert len(files(environ)) == 3
