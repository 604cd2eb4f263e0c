"""Requests for a correction whose time is nearly over, told by the job."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.jobs.scheduler import run
from app.jobs.work import Means, remind_of_corrections
from app.models import Correction, Notice
from tests.matrix.stage import Stage

pytestmark = pytest.mark.xdist_group("jobs")


@pytest.fixture
def waiting(means: Means) -> Iterator[None]:
    """Let two of the cast wait for a correction, committed; it is deleted afterwards."""
    with Session(means.engine) as session:
        for name in ("resident", "worker"):
            Stage(session).correction(name)
        session.commit()
    yield
    with Session(means.engine) as session:
        session.execute(delete(Correction))
        session.execute(delete(Notice).where(Notice.kind == "own_data"))
        session.commit()


@pytest.mark.usefixtures("waiting")
def test_admins_are_told_once(means: Means) -> None:
    """S-77: nobody's request is forgotten until its time is over."""
    early = run(remind_of_corrections, means)
    with set_to(now() + timedelta(days=12)):
        figures = [run(remind_of_corrections, means), run(remind_of_corrections, means)]
    with Session(means.engine) as session:
        what = Notice.data["what"].astext == "correction_due"
        notices = session.scalar(select(func.count()).select_from(Notice).where(what))

    assert (early, figures, notices) == (0, [2, 0], 2)
