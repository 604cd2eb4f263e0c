"""Plans for tests, and the bodies that make them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import plans
from app.clock import SHANGHAI, now, set_to
from app.config import UnknownYears
from app.ids import new_id
from app.models import Checklist, Occurrence, OnDayOff, Place, PlaceKind, Plan, PlanFrequency
from app.workdays import WorkCalendar
from tests.cast import GRID, HOME, LONG_AGO, person
from tests.client import Answer, Client
from tests.hazard_world import BLOCK, file, inspection_body, write_checklist

LAST_KNOWN = 2099
"""A year of which the calendar knows the days, and nobody those of the next for a long while."""
CALENDAR = WorkCalendar(UnknownYears.REFUSE, {LAST_KNOWN: {}})
LAST_MONDAY = date(LAST_KNOWN, 12, 28)
NEXT_GRID = HOME + "002"
"""Of the same community; see the fixture."""
START = date(2026, 3, 2)
"""A Monday."""


def in_china(day: date, at: str = "00:00") -> datetime:
    """Give a moment of a day in China, in UTC."""
    return datetime.combine(day, time.fromisoformat(at), SHANGHAI).astimezone(UTC)


MORNING = in_china(START, "10:00")


def plan_body(checklist: Checklist, **more: Any) -> dict[str, Any]:
    """Give the body of a daily plan of HOME, from 8 to 18 o'clock, missed at 20."""
    return {
        "area_code": HOME,
        "checklist_id": str(checklist.id),
        "title": "每日巡查",
        "frequency": "daily",
        "opens": "08:00",
        "due_after_min": 600,
        "missed_after_min": 120,
        "on_day_off": "keep",
        "starts_on": START.isoformat(),
        **more,
    }


def terms_body(checklist: Checklist, **more: Any) -> dict[str, Any]:
    """Give the body of a change."""
    body = plan_body(checklist, **more)
    return {name: value for name, value in body.items() if name not in {"area_code", "checklist_id"}}


def put_plan(client: Client, body: dict[str, Any], plan_id: UUID | None = None) -> Answer:
    """Make a plan, under a fresh id if none is given."""
    return client.put(f"/v1/plans/{plan_id or new_id()}", json=body)


def write_plan(session: Session, checklist: Checklist, **more: Any) -> Plan:
    """Write and commit a daily plan of the grid."""
    values: dict[str, Any] = {
        "id": new_id(),
        "area_code": GRID,
        "title": "每日巡查",
        "checklist_area_code": checklist.owner,
        "checklist_code": checklist.code,
        "kind": checklist.kind,
        "frequency": PlanFrequency.DAILY,
        "opens": time(8, 0),
        "due_after_min": 600,
        "missed_after_min": 120,
        "on_day_off": OnDayOff.KEEP,
        "starts_on": START,
        "made_by": person("admin").user_id,
        "content_hash": b"",
        "created_at": LONG_AGO,
    }
    plan = Plan(**values | more)
    session.add(plan)
    session.commit()
    return plan


def write_place(session: Session, area_code: str = GRID, **more: Any) -> Place:
    """Write and commit another building."""
    values: dict[str, Any] = {"id": new_id(), "kind": PlaceKind.RESIDENTIAL, "name": "2号楼", "radius_m": 80}
    place = Place(area_code=area_code, content_hash=b"", created_at=LONG_AGO, **values | more)
    session.add(place)
    session.commit()
    return place


def make(session: Session, plan_id: UUID, calendar: WorkCalendar = CALENDAR) -> int:
    """Make a plan's occurrences as the job does, and commit."""
    made, _ = plans.make(session, calendar, plan_id)
    session.commit()
    return made


def of_plan(session: Session, plan_id: UUID) -> list[Occurrence]:
    """Give a plan's occurrences as they stand, the first period first."""
    query = select(Occurrence).where(Occurrence.plan_id == plan_id)
    query = query.order_by(Occurrence.period_on, Occurrence.place_id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def filed(
    client: Client, checklist: Checklist, captured: datetime, *, arrives: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """File an inspection of the block captured then; give its answer."""
    with set_to(arrives or captured):
        answer = file(client, inspection_body(checklist, captured_at=captured.isoformat(), **more))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def away(client: Client, since: int = 0, until: int = 3, **more: Any) -> Answer:
    """Send the worker away for some days of the plan, told in the morning of its first."""
    body = {
        "area_code": HOME,
        "worker_id": str(person("worker").user_id),
        "substitute_id": str(person("colleague").user_id),
        "from_on": (START + timedelta(days=since)).isoformat(),
        "until_on": (START + timedelta(days=until)).isoformat(),
        "reason": "leave",
    }
    with set_to(MORNING):
        return client.put(f"/v1/absences/{new_id()}", json=body | more)


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


def fill_occurrences(session: Session, *, still_open: int) -> Plan:
    """Write 100,000 occurrences of a county, one in fifty of the worker and his grid; give their plan."""
    plan = write_plan(session, write_checklist(session))
    session.execute(
        _FILL,
        {
            "rows": 100_000,
            "open": still_open,
            "grid": GRID,
            "plan": plan.id,
            "block": BLOCK,
            "worker": person("worker").user_id,
            "other": person("colleague").user_id,
            "at": now(),
        },
    )
    session.execute(text("ANALYZE occurrences"))
    return plan
