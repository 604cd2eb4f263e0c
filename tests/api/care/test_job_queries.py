"""What the jobs of care ask does not grow with how many records they deal with at once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session

from app import clock
from app.clock import business_day
from app.ids import new_id
from app.models import CareRecord, FollowUp, Notice, NoticeKind, WeatherCall
from app.visits import bring_forward, release, tell_not_reached, tell_of_follow_ups
from tests.api.care.test_standing_in import end_post
from tests.api.care.test_weather import day, warn
from tests.care_world import NOON, write_care, write_not_reached, write_resident
from tests.cast import GRID, person
from tests.client import Client
from tests.counting import statements

FEW, MANY = 2, 9


def _children(session: Session, many: int) -> list[UUID]:
    """Look after so many children, whose homes are told nothing."""
    return [
        write_care(session, resident_id=write_resident(session, birth_date=day(-3650)), next_due_on=day(20))
        for _ in range(many)
    ]


def _asked(session: Session, connection: Connection, job: Callable[[], object]) -> int:
    """Run a job of which nothing was read before; give how many statements it took."""
    session.expunge_all()
    with statements(connection) as sent:
        job()
        session.flush()
    session.commit()
    return len(sent)


def _weather(session: Session, connection: Connection, admin: Client, many: int) -> tuple[int, int]:
    _children(session, many)
    alert = warn(admin, since=0).json["id"]
    forward = _asked(session, connection, lambda: bring_forward(session, limit=200))
    assert session.scalar(select(func.count(WeatherCall.id))) == many
    assert set(session.scalars(select(CareRecord.next_due_on))) == {day(0)}
    assert admin.post(f"/v1/weather-alerts/{alert}/end").status_code == 200
    back = _asked(session, connection, lambda: release(session, limit=200))
    assert set(session.scalars(select(CareRecord.next_due_on))) == {day(20)}
    for model in (WeatherCall, CareRecord):
        session.execute(delete(model))
    session.commit()
    return forward, back


def test_weather_is_asked_once_for_all_records(
    admin: Client, session: Session, connection: Connection
) -> None:
    few = _weather(session, connection, admin, FEW)

    assert _weather(session, connection, admin, MANY) == few


def _need(session: Session, visit_id: UUID) -> None:
    session.add(
        FollowUp(
            id=new_id(),
            area_code=GRID,
            visit_id=visit_id,
            owner_id=person("worker").user_id,
            due_on=business_day() - timedelta(days=1),
        )
    )


def _told(session: Session, kind: NoticeKind) -> int:
    return session.scalar(select(func.count(Notice.id)).where(Notice.kind == kind)) or 0


@pytest.mark.parametrize("with_post", [True, False])
def test_homes_and_admins_are_asked_once_for_all_follow_ups(
    session: Session, connection: Connection, form: UUID, *, with_post: bool
) -> None:
    """Those over their day, and those whose owner has no post any more."""
    if not with_post:
        end_post(session, "worker")
    asked = []
    for many in (FEW, MANY):
        before = _told(session, NoticeKind.FOLLOW_UP_ASSIGNED)
        for care in _children(session, many):
            _need(session, write_not_reached(session, care, form))
        session.commit()
        asked.append(_asked(session, connection, lambda: tell_of_follow_ups(session, limit=200)))
        assert _told(session, NoticeKind.FOLLOW_UP_ASSIGNED) - before == many

    assert asked[0] == asked[1]


def test_they_are_for_all_who_were_not_reached(session: Session, connection: Connection, form: UUID) -> None:
    asked = []
    for many in (FEW, MANY):
        before = _told(session, NoticeKind.VISIT_URGENT)
        for care in _children(session, many):
            write_not_reached(session, care, form)
        with clock.set_to(NOON + timedelta(days=1)):
            asked.append(
                _asked(session, connection, lambda: tell_not_reached(session, after=None, limit=200))
            )
        assert _told(session, NoticeKind.VISIT_URGENT) - before == many

    assert asked[0] == asked[1]
