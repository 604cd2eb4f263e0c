"""Weather alerts bring visits forward, each once, and end by themselves."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import (
    CareCategory,
    CareLevel,
    CareRecord,
    Notice,
    NoticeKind,
    PresenceState,
    WeatherAlert,
    WeatherCall,
    WeatherKind,
    Willingness,
)
from app.visits import bring_forward, release
from tests.api.care.test_standing_in import send_away
from tests.care_world import NOON, TODAY, file_visit, write_care, write_resident
from tests.cast import FAR, GRID, HOME, person
from tests.client import Answer, Client

Become = Callable[[str | None], Client]
DUE = TODAY + timedelta(days=20)
LATER = NOON + timedelta(days=1)


def day(more: int) -> date:
    return TODAY + timedelta(days=more)


def warn(client: Client, since: int = 1, until: int = 3, **fields: Any) -> Answer:
    """Warn of snow from one day to another, both by how far they are from today."""
    body = {
        "area_code": HOME,
        "kind": "snow",
        "from_on": day(since).isoformat(),
        "until_on": day(until).isoformat(),
        "reason": "寒潮带雪",
        **fields,
    }
    return client.put(f"/v1/weather-alerts/{new_id()}", json=body)


def run(session: Session) -> tuple[int, int]:
    """Do what the jobs do each minute; give how many visits went back and came forward."""
    done = release(session, limit=200), bring_forward(session, limit=200)
    session.commit()
    return done


def due(session: Session, record: UUID) -> date:
    return session.get_one(CareRecord, record, populate_existing=True).next_due_on


@pytest.fixture
def far_off(session: Session) -> UUID:
    """Give a record whose visit is due in twenty days."""
    return write_care(session, level=CareLevel.LOW, every_days=30, last_visited_on=day(-10), next_due_on=DUE)


def test_the_next_visit_comes_forward_once(admin: Client, session: Session, far_off: UUID) -> None:
    alert = warn(admin)
    assert due(session, far_off) == DUE

    figures = [run(session), run(session)]

    assert figures == [(0, 1), (0, 0)]
    (shown,) = admin.get("/v1/care-records").json["items"]
    assert (shown["next_due_on"], shown["regular_due_on"]) == (day(1).isoformat(), DUE.isoformat())
    assert (shown["alert_id"], shown["alert_kind"], shown["due"]) == (alert.json["id"], "snow", "soon")
    assert (shown["every_days"], shown["level"]) == (30, "low")
    assert session.scalar(select(func.count()).select_from(WeatherCall)) == 1


def test_a_visit_in_its_time_satisfies_it(
    worker: Client, admin: Client, session: Session, far_off: UUID, form: UUID
) -> None:
    """Also one of its first day that arrives late; how often somebody calls is as before."""
    warn(admin)
    run(session)
    file_visit(worker, far_off, form)  # today, before it begins
    assert due(session, far_off) == day(1)

    with clock.set_to(NOON + timedelta(days=2)):
        file_visit(worker, far_off, form, captured_at=LATER.isoformat())
        run(session)

    assert due(session, far_off) == day(31)
    assert session.get_one(CareRecord, far_off).regular_due_on is None


def test_who_was_seen_in_its_time_already_is_not_called(
    worker: Client, admin: Client, session: Session, far_off: UUID, form: UUID
) -> None:
    file_visit(worker, far_off, form)
    warn(admin, since=0)

    assert (run(session), due(session, far_off)) == ((0, 0), day(30))


def test_whoever_was_not_reached_is_due_the_next_day(
    worker: Client, admin: Client, session: Session, far_off: UUID, form: UUID
) -> None:
    """And the alert is still to be satisfied."""
    warn(admin, since=0)
    run(session)
    file_visit(worker, far_off, form, outcome="not_reached", answers={})
    assert due(session, far_off) == day(1)

    with clock.set_to(LATER):
        file_visit(worker, far_off, form, captured_at=LATER.isoformat())
        assert due(session, far_off) == day(31)


def test_it_ends_by_itself(admin: Client, session: Session, far_off: UUID) -> None:
    warn(admin, since=0, until=0)
    run(session)
    assert due(session, far_off) == TODAY

    with clock.set_to(LATER):
        assert run(session) == (1, 0)

    record = session.get_one(CareRecord, far_off, populate_existing=True)
    assert (record.next_due_on, record.regular_due_on, record.alert_id) == (DUE, None, None)


def test_it_may_be_ended_before(admin: Client, session: Session, far_off: UUID) -> None:
    alert = warn(admin, since=0).json["id"]
    run(session)

    first, again = (admin.post(f"/v1/weather-alerts/{alert}/end") for _ in range(2))

    assert (first.status_code, first.json) == (200, again.json)
    assert (run(session), due(session, far_off)) == ((1, 0), DUE)


def test_two_alerts_lie_over_each_other(admin: Client, session: Session, far_off: UUID) -> None:
    first = warn(admin, since=2, until=4).json["id"]
    run(session)
    second = warn(admin, since=1, until=9, kind="cold").json["id"]
    run(session)
    assert due(session, far_off) == day(1)

    admin.post(f"/v1/weather-alerts/{second}/end")
    run(session)

    record = session.get_one(CareRecord, far_off, populate_existing=True)
    assert (record.next_due_on, str(record.alert_id), record.regular_due_on) == (day(2), first, DUE)


def test_what_is_due_before_stays(admin: Client, session: Session) -> None:
    record = write_care(session, next_due_on=day(-2))
    warn(admin)

    run(session)

    assert (due(session, record), session.get_one(CareRecord, record).alert_id) == (day(-2), None)


@pytest.mark.parametrize(
    "fields, called",
    [
        ({}, {"elderly high", "disabled low"}),
        ({"levels": ["high", "medium"]}, {"elderly high"}),
        ({"categories": ["disabled"]}, {"disabled low"}),
        ({"levels": ["high"], "categories": ["disabled"]}, set()),
        ({"area_code": GRID}, {"elderly high"}),
    ],
)
def test_whom_it_is_for(admin: Client, session: Session, fields: dict[str, Any], called: set[str]) -> None:
    high = write_care(session, next_due_on=DUE)
    other = write_resident(session)
    low = {"category": CareCategory.DISABLED, "level": CareLevel.LOW, "area_code": HOME}
    records = {
        "elderly high": high,
        "disabled low": write_care(session, resident_id=other, next_due_on=DUE, **low),
    }
    warn(admin, **fields)
    run(session)

    assert {name for name, record in records.items() if due(session, record) == day(1)} == called


def test_whoever_comes_later_is_called_while_it_lasts(admin: Client, session: Session, far_off: UUID) -> None:
    warn(admin, since=0)
    run(session)
    assert due(session, far_off) == TODAY
    somebody = write_resident(session)
    with clock.set_to(LATER):
        record = write_care(session, resident_id=somebody, next_due_on=DUE)

        assert (run(session), due(session, record)) == ((0, 1), day(1))
    assert len(told(session)) == 1, "workers were told once"


def told(session: Session) -> list[tuple[UUID, dict[str, Any]]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CARE).order_by(Notice.user_id))
    return [(row.user_id, row.data) for row in rows]


def test_who_is_to_call_there_is_told_once_of_all(admin: Client, session: Session) -> None:
    """Also where the job has to go on in several batches; nobody who is away is counted."""
    for number in range(5):
        presence = PresenceState.AWAY if number == 4 else PresenceState.HOME
        somebody = write_resident(session, presence=presence)
        worker = "colleague" if number == 3 else "worker"
        write_care(session, resident_id=somebody, next_due_on=DUE, worker=worker)
    send_away(session, "worker", "admin")
    alert = warn(admin, since=0).json["id"]

    assert [bring_forward(session, limit=2) for _ in range(4)] == [2, 2, 1, 0]

    about = {"what": "weather", "weather_alert_id": alert, "weather": "snow"}
    expected = [
        (person("admin").user_id, {**about, "count": 3}),
        (person("colleague").user_id, {**about, "count": 1}),
    ]
    assert told(session) == sorted(expected, key=lambda one: one[0])


@pytest.mark.parametrize("since, until", [(1, 0), (-3, -1), (0, 31)])
def test_its_days_are_bounded(admin: Client, since: int, until: int) -> None:
    answer = warn(admin, since=since, until=until)

    assert (answer.status_code, answer.json["code"]) == (422, "alert_span")


def test_who_may_warn_and_who_reads_it(be: Become) -> None:
    assert warn(be("county"), area_code="421224").status_code == 201
    assert [warn(be(who)).status_code for who in ("worker", "city", "far_admin")] == [403, 403, 404]
    assert warn(be("admin"), area_code=FAR).status_code == 404
    for who, many in (("worker", 1), ("city", 1), ("far_admin", 0)):
        assert len(be(who).get("/v1/weather-alerts").json["items"]) == many


def test_the_same_again_is_the_first_one(admin: Client) -> None:
    body = {
        "area_code": HOME,
        "kind": "heat",
        "from_on": day(0).isoformat(),
        "until_on": day(2).isoformat(),
        "reason": "高温",
    }
    path = f"/v1/weather-alerts/{new_id()}"

    answers = [admin.put(path, json=body | more) for more in ({}, {}, {"kind": "cold"})]

    assert [one.status_code for one in answers] == [201, 200, 409]


def test_a_new_level_moves_the_visits_own_day_only(admin: Client, session: Session, far_off: UUID) -> None:
    warn(admin)
    run(session)
    body = {"step_id": str(new_id()), "level": "medium", "reason": "近来不大好"}

    shown = admin.post(f"/v1/care-records/{far_off}/level", json=body).json

    assert (shown["next_due_on"], shown["regular_due_on"]) == (day(1).isoformat(), day(4).isoformat())


def test_however_many_alerts_there_are_the_last_takes_effect(
    admin: Client, session: Session, far_off: UUID
) -> None:
    """Those told already and those to come hold up no other."""
    others = {"area_code": FAR, "kind": WeatherKind.COLD, "reason": "降温", "levels": [], "categories": []}
    made = {"made_by": person("admin").user_id, "made_at": NOON, "content_hash": b"", "told_at": NOON}
    for _ in range(120):
        session.add(WeatherAlert(id=new_id(), from_on=day(0), until_on=day(9), **others, **made))
    session.commit()
    warn(admin, since=0)

    assert (run(session), due(session, far_off)) == ((0, 1), TODAY)
    assert len(told(session)) == 1


def test_who_is_awaited_is_counted_and_no_record_read_for_it(admin: Client, session: Session) -> None:
    """Who refuses visits is not awaited, unless he is a minor."""
    refuses: dict[str, Any] = {"next_due_on": DUE, "willingness": Willingness.REFUSES}
    write_care(session, resident_id=write_resident(session), next_due_on=DUE)
    write_care(session, resident_id=write_resident(session), **refuses)
    write_care(session, resident_id=write_resident(session, birth_date=day(-3650)), **refuses)
    warn(admin, since=0)
    assert bring_forward(session, limit=3) == 3
    session.commit()
    session.expunge_all()
    read: list[CareRecord] = []

    def seen(record: CareRecord, _: object) -> None:
        read.append(record)

    event.listen(CareRecord, "load", seen)
    try:
        assert bring_forward(session, limit=3) == 0
    finally:
        event.remove(CareRecord, "load", seen)

    assert read == []
    ((user_id, about),) = told(session)
    assert (user_id, about["count"]) == (person("worker").user_id, 2)
