"""Hazards that another department puts right, over HTTP."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import business_day, end_of, now, set_to
from app.ids import new_id
from app.models import HazardEvent, HazardStatus, HazardStep, Notice, NoticeKind
from app.once import content_hash
from tests.cast import person
from tests.client import Client
from tests.hazard_world import FIVE_FIXED, Take, done, in_days, refused, steps, write_hazard
from tests.matrix.routes_base import picture
from tests.photos import arrivals, waiting

Be = Callable[[str], Client]
GIVEN: dict[str, Any] = {
    "department": "power",
    "note": "三楼电线老化，照片已送",
    "reference": "通电函2027-18",
    "contact": "县供电公司值班室 0715-2363000",
    "expected_on": in_days(20),
}
WORKER = person("worker").user_id


def told(session: Session, name: str) -> list[str]:
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.HAZARD_MATTER)
    return [row.data["step"] for row in session.scalars(select(Notice).where(*which))]


def test_it_stays_on_the_books_until_somebody_else_rechecked_it(be: Be, session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING, five_fixed=FIVE_FIXED)
    shown = done(take("admin", hazard, "transfer", **GIVEN))
    session.refresh(hazard)
    open_there = be("county").get("/v1/hazards?status=transferred").json["items"]
    data = shown["events"][0]["data"]
    answered = done(take("admin", hazard, "department-answer", done=True, note="已换线"))
    own = take("admin", hazard, "verify", passed=True)
    closed = done(take("colleague", hazard, "verify", passed=True))

    assert (shown["department"], shown["assignee_id"], shown["five_fixed"]) == ("power", None, None)
    assert {name: data[name] for name in ("department", "reference", "contact", "expected_on")} == {
        name: GIVEN[name] for name in ("department", "reference", "contact", "expected_on")
    }
    assert shown["events"][0]["former_name"] == "worker"
    assert shown["due_at"] == end_of(business_day() + timedelta(days=20)).isoformat()
    assert hazard.alarm_at is not None
    assert [one["id"] for one in open_there] == [str(hazard.id)]
    assert answered["status"] == "rectified"
    assert refused(own) == (403, "same_person")
    assert (closed["status"], closed["ended_at"] is not None) == ("closed", True)
    assert told(session, "county") == ["transfer"]
    assert told(session, "worker") == ["transfer", "rectify"]


def test_pictures_go_with_what_is_handed_over(be: Be, session: Session, take: Take) -> None:
    """They stand at the step for the reporter and the office, and may come later."""
    hazard, photo_id = write_hazard(session, HazardStatus.ACCEPTED), new_id()
    first = done(take("admin", hazard, "transfer", **GIVEN, photo_ids=[str(photo_id)]))
    assert be("admin").put(f"/v1/photos/{photo_id}", data=picture()).status_code == 201
    course = be("admin").get(f"/v1/hazards/{hazard.id}/timeline").json["entries"]

    assert first["events"][0]["photos"] == [waiting(photo_id)]
    assert [(entry["step"], arrivals(entry["photos"])) for entry in course] == [
        ("transfer", {str(photo_id): True})
    ]
    assert [photo["moment"] for photo in course[0]["photos"]] == ["before"]
    shown = be("resident").get(f"/v1/hazards/{hazard.id}").json
    assert arrivals(shown["events"][0]["photos"]) == {str(photo_id): True}


def test_what_was_handed_over_before_pictures_could_be_is_the_same_again(
    session: Session, take: Take
) -> None:
    hazard, step_id = write_hazard(session, HazardStatus.ACCEPTED), new_id()
    sent = {**GIVEN, "expected_on": date.fromisoformat(GIVEN["expected_on"])}
    mark = content_hash(HazardStep.TRANSFER, person("admin").user_id, hazard.id, sent)
    done(take("admin", hazard, "transfer", **GIVEN, step_id=str(step_id)))

    assert session.get_one(HazardEvent, step_id).content_hash == mark
    other = take("admin", hazard, "transfer", **GIVEN, step_id=str(step_id), photo_ids=[str(new_id())])
    assert refused(other) == (409, "other_content")


def test_what_it_does_not_do_is_given_out_again(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.TRANSFERRED, due_at=now() + timedelta(days=3))
    back = done(take("admin", hazard, "department-answer", done=False, note="不归供电管"))
    given = done(take("admin", hazard, "assign", assignee_id=str(WORKER)))

    assert (back["status"], back["department"]) == ("accepted", None)
    assert given["status"] == "assigned"


def test_a_recheck_that_fails_leads_back_to_the_department(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.TRANSFERRED)
    done(take("admin", hazard, "department-answer", done=True, note="已换线"))
    shown = done(take("colleague", hazard, "verify", passed=False, note="还有一处裸露"))

    assert (shown["status"], shown["department"]) == ("transferred", "power")
    assert steps(shown) == [(1, "department_answer", "rectified"), (2, "recheck_fail", "transferred")]


def test_the_county_that_recorded_the_answer_closes_it_after_the_recheck_of_another(
    be: Be, session: Session, take: Take
) -> None:
    """Nobody else closes a major one, and it was the department that put it right."""
    hazard = write_hazard(session, HazardStatus.TRANSFERRED, level="major")
    answered = done(take("county", hazard, "department-answer", done=True, note="已换线"))
    done(take("admin", hazard, "verify", passed=True))
    shown = be("county").get(f"/v1/hazards/{hazard.id}").json
    closed = done(take("county", hazard, "close", passed=True))

    assert "close" not in answered["allowed"]
    assert "close" in shown["allowed"]
    assert closed["status"] == "closed"


def test_the_county_hands_over_major_ones_only(session: Session, take: Take) -> None:
    general, major = (write_hazard(session, HazardStatus.ACCEPTED, level=one) for one in ("general", "major"))

    assert refused(take("county", general, "transfer", **GIVEN)) == (403, "not_major")
    assert done(take("county", major, "transfer", **GIVEN))["controls_due_at"] is not None


@pytest.mark.parametrize(
    "change, field",
    [({"expected_on": in_days(0)}, "expected_on"), ({"expected_on": in_days(400)}, "expected_on")],
)
def test_the_day_of_its_answer_lies_ahead_within_a_year(
    session: Session, take: Take, change: dict[str, Any], field: str
) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    answer = take("admin", hazard, "transfer", **(GIVEN | change))

    assert (refused(answer), list(answer.json["errors"])) == ((422, "due_time"), [field])


@pytest.mark.parametrize("field", ["contact", "reference", "note"])
def test_nobodys_own_number_goes_to_the_department(session: Session, take: Take, field: str) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    answer = take("admin", hazard, "transfer", **(GIVEN | {field: f"老张 1{'3' * 10}"}))

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_what_a_department_gives_back_has_no_deadline_of_its_any_more(session: Session, take: Take) -> None:
    """Whoever gets it next would begin overdue, with all alarms sounded."""
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    done(take("admin", hazard, "transfer", **GIVEN))
    with set_to(now() + timedelta(days=25)):
        back = done(take("admin", hazard, "department-answer", done=False, note="不归我们管"))
        given = done(take("admin", hazard, "assign", assignee_id=str(WORKER)))
        later = now()
    session.refresh(hazard)

    assert (back["status"], back["due_at"]) == ("accepted", None)
    assert datetime.fromisoformat(given["due_at"]) > later
    assert hazard.alarm_at is not None
    assert hazard.alarm_at > later
