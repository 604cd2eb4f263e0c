"""What offices ask of the ledger is found by an index among a hundred thousand hazards."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from app.actors import Actor, Scope
from app.clock import now
from app.harm import reading_as
from app.hazards import HazardFilter, HazardKey, HazardOrder, hazards_showing_photo
from app.hazards.filters import in_order, matching, readable
from app.ids import new_id
from app.models import Hazard, HazardStatus
from tests.cast import GRID, HOME, named, person
from tests.explaining import asked_of, counted, pages_of, plan_of
from tests.hazard_world import BLOCK
from tests.plan_world import fill_occurrences

pytestmark = pytest.mark.usefixtures("swept")

ROWS = 100_000
COUNTY = Actor(user_id=person("county").user_id, scope=Scope(areas=("421224",)))
WORKER = Actor(user_id=person("worker").user_id, scope=Scope(areas=(GRID,)))
"""Whose day is asked for most often; he reads what he reported in other grids as well."""
AT_HOME = WORKER.within(Scope(areas=(GRID,), household_id=person("resident").household_id))
NEXT_DOOR = WORKER.within(Scope(areas=(HOME + "002",)))
COMMUNITY = Actor(user_id=person("admin").user_id, scope=Scope(areas=(HOME,)))
_FILL = text(
    """
    INSERT INTO hazards (
        id, area_code, place_id, source, category, level, text, status, assignee_id, due_at, recurrences,
        recheck_failures, content_hash, captured_at, received_at, clock_flag, presence, presence_reasons
    )
    SELECT gen_random_uuid(),
        CASE WHEN n % 100 = 0 THEN :grid ELSE '4212241000' || lpad((10 + n % 70)::text, 2, '0') || '001' END,
        :block, 'staff', 'fire', 'general', '楼道堆物' || n,
        CASE WHEN n % 20 = 0 THEN 'assigned' ELSE 'closed' END, :worker,
        CAST(:at AS timestamptz) + (n - 99000) * interval '1 minute', 0, 0,
        '', at, at, 'ok', 'confirmed', '[]'
    FROM (
        SELECT n, CAST(:at AS timestamptz) - n * interval '5 minutes' AS at
        FROM generate_series(1, :rows) AS n
    ) AS numbered
    """
)
_EVENTS = text(
    """
    INSERT INTO hazard_events (
        id, area_code, hazard_id, number, step, status_after, at, note, data, content_hash
    )
    SELECT gen_random_uuid(), area_code, id, n, CASE n WHEN 1 THEN 'report' ELSE 'close' END, status,
        received_at + n * interval '1 hour', '', '{}', ''
    FROM hazards, generate_series(1, 2) AS n WHERE status = 'closed'
    """
)
_UNITS = text(
    """
    WITH made AS (
        INSERT INTO units (id, area_code, name, kind, made_by, created_at, content_hash)
        SELECT gen_random_uuid(), :grid, '整改队' || n, 'team', :worker, :at, ''
        FROM generate_series(1, 5000) AS n RETURNING id
    )
    INSERT INTO unit_members (id, unit_id, user_id, since)
    SELECT gen_random_uuid(), id, :worker, :at FROM made
    """
)


_PEOPLE = (
    text(
        """
        INSERT INTO residents (
            id, area_code, household_id, name, sex, birth_date, relation, presence, created_at, content_hash
        )
        SELECT gen_random_uuid(), area_code, household_id, name, sex, birth_date, 'other', presence,
            created_at, ''
        FROM residents, generate_series(1, 5000) WHERE id = :like
        """
    ),
    text(
        """
        INSERT INTO users (id, name, old_password_hashes, created_at, content_hash)
        SELECT gen_random_uuid(), name, old_password_hashes, created_at, ''
        FROM users, generate_series(1, 5000) WHERE id = :user_id
        """
    ),
    text(
        """
        INSERT INTO grants (
            id, user_id, role, area_code, valid_from, valid_until, granted_by, created_at, content_hash
        )
        SELECT gen_random_uuid(), users.id, role, grants.area_code, valid_from, valid_until, granted_by,
            grants.created_at, ''
        FROM users, grants WHERE grants.user_id = :user_id AND users.content_hash = ''
            AND NOT EXISTS (SELECT FROM grants AS had WHERE had.user_id = users.id)
        """
    ),
)
_FEW = {"absences", "harm_cases", "inspection_answers"}
"""Tables with no rows here."""


def plan(session: Session, actor: Actor, wanted: HazardFilter, order: HazardOrder) -> str:
    """Give how the first page but one is found."""
    after = HazardKey(new_id(), now() - timedelta(days=9) if order is HazardOrder.DUE_FIRST else None)
    query = select(Hazard.id).where(readable(actor), *matching(wanted))
    query = in_order(query, order, after).limit(20).params(reading_as(actor.user_id))
    return plan_of(session, query)


def test_lists_read_no_table_from_end_to_end(session: Session, connection: Connection) -> None:
    """Each filter and order that offices use daily, for a county, for one community of it and for a grid."""
    session.execute(
        _FILL,
        {"rows": ROWS, "grid": GRID, "block": BLOCK, "at": now(), "worker": person("worker").user_id},
    )
    session.execute(text("ANALYZE hazards"))  # else each event may look through all of them for its own
    session.execute(_EVENTS)
    session.execute(_UNITS, {"grid": GRID, "worker": person("worker").user_id, "at": now()})
    for more in _PEOPLE:
        session.execute(more, {"like": named("resident"), "user_id": person("worker").user_id})
    session.execute(text("ANALYZE hazard_events, unit_members, users, residents, grants"))
    fill_occurrences(session, still_open=1_000)
    week = now() - timedelta(days=7)
    readers = {"county": COUNTY, "community": COMMUNITY, "grid": WORKER, "grid, at home": AT_HOME}
    asked = {
        "newest": (HazardFilter(), HazardOrder.NEWEST),
        "by deadline": (HazardFilter(), HazardOrder.DUE_FIRST),
        "overdue": (HazardFilter(overdue=True), HazardOrder.DUE_FIRST),
        "due soon": (HazardFilter(due_within_days=3), HazardOrder.DUE_FIRST),
        "of a week": (HazardFilter(reported_since=week), HazardOrder.NEWEST),
        "closed in a week": (HazardFilter(closed_since=week), HazardOrder.NEWEST),
        "of a worker": (HazardFilter(assignee_id=person("lead").user_id), HazardOrder.NEWEST),
        "open ones": (HazardFilter(status=(HazardStatus.REPORTED,)), HazardOrder.NEWEST),
    }

    for name, (wanted, order) in asked.items():
        for who, actor in readers.items():
            found = plan(session, actor, wanted, order)
            whole = set(re.findall(r"Seq Scan on (\w+)", found)) - _FEW
            assert not whole, f"{name}, {who}:\n{found}"

    with asked_of(connection, "FROM hazards") as showing:
        assert hazards_showing_photo(session, NEXT_DOOR, new_id()) == set()
    pages = pages_of(counted(connection, *showing[0]))
    assert pages < 100, f"{pages} pages for one photo"
