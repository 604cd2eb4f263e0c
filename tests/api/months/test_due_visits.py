"""Which visits were due in a month, and what became of them."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    CareLevel,
    CareRecord,
    CareStep,
    PresenceState,
    Resident,
    RosterChange,
    RosterChangeKind,
    VisitOutcome,
)
from tests.cast import GRID, named, person
from tests.months_world import (
    COLLEAGUE,
    WORKER,
    Be,
    day_at,
    read,
    write_away,
    write_call,
    write_change,
    write_month_care,
)


def test_each_visit_was_due_so_long_after_the_last_that_reached_somebody(
    session: Session, form: UUID, be: Be
) -> None:
    care = write_month_care(session)
    for day in (1, 8, 17):
        write_call(session, care, form, day_at(day))

    # due on 1, 8, 15 (late), 24 (never)
    assert read(be("worker"))["visits"] == {"due": 4, "done": 3, "on_time": 2, "overdue": 1, "more": False}


def test_a_call_in_vain_by_the_day_is_in_time_and_done_once_somebody_is_reached(
    session: Session, form: UUID, be: Be
) -> None:
    care = write_month_care(session)
    nobody = {"outcome": VisitOutcome.NOT_REACHED}
    write_call(session, care, form, day_at(1), **nobody)
    write_call(session, care, form, day_at(2))
    write_call(session, care, form, day_at(9), **nobody)

    found = read(be("worker"))

    assert found["visits"] == {"due": 2, "done": 1, "on_time": 1, "overdue": 1, "more": False}
    assert found["made_visits"] == {"made": 3, "reached_nobody": 2, "for_others": 0}


def test_a_visit_after_the_month_is_done_and_not_on_time(session: Session, form: UUID, be: Be) -> None:
    care = write_month_care(session, date(2026, 12, 28))
    write_call(session, care, form, day_at(2, 1))

    assert read(be("worker"))["visits"] == {"due": 1, "done": 1, "on_time": 0, "overdue": 1, "more": False}
    assert read(be("worker"), month="2027-01")["visits"]["due"] == 0


def test_a_visit_of_long_ago_is_overdue_and_due_in_no_later_month(
    session: Session, form: UUID, be: Be
) -> None:
    care = write_month_care(session, date(2026, 1, 10))
    write_call(session, care, form, day_at(10, 2))

    found = read(be("worker"))["visits"]

    assert (found["due"], found["overdue"]) == (0, 1)


def test_the_interval_of_that_time_counts_and_the_level_raised_asks_at_once(
    session: Session, form: UUID, be: Be
) -> None:
    care = write_month_care(session, date(2026, 12, 1), level=CareLevel.HIGH, every_days=7)
    low, high = {"level": "low", "every_days": "30"}, {"level": "high", "every_days": "7"}
    write_change(session, care, CareStep.LEVEL, date(2026, 12, 20), low, high)
    write_call(session, care, form, day_at(20))

    # by the low level due on the 31st; high from the 20th on: due that day, and on the 27th
    assert read(be("worker"))["visits"] == {"due": 2, "done": 1, "on_time": 1, "overdue": 1, "more": False}


def test_care_counts_for_whose_it_was_on_the_day(session: Session, form: UUID, be: Be) -> None:
    care = write_month_care(session, worker="colleague")
    before, after = {"worker_id": str(WORKER)}, {"worker_id": str(COLLEAGUE)}
    write_change(session, care, CareStep.WORKER, date(2026, 12, 10), before, after)
    write_call(session, care, form, day_at(1))
    write_call(session, care, form, day_at(8))
    write_call(session, care, form, day_at(12))

    found = read(be("worker"))

    assert (found["visits"]["due"], found["visits"]["overdue"]) == (2, 0)
    assert found["made_visits"] == {"made": 3, "reached_nobody": 0, "for_others": 1}
    his = read(be("colleague"))["visits"]
    assert (his["due"], his["done"], his["overdue"]) == (2, 1, 1), "the 15th, made early, and the 19th"


def test_nothing_is_due_of_whoever_is_away(session: Session, form: UUID, be: Be) -> None:
    care = write_month_care(session)
    write_away(session, date(2026, 11, 28), date(2026, 12, 3))
    write_away(session, date(2026, 12, 8), date(2026, 12, 20), ended_at=day_at(9))
    write_call(session, care, form, day_at(1), worker_id=COLLEAGUE)

    found = read(be("worker"))

    assert found["absent_days"] == 5
    assert found["visits"] == {"due": 0, "done": 0, "on_time": 0, "overdue": 1, "more": False}


def test_no_visit_was_due_while_the_resident_was_away(session: Session, form: UUID, be: Be) -> None:
    care = write_month_care(session)
    home = session.get_one(CareRecord, care).resident_id
    session.add(
        RosterChange(
            id=new_id(),
            area_code=GRID,
            kind=RosterChangeKind.PRESENCE,
            resident_id=home,
            household_id=named("household home"),
            actor_id=person("admin").user_id,
            at=day_at(20),
            day=date(2026, 12, 20),
            data={},
            content_hash=b"",
        )
    )
    write_call(session, care, form, day_at(21))
    assert read(be("worker"))["visits"]["due"] == 1, "the 28th alone"

    session.get_one(Resident, home).presence = PresenceState.AWAY
    session.commit()
    found = read(be("worker"))["visits"]
    assert (found["due"], found["overdue"]) == (0, 0)


def test_no_visit_is_due_after_care_ended(session: Session, form: UUID, be: Be) -> None:
    care = write_month_care(session, ended_on=date(2026, 12, 5))
    write_call(session, care, form, day_at(1))

    found = read(be("worker"))["visits"]

    assert (found["due"], found["done"], found["overdue"]) == (1, 1, 0)
