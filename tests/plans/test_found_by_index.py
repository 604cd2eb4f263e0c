"""What is read of occurrences daily, and each minute, is found by an index among years of missed ones."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app import plans
from app.actors import Actor, Scope
from app.clock import now
from app.models import Grant, Plan
from app.plans import OccurrenceFilter, OpeningKey
from tests.cast import GRID, named, person
from tests.explaining import asked_of, counted, how, pages_of
from tests.hazard_world import BLOCK, write_checklist
from tests.plan_world import write_plan

ROWS = 100_000
OPEN = 40_000
COUNTY = Actor(user_id=person("county").user_id, scope=Scope(areas=("421224",)))
WORKER = Actor(user_id=person("worker").user_id, scope=Scope(areas=(GRID,)))
_FILL = text(
    """
    INSERT INTO occurrences (
        id, area_code, plan_id, place_id, checklist_area_code, checklist_code, period_on, opens_at, due_at,
        missed_at, original_worker_id, worker_id, made_at
    )
    SELECT gen_random_uuid(),
        CASE WHEN n % 50 = 0 THEN :grid ELSE '4212241000' || lpad((10 + n % 70)::text, 2, '0') || '001' END,
        :plan, :block, '421224', 'building', date '1800-01-01' + n, at, at + interval '8 hours',
        at + interval '10 hours', :other, CASE WHEN n % 50 = 0 THEN CAST(:worker AS uuid) ELSE :other END, at
    FROM (
        SELECT n, CAST(:at AS timestamptz) + (:open - n) * interval '5 minutes' AS at
        FROM generate_series(1, :rows) AS n
    ) AS numbered
    """
)


def fill(session: Session, *, still_open: int) -> Plan:
    plan = write_plan(session, write_checklist(session))
    session.execute(
        _FILL,
        {
            "rows": ROWS,
            "open": still_open,
            "grid": GRID,
            "plan": plan.id,
            "block": BLOCK,
            "worker": WORKER.user_id,
            "other": person("colleague").user_id,
            "at": now(),
        },
    )
    session.execute(text("ANALYZE occurrences"))
    return plan


def test_no_list_and_no_job_reads_what_is_long_over(connection: Connection, session: Session) -> None:
    plan = fill(session, still_open=1_000)
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
    fill(session, still_open=OPEN)
    session.get_one(Grant, named("grant colleague")).area_code = "421224"
    session.flush()
    after = "421224100070" if share == "one community is behind" else None

    with asked_of(connection, "min(") as asked:
        assert plans.hand_over(session, limit=100, after=after) == (0, None)

    found = counted(connection, *asked[0])
    assert pages_of(found) < OPEN / 4, found
