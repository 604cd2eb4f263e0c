"""A worker's December, seen on the fifth of January."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    Absence,
    AbsenceReason,
    CareEvent,
    CareStep,
    Checklist,
    Inspection,
    Occurrence,
    Visit,
    VisitMode,
    VisitOutcome,
)
from app.visits import sealed_visit
from tests.care_world import write_care
from tests.cast import GRID, HOME, LONG_AGO, person
from tests.client import Answer, Client
from tests.hazard_world import BLOCK
from tests.plan_world import in_china, write_plan
from tests.sealer import SEALER

Be = Callable[[str | None], Client]
WORKER, COLLEAGUE = person("worker").user_id, person("colleague").user_id
MONTH = "2026-12"
NOW = in_china(date(2027, 1, 5), "09:00")


def day_at(day: int, month: int = 12, at: str = "12:00") -> datetime:
    """Give a moment of December 2026, or of the January after."""
    return in_china(date(2026 if month > 1 else 2027, month, day), at)


def read(client: Client, address: str = "/v1/me/work", month: str = MONTH) -> dict[str, Any]:
    """Read a month that may be read."""
    answer = client.get(address, query_string={"month": month})
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def of_worker(client: Client, user_id: UUID = WORKER, month: str = MONTH) -> Answer:
    """Ask as an admin does."""
    return client.get(f"/v1/users/{user_id}/work", query_string={"month": month})


def write_inspection(session: Session, checklist: Checklist, at: datetime, **columns: Any) -> UUID:
    """Write an inspection of the block."""
    values: dict[str, Any] = {
        "id": new_id(),
        "area_code": GRID,
        "place_id": BLOCK,
        "checklist_id": checklist.id,
        "worker_id": WORKER,
        "captured_at": at,
        "received_at": at,
        "content_hash": b"",
    }
    row = Inspection(**values | columns)
    session.add(row)
    session.commit()
    return row.id


class Patrol:
    """Writes occurrences of one plan, due at 18:00 of a day and missed at 20:00."""

    def __init__(self, session: Session, checklist: Checklist) -> None:
        self.session, self.checklist = session, checklist
        self.plan = write_plan(session, checklist)

    def asks(self, day: date, done: datetime | None = None, *, by: UUID = WORKER, **columns: Any) -> None:
        """Write one, done by somebody where it was."""
        inspection = write_inspection(self.session, self.checklist, done, worker_id=by) if done else None
        values: dict[str, Any] = {
            "id": new_id(),
            "area_code": GRID,
            "plan_id": self.plan.id,
            "place_id": BLOCK,
            "checklist_area_code": self.checklist.owner,
            "checklist_code": self.checklist.code,
            "period_on": day,
            "opens_at": in_china(day, "08:00"),
            "due_at": in_china(day, "18:00"),
            "missed_at": in_china(day, "20:00"),
            "original_worker_id": WORKER,
            "worker_id": WORKER,
            "made_at": LONG_AGO,
            "done_at": done,
            "inspection_id": inspection,
        }
        self.session.add(Occurrence(**values | columns))
        self.session.commit()


def write_call(session: Session, care: UUID, form: UUID, at: datetime, **columns: Any) -> UUID:
    """Write a visit."""
    visit_id = new_id()
    values: dict[str, Any] = {
        "id": visit_id,
        "area_code": GRID,
        "care_record_id": care,
        "form_id": form,
        "worker_id": WORKER,
        "mode": VisitMode.IN_PERSON,
        "outcome": VisitOutcome.SEEN_WELL,
        "captured_at": at,
        "received_at": at,
        "content_hash": b"",
    }
    values |= sealed_visit(SEALER, visit_id, answers={}, note="")
    session.add(Visit(**values | columns))
    session.commit()
    return visit_id


def write_month_care(session: Session, started: date = date(2026, 12, 1), **columns: Any) -> UUID:
    """Look after somebody every week from the first of December."""
    return write_care(session, started_on=started, **columns)


def write_change(session: Session, care: UUID, step: CareStep, day: date, before: Any, after: Any) -> None:
    """Write what was changed of a record on a day."""
    session.add(
        CareEvent(
            id=new_id(),
            area_code=GRID,
            care_record_id=care,
            step=step,
            actor_id=person("admin").user_id,
            at=in_china(day, "10:00"),
            day=day,
            data={"before": before, "now": after},
            content_hash=b"",
        )
    )
    session.commit()


def write_away(session: Session, since: date, until: date, **columns: Any) -> None:
    """Let the worker be away."""
    values: dict[str, Any] = {
        "id": new_id(),
        "area_code": HOME,
        "worker_id": WORKER,
        "substitute_id": COLLEAGUE,
        "from_on": since,
        "until_on": until,
        "reason": AbsenceReason.LEAVE,
        "recorded_by": person("admin").user_id,
        "created_at": LONG_AGO,
        "content_hash": b"",
    }
    session.add(Absence(**values | columns))
    session.commit()
