"""Files of the ledger of hazards, made and taken away by the jobs."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.exports import LIFE
from app.jobs.exports import end_hazard_exports, make_hazard_exports, make_roster_exports
from app.jobs.scheduler import EVERY_MINUTE, run
from app.jobs.work import Means
from app.models import HazardExport, Notice
from tests.matrix.stage import Stage

pytestmark = pytest.mark.xdist_group("jobs")


@pytest.fixture
def asked(means: Means) -> Iterator[UUID]:
    """Let the admin ask for a file, committed; it is deleted afterwards."""
    with Session(means.engine) as session:
        made = Stage(session).ledger_export()
        session.commit()
    yield made
    with Session(means.engine) as session:
        session.execute(delete(HazardExport))
        session.execute(delete(Notice).where(Notice.kind == "hazard_export"))
        session.commit()


def test_a_ledger_is_made_once_and_ends_after_its_time(asked: UUID, means: Means) -> None:
    """S-153: by its own jobs, which run every minute and leave files of the roster alone."""
    assert {make_hazard_exports, end_hazard_exports} <= set(EVERY_MINUTE)

    figures = [run(job, means) for job in (make_roster_exports, make_hazard_exports, make_hazard_exports)]
    with set_to(now() + LIFE + timedelta(minutes=1)):
        ended = [run(end_hazard_exports, means), run(end_hazard_exports, means)]

    assert (figures, ended) == ([0, 1, 0], [1, 0])
    with Session(means.engine) as session:
        row = session.get_one(HazardExport, asked)
        assert (row.row_count, row.key_sealed) == (0, None)
