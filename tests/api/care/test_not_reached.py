"""Who could not be reached is told to the community's admins, once."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import CareRecord, Grant, Notice, NoticeKind, PresenceState, Resident
from app.visits import tell_not_reached
from tests.care_world import NOON, file_visit, visit
from tests.cast import GRID, named, person
from tests.client import Client

NOT_REACHED: dict[str, Any] = {"outcome": "not_reached", "answers": {}}


def tell_now(session: Session) -> int:
    """Tell of all visits there are; give of how many."""
    return tell_not_reached(session, limit=200)[0]


def _told(session: Session) -> list[tuple[UUID, str, dict[str, Any]]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.VISIT_URGENT).order_by(Notice.id))
    return [(row.user_id, row.area_code, row.data) for row in rows]


def test_the_admin_hears_once_of_each_visit_that_reached_nobody(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    first, second = str(new_id()), str(new_id())
    worker.put(f"/v1/visits/{first}", json=visit(record, form, **NOT_REACHED))
    assert _told(session) == []

    figures = [tell_now(session), tell_now(session)]
    with clock.set_to(NOON + timedelta(days=1)):
        again = visit(record, form, captured_at=(NOON + timedelta(days=1)).isoformat(), **NOT_REACHED)
        worker.put(f"/v1/visits/{second}", json=again)
        figures += [tell_now(session), tell_now(session)]

    assert figures == [1, 0, 1, 0]
    assert _told(session) == [
        (person("admin").user_id, GRID, {"visit_id": visit_id, "care_record_id": str(record)})
        for visit_id in (first, second)
    ]


@pytest.mark.parametrize("hours,told", [(-1, 1), (1, 0)])
def test_the_visit_that_happened_last_decides(
    worker: Client, session: Session, record: UUID, form: UUID, hours: int, told: int
) -> None:
    file_visit(worker, record, form, **NOT_REACHED)
    file_visit(worker, record, form, captured_at=(NOON + timedelta(hours=hours, days=-1)).isoformat())
    with clock.set_to(NOON + timedelta(hours=2)):
        file_visit(worker, record, form, captured_at=(NOON + timedelta(hours=hours)).isoformat())

        assert tell_now(session) == told


@pytest.mark.parametrize("reason", ["away", "ended", "long_ago"])
def test_nobody_is_waited_for_in_vain(
    worker: Client, session: Session, record: UUID, form: UUID, reason: str
) -> None:
    file_visit(worker, record, form, **NOT_REACHED)
    if reason == "away":
        session.get_one(Resident, named("resident")).presence = PresenceState.AWAY
    if reason == "ended":
        session.get_one(CareRecord, record).ended_on = date(2027, 1, 31)
    session.commit()

    with clock.set_to(NOON + timedelta(days=9 if reason == "long_ago" else 1)):
        assert tell_now(session) == 0
    assert _told(session) == []


def test_a_community_without_an_admin_keeps_nobody_else_waiting(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    file_visit(worker, record, form, **NOT_REACHED)
    with clock.set_to(NOON + timedelta(hours=1)):
        _end_grants_of_admin(session)
        assert tell_now(session) == 0
    assert _told(session) == []


def _end_grants_of_admin(session: Session) -> None:
    for grant in session.scalars(select(Grant).where(Grant.user_id == person("admin").user_id)):
        grant.ended_at = NOON
    session.commit()
