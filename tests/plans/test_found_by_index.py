"""What is read of occurrences daily, and each minute, is found by an index among years of missed ones."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import plans
from app.actors import Actor, Scope
from app.clock import now
from app.models import Grant
from app.plans import OccurrenceFilter, OpeningKey
from tests.cast import GRID, named, person
from tests.explaining import asked_of, counted, how, pages_of
from tests.plan_world import fill_occurrences

pytestmark = pytest.mark.usefixtures("swept")

OPEN = 40_000
COUNTY = Actor(user_id=person("county").user_id, scope=Scope(areas=("421224",)))
WORKER = Actor(user_id=person("worker").user_id, scope=Scope(areas=(GRID,)))


def test_no_list_and_no_job_reads_what_is_long_over(connection: Connection, session: Session) -> None:
    plan = fill_occurrences(session, still_open=1_000)
    after = OpeningKey(now() - timedelta(days=9), plan.id)

    def of_county() -> None:
        plans.occurrences(session, COUNTY, OccurrenceFilter(), after=after, limit=20)

    listed = how(connection, "FROM occurrences", of_county)
    assert "ix_occurrences_opens_at_id" in listed, listed
    assert "Sort" not in listed, listed
    open_ones = how(
        connection, "FROM occurrences", lambda: plans.open_occurrences(session, WORKER, limit=300)
    )
    assert "ix_occurrences_worker_id_missed_at" in open_ones, open_ones
    lately = now() - timedelta(days=14)
    missed = how(
        connection,
        "FROM occurrences",
        lambda: plans.missed_lately(session, WORKER, since=lately, limit=100),
    )
    assert "ix_occurrences_worker_id_missed_at" in missed, missed
    lost = how(connection, "occurrences", lambda: plans.hand_over(session, limit=100))
    assert "ix_occurrences_missed_at" in lost or "ix_occurrences_worker_id_missed_at" in lost, lost


@pytest.mark.parametrize("share", ["nothing is due", "one community is behind"])
def test_each_minutes_look_reads_what_is_open_and_no_post_for_each(
    connection: Connection, session: Session, share: str
) -> None:
    """40,000 open ones of 70 communities, years of missed ones behind them."""
    fill_occurrences(session, still_open=OPEN)
    session.get_one(Grant, named("grant colleague")).area_code = "421224"
    session.flush()
    after = "421224100070" if share == "one community is behind" else None

    with asked_of(connection, "min(") as asked:
        assert plans.hand_over(session, limit=100, after=after) == (0, None)

    found = counted(connection, *asked[0])
    assert pages_of(found) < OPEN / 4, found
