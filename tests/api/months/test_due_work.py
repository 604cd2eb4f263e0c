"""Inspections, follow-ups and hazards that were due in a month, and what records show."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    AnswerResult,
    Checklist,
    FollowUp,
    HazardEvent,
    HazardStatus,
    HazardStep,
    InspectionAnswer,
    PhotoLink,
    PhotoOwner,
    Presence,
    VisitMode,
)
from tests.cast import GRID
from tests.hazard_world import write_hazard
from tests.months_world import (
    COLLEAGUE,
    WORKER,
    Be,
    Patrol,
    day_at,
    read,
    write_call,
    write_inspection,
    write_month_care,
)


def test_inspections_count_in_the_month_of_their_deadline(patrol: Patrol, be: Be) -> None:
    patrol.asks(date(2026, 12, 1), day_at(1))
    patrol.asks(date(2026, 12, 2), day_at(2, at="19:00"))
    patrol.asks(date(2026, 12, 3), day_at(9))
    patrol.asks(date(2026, 12, 4))
    patrol.asks(date(2026, 11, 30), missed_at=day_at(2), due_at=day_at(1))
    patrol.asks(date(2026, 12, 31), missed_at=day_at(2, 1), due_at=day_at(1, 1))

    assert read(be("worker"))["inspections"] == {
        "due": 5,
        "done": 2,
        "on_time": 1,
        "late": 1,
        "missed": 2,
        "overdue": 0,
        "for_others": 0,
    }


def test_what_goes_on_counts_once_it_is_done_or_over_its_deadline(patrol: Patrol, be: Be) -> None:
    patrol.asks(date(2027, 1, 5), due_at=day_at(5, 1, "08:30"))
    patrol.asks(date(2027, 1, 6), day_at(5, 1, "08:00"))
    patrol.asks(date(2027, 1, 7))

    found = read(be("worker"), month="2027-01")

    assert found["until"] == "2027-01-05"
    inspections = found["inspections"]
    assert (inspections["due"], inspections["done"], inspections["overdue"]) == (2, 1, 1)


def test_whoever_stood_in_has_it_and_whom_he_stood_in_for_does_not(patrol: Patrol, be: Be) -> None:
    patrol.asks(date(2026, 12, 1), day_at(1), by=COLLEAGUE, worker_id=COLLEAGUE)

    assert read(be("worker"))["inspections"]["due"] == 0
    his = read(be("colleague"))["inspections"]
    assert (his["due"], his["done"], his["for_others"]) == (1, 1, 1)


def test_follow_ups_count_by_their_day(session: Session, form: UUID, be: Be) -> None:
    visit = write_call(session, write_month_care(session), form, day_at(1))
    for due_on, done_at in (
        (date(2026, 12, 5), day_at(5)),
        (date(2026, 12, 6), day_at(8)),
        (date(2026, 12, 7), None),
        (date(2026, 11, 7), None),
        (date(2026, 12, 8), day_at(3, 1)),
        (date(2027, 1, 3), None),
    ):
        row = FollowUp(area_code=GRID, visit_id=visit, owner_id=WORKER, due_on=due_on, done_at=done_at)
        row.id = new_id()
        session.add(row)
    session.commit()

    assert read(be("worker"))["follow_ups"] == {"due": 4, "closed": 3, "on_time": 1, "overdue": 3}


def test_hazards_count_by_their_deadline_and_when_they_were_put_right(session: Session, be: Be) -> None:
    for due_at, put_right in (
        (day_at(10), day_at(9)),
        (day_at(10), day_at(11)),
        (day_at(10), None),
        (day_at(10, 1), None),
    ):
        status = HazardStatus.RECTIFIED if put_right else HazardStatus.ASSIGNED
        hazard = write_hazard(session, status, due_at=due_at)
        if put_right:
            step = HazardEvent(
                id=new_id(),
                area_code=GRID,
                hazard_id=hazard.id,
                number=1,
                step=HazardStep.RECTIFY,
                status_after=status,
                actor_id=WORKER,
                at=put_right,
                content_hash=b"",
            )
            session.add(step)
            session.commit()

    assert read(be("worker"))["hazards"] == {"due": 3, "put_right": 2, "on_time": 1}


@pytest.mark.parametrize("status", [HazardStatus.RECTIFIED, HazardStatus.VERIFIED, HazardStatus.CLOSED])
def test_what_another_put_right_late_is_due_of_him_alone(
    session: Session, be: Be, status: HazardStatus
) -> None:
    """Until a recheck fails: then it is due of whoever has it now."""
    hazard = write_hazard(session, status, due_at=day_at(10), assignee_id=COLLEAGUE, rectified_by=WORKER)
    first = [read(be(name))["hazards"] for name in ("worker", "colleague")]
    hazard.status = HazardStatus.ASSIGNED
    session.commit()
    then = [read(be(name))["hazards"] for name in ("worker", "colleague")]

    nothing = {"due": 0, "put_right": 0, "on_time": 0}
    assert first == [{"due": 1, "put_right": 1, "on_time": 0}, nothing]
    assert then == [nothing, {"due": 1, "put_right": 0, "on_time": 0}]


def test_records_show_their_presence_photos_and_problems(
    session: Session, checklist: Checklist, form: UUID, be: Be
) -> None:
    well = {"presence": Presence.CONFIRMED, "presence_reasons": ["code_scanned", "inside", "no_photo"]}
    lacking = {
        "presence": Presence.PROBABLE,
        "presence_reasons": ["code_scanned", "position_missing", "photo"],
    }
    write_inspection(session, checklist, day_at(1), **well)
    found_one = write_inspection(session, checklist, day_at(2), **lacking)
    write_inspection(session, checklist, day_at(30, 11), **lacking)
    care = write_month_care(session)
    write_call(
        session, care, form, day_at(3), presence_reasons=["code_missing", "position_missing", "no_photo"]
    )
    write_call(session, care, form, day_at(4), mode=VisitMode.PHONE, presence_reasons=["not_in_person"])
    session.add_all(
        [
            InspectionAnswer(
                inspection_id=found_one,
                item_id=checklist.items[0].id,
                position=1,
                result=AnswerResult.PROBLEM,
            ),
            PhotoLink(
                record_id=found_one,
                photo_id=new_id(),
                record_kind=PhotoOwner.INSPECTION,
                area_code=GRID,
                position=1,
                named_by=WORKER,
            ),
        ]
    )
    session.commit()

    assert read(be("worker"))["signs"] == {
        "records": 3,
        "confirmed": 1,
        "probable": 1,
        "unverified": 1,
        "reasons": [
            {"reason": "position_missing", "records": 2},
            {"reason": "code_missing", "records": 1},
            {"reason": "no_photo", "records": 1},
        ],
        "with_photos": 1,
        "all_photos": 0,
        "problems": 1,
    }
