"""Who could not be reached, or needs somebody at once, is told to the community's admins, once."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import CareCategory, CareRecord, Grant, Notice, NoticeKind, PresenceState, Resident, User
from app.visits import tell_not_reached
from tests.care_world import NOON, file_visit, visit, write_care, write_form, write_resident
from tests.cast import GRID, named, person
from tests.client import Client

NOT_REACHED: dict[str, Any] = {"outcome": "not_reached", "answers": {}}


def tell_now(session: Session) -> int:
    """Tell of all visits there are; give of how many."""
    return tell_not_reached(session, limit=200)[0]


def _told(session: Session) -> list[tuple[UUID, str, dict[str, Any]]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.VISIT_URGENT).order_by(Notice.id))
    return [(row.user_id, row.area_code, row.data) for row in rows]


def _miss(client: Client, record: UUID, form: UUID, at: datetime, **fields: Any) -> str:
    visit_id = str(new_id())
    body = visit(record, form, captured_at=at.isoformat(), **NOT_REACHED | fields)
    assert client.put(f"/v1/visits/{visit_id}", json=body).status_code == 201
    return visit_id


def _in_china(day: int, at: str) -> datetime:
    return datetime.combine(date(2027, 2, day), time.fromisoformat(at), clock.SHANGHAI)


@pytest.mark.parametrize(
    "made, told_at",
    [
        ("12:00", _in_china(2, "08:00")),
        ("23:59", _in_china(2, "08:00")),
        ("08:59", _in_china(2, "07:59")),
        ("07:30", _in_china(2, "06:30")),
        ("00:00", _in_china(1, "23:00")),
    ],
)
def test_the_admin_hears_within_a_day(
    worker: Client, session: Session, record: UUID, form: UUID, made: str, told_at: datetime
) -> None:
    """The next morning, or an hour before a day is over, whatever the hour of the visit."""
    at = _in_china(1, made)
    with clock.set_to(at):
        visit_id = _miss(worker, record, form, at)
    with clock.set_to(told_at - timedelta(minutes=1)):
        assert (tell_now(session), session.get_one(CareRecord, record).escalated_at) == (0, None)
    with clock.set_to(told_at):
        assert (tell_now(session), tell_now(session)) == (1, 0)

    assert told_at - at <= timedelta(days=1)
    assert session.get_one(CareRecord, record).escalated_at == told_at
    about = {"visit_id": visit_id, "care_record_id": str(record)}
    assert _told(session) == [(person("admin").user_id, GRID, about)]


def test_the_second_in_a_row_is_told_at_once(
    worker: Client, admin: Client, session: Session, record: UUID, form: UUID
) -> None:
    """He is out of contact; whoever reaches him ends the row, also where that arrives late."""
    _miss(worker, record, form, NOON - timedelta(hours=30))
    assert _told(session) == []

    second = _miss(worker, record, form, NOON - timedelta(hours=2))

    about = {"visit_id": second, "care_record_id": str(record), "what": "out_of_contact"}
    assert _told(session) == [(person("admin").user_id, GRID, about)]
    shown = admin.get(f"/v1/care-records/{record}").json
    assert (shown["not_reached"], shown["escalated_at"], shown["risk"]) == (2, "2027-01-31T04:00:00+00:00", 5)
    with clock.set_to(NOON + timedelta(days=1)):
        assert tell_now(session) == 0
    file_visit(worker, record, form, captured_at=(NOON - timedelta(hours=5)).isoformat())
    assert admin.get(f"/v1/care-records/{record}").json["not_reached"] == 1
    file_visit(worker, record, form, captured_at=(NOON - timedelta(hours=1)).isoformat())
    shown = admin.get(f"/v1/care-records/{record}").json
    assert (shown["not_reached"], shown["escalated_at"]) == (0, None)


def test_what_arrives_late_is_no_second_one(
    worker: Client, session: Session, record: UUID, form: UUID
) -> None:
    _miss(worker, record, form, NOON - timedelta(hours=2))
    _miss(worker, record, form, NOON - timedelta(hours=30))

    assert _told(session) == []
    assert session.get_one(CareRecord, record).not_reached == 2


@pytest.mark.parametrize("hours,told", [(-1, 1), (1, 0)])
def test_the_visit_that_happened_last_decides(
    worker: Client, session: Session, record: UUID, form: UUID, hours: int, told: int
) -> None:
    file_visit(worker, record, form, **NOT_REACHED)
    with clock.set_to(NOON + timedelta(hours=2)):
        file_visit(worker, record, form, captured_at=(NOON + timedelta(hours=hours)).isoformat())
    with clock.set_to(NOON + timedelta(days=1)):
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


@pytest.mark.parametrize("there, told_to", [(["county"], ["county"]), ([], [])])
def test_without_an_admin_the_office_hears_that_nobody_sees_to_it(
    worker: Client, session: Session, record: UUID, form: UUID, there: list[str], told_to: list[str]
) -> None:
    """And where there is no office either, that holds nobody up."""
    file_visit(worker, record, form, **NOT_REACHED)
    with clock.set_to(NOON + timedelta(days=1)):
        _end_grants_but(session, {person(one).user_id for one in there} | {person("worker").user_id})
        assert tell_now(session) == len(told_to)
    about = {"what": "nobody_decides"}
    assert _told(session) == [(person(one).user_id, GRID, about) for one in told_to]


@pytest.mark.parametrize("urgent, told", [(True, 1), (False, 0)])
def test_what_is_urgent_is_told_to_the_office_where_the_only_admin_lives_there(
    worker: Client, session: Session, *, urgent: bool, told: int
) -> None:
    """S-98: a notice of a child's home goes to nobody who lives in it."""
    child = write_resident(session, name="赵小妹", birth_date=date(2012, 3, 1))
    session.get_one(User, person("admin").user_id).resident_id = write_resident(session, name="赵大")
    session.commit()
    care = write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD)
    need = {"need": "找医生", "due_on": clock.business_day().isoformat(), "urgent": urgent}
    file_visit(worker, care, write_form(session, CareCategory.LEFT_BEHIND_CHILD), follow_ups=[need])

    about = {"what": "nobody_decides"}
    assert _told(session) == [(person("county").user_id, GRID, about)] * told


def test_an_admin_who_was_there_in_vain_himself_is_reminded_the_next_morning(
    admin: Client, session: Session, form: UUID
) -> None:
    """There is nobody else to tell at once."""
    care = write_care(session, worker="admin")
    _miss(admin, care, form, NOON - timedelta(hours=30))
    _miss(admin, care, form, NOON - timedelta(hours=2))
    assert (_told(session), session.get_one(CareRecord, care).escalated_at) == ([], None)

    with clock.set_to(NOON + timedelta(days=1)):
        assert tell_now(session) == 1
    assert [one[0] for one in _told(session)] == [person("admin").user_id]


def _end_grants_but(session: Session, kept: set[UUID]) -> None:
    for grant in session.scalars(select(Grant).where(Grant.user_id.not_in(kept))):
        grant.ended_at = NOON
    session.commit()
