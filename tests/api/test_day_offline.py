"""A day has what its work takes without a network: forms, orders and open steps, and what was missed."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    CareCategory,
    HazardEvent,
    HazardLevel,
    HazardStatus,
    HazardStep,
    User,
)
from tests.care_world import write_care, write_form, write_resident
from tests.cast import GRID, named, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import FIVE_FIXED, Take, write_checklist, write_hazard, write_unit
from tests.plan_world import START, filed, in_china, make, write_plan

MORNING = in_china(START, "09:00")
WORKER = person("worker").user_id


def today(client: Client) -> dict[str, Any]:
    shown: dict[str, Any] = client.get("/v1/me/today").json
    return shown


def test_a_day_has_the_forms_in_force_for_those_due(session: Session, worker: Client) -> None:
    write_form(session)
    newest = write_form(session, version=2)
    write_form(session, version=3, published_at=MORNING + timedelta(days=9))
    write_form(session, CareCategory.DISABLED)
    write_care(session, next_due_on=START)

    with set_to(MORNING):
        day = today(worker)

    assert [(one["id"], one["version"]) for one in day["visit_forms"]] == [(str(newest), 2)]
    assert day["visit_forms"][0]["fields"] == worker.get("/v1/visit-forms").json["items"][0]["fields"]


def test_of_whom_nothing_is_told_there_is_no_form(session: Session, worker: Client) -> None:
    """Or it would tell why a minor is looked after, to whom has no ticket."""
    write_form(session, CareCategory.LEFT_BEHIND_CHILD)
    child = write_resident(session, birth_date="2018-05-05")
    write_care(session, resident_id=child, category=CareCategory.LEFT_BEHIND_CHILD, next_due_on=START)

    with set_to(MORNING):
        day = today(worker)

    assert ([one["category"] for one in day["care_records"]], day["visit_forms"]) == ([None], [])


def test_a_hazard_of_the_day_has_the_order_and_the_steps_open(
    session: Session, worker: Client, be: Any
) -> None:
    take = Take(be)
    hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    take("admin", hazard, "assign", assignee_id=str(WORKER), controls="拉警戒线", note="先断电再清")
    given = today(worker)["hazards"][0]
    take("worker", hazard, "start", five_fixed=FIVE_FIXED)
    take("county", hazard, "supervise", note="周五前报进度")
    begun = today(worker)["hazards"][0]

    assert (given["controls"], given["five_fixed"]) == ("拉警戒线", None)
    assert given["last_note"] | {"at": None} == {"step": "assign", "at": None, "note": "先断电再清"}
    assert {"start", "report_controls"} <= set(given["allowed"])
    assert begun["five_fixed"] == FIVE_FIXED
    assert (begun["last_note"]["step"], begun["last_note"]["note"]) == ("supervise", "周五前报进度")
    assert begun["allowed"] == worker.get(f"/v1/hazards/{hazard.id}").json["allowed"]
    assert {"rectify", "answer"} <= set(begun["allowed"])


def test_the_steps_of_a_day_are_those_of_each_hazard(session: Session, be: Any) -> None:
    """Also of what waits for a unit, and behind the reader's own door."""
    kin = write_resident(session, name="赵干部")
    session.execute(update(User).where(User.id == person("admin").user_id).values(resident_id=kin))
    unit, over = write_unit(session, WORKER), write_unit(session, WORKER, ended_at=now())
    for status in HazardStatus:
        write_hazard(session, status, level=HazardLevel.MAJOR)
        write_hazard(session, status, text="1单元101堆了很多纸箱")
    for of in (unit, over):
        write_hazard(session, HazardStatus.ASSIGNED, assignee_id=None, unit_id=of.id)

    for name in ("worker", "colleague", "admin", "lead"):
        client = be(name)
        shown = today(client)["hazards"]
        assert len(shown) > len(HazardStatus)
        for one in shown:
            assert one["allowed"] == client.get(f"/v1/hazards/{one['id']}").json["allowed"], one


def test_a_day_takes_as_many_queries_however_many_hazards_wait(
    session: Session, connection: Connection, be: Any
) -> None:
    kin = write_resident(session, name="赵干部")
    session.execute(update(User).where(User.id == person("admin").user_id).values(resident_id=kin))
    unit = write_unit(session, WORKER)
    admin, counts = be("admin"), []
    for rows in (1, 8):
        for _ in range(rows):
            for status in HazardStatus:
                row = write_hazard(session, status, asked_due_at=now() + timedelta(days=9))
                _note(session, row.id)
            write_hazard(session, HazardStatus.ASSIGNED, assignee_id=None, unit_id=unit.id)
        with statements(connection) as sent:
            today(admin)
        counts.append(len(sent))

    assert counts[0] == counts[1]


def _note(session: Session, hazard_id: Any) -> None:
    session.add(
        HazardEvent(
            id=new_id(),
            area_code=GRID,
            hazard_id=hazard_id,
            number=1,
            step=HazardStep.ACCEPT,
            status_after=HazardStatus.ACCEPTED,
            actor_id=WORKER,
            at=now(),
            note="请尽快",
            content_hash=b"",
        )
    )
    session.commit()


def test_what_was_missed_lately_stands_apart_and_may_still_be_filed(session: Session, worker: Client) -> None:
    checklist = write_checklist(session)
    plan = write_plan(session, checklist)
    with set_to(in_china(START, "06:00")):
        make(session, plan.id)
    evening, month_later = in_china(START, "23:00"), MORNING + timedelta(days=30)
    with set_to(evening):
        missed = today(worker)
    with set_to(month_later):
        later = today(worker)["missed"]
    filed(worker, checklist, evening, late_reason="白天在开会")
    with set_to(evening):
        after = today(worker)

    assert missed["occurrences"] == []
    (one,) = missed["missed"]
    assert (one["state"], one["checklist_id"]) == ("missed", str(checklist.id))
    assert str(START) not in {one["period_on"] for one in later}, "older than two weeks"
    assert after["missed"] == []


def test_a_building_lead_has_places_and_his_hazards(session: Session, be: Any) -> None:
    write_checklist(session)
    write_form(session)
    write_care(session, worker="lead", next_due_on=START)
    lead = person("lead").user_id
    hazard = write_hazard(session, HazardStatus.ASSIGNED, assignee_id=lead)

    day = today(be("lead"))

    assert [one["id"] for one in day["places"]] == [str(named("block"))]
    assert [(one["id"], one["allowed"][0]) for one in day["hazards"]] == [(str(hazard.id), "start")]
    rest = ("occurrences", "missed", "checklists", "care_records", "visit_forms", "more")
    assert [day[name] for name in rest] == [[]] * len(rest)
