"""Who is away is stood in for by somebody of the community, who can do all that is then his."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import plans
from app.clock import set_to
from app.ids import new_id
from app.models import Checklist, Grant, Hazard, HazardSource, HazardStatus, Occurrence, Plan
from tests.cast import GRID, HOME, named, person
from tests.client import Client
from tests.hazard_world import BLOCK, file, inspection_body, problem, refused, report_body, write_hazard
from tests.plan_world import MORNING, START, away, filed, in_china, make, of_plan, write_plan

WORKER, COLLEAGUE, ADMIN = (person(name).user_id for name in ("worker", "colleague", "admin"))


def whose(session: Session, plan: Plan) -> list[Any]:
    return [row.worker_id for row in of_plan(session, plan.id)]


def test_whoever_is_away_from_today_leaves_what_is_under_way(
    session: Session, admin: Client, checklist: Checklist
) -> None:
    monthly = write_plan(session, checklist, due_after_min=5 * 24 * 60)
    with set_to(in_china(START, "06:00")):
        make(session, monthly.id)
    with set_to(in_china(START + timedelta(days=3), "10:00")):
        soon = away(admin, 3, 4)

    assert soon.status_code == 201, soon.text
    assert whose(session, monthly)[:6] == [WORKER, WORKER, WORKER, COLLEAGUE, COLLEAGUE, WORKER]


def test_a_substitute_of_another_grid_can_do_it_all(
    session: Session, admin: Client, colleague: Client, plan: Plan, checklist: Checklist, next_grid: str
) -> None:
    assert next_grid != GRID
    with set_to(MORNING):
        shut = refused(file(colleague, inspection_body(checklist, captured_at=MORNING.isoformat())))
    taken = away(admin, until=0)
    with set_to(MORNING):
        plans.hand_over(session, limit=100)
        day = colleague.get("/v1/me/today").json
        asked = colleague.post(
            "/v1/challenges",
            json={"step_id": str(new_id()), "place_id": str(BLOCK), "device_id": str(new_id())},
        )
        own = colleague.get("/v1/occurrences?worker=me").json["items"]
        terms = colleague.get(f"/v1/plans/{plan.id}")
    done = filed(colleague, checklist, MORNING)

    assert shut == (404, "not_found")
    assert taken.status_code == 201, taken.text
    first = day["occurrences"][0]
    assert (first["place_id"], first["checklist_id"]) == (str(BLOCK), str(checklist.id))
    assert str(BLOCK) in [place["id"] for place in day["places"]]
    assert asked.status_code == 200, asked.text
    assert [one["id"] for one in own] == [first["id"]]
    assert (terms.status_code, terms.json["id"]) == (200, str(plan.id))
    assert [one["id"] for one in done["occurrences"]] == [first["id"]]
    assert colleague.get(f"/v1/inspections/{done['id']}").json["id"] == done["id"]
    listed = colleague.get("/v1/inspections?worker=me").json["items"]
    assert [one["id"] for one in listed] == [done["id"]]
    assert colleague.get("/v1/inspections").json["items"] == []
    assert colleague.get(f"/v1/occurrences/{first['id']}").status_code == 200


@pytest.mark.usefixtures("plan", "next_grid")
def test_a_substitute_reports_what_he_sees_where_he_stands_in(
    session: Session, admin: Client, colleague: Client
) -> None:
    """As his job: he earns nothing for it."""
    hazard_id, shut = new_id(), colleague.put(f"/v1/hazards/{new_id()}", json=report_body())
    away(admin, until=0)
    with set_to(MORNING):
        plans.hand_over(session, limit=100)
        seen = colleague.put(f"/v1/hazards/{hazard_id}", json=report_body())

    assert (shut.status_code, seen.status_code) == (404, 201), seen.text
    assert session.get_one(Hazard, hazard_id).source is HazardSource.STAFF


@pytest.mark.usefixtures("plan", "next_grid")
def test_a_substitute_reads_the_hazards_that_he_reported_and_no_others(
    session: Session, admin: Client, colleague: Client, be: Callable[[str], Client], checklist: Checklist
) -> None:
    """What his inspection found, and what he saw himself; also once the absence is over."""
    assert away(admin, until=0).status_code == 201
    reported = new_id()
    with set_to(MORNING):
        plans.hand_over(session, limit=100)
        assert colleague.put(f"/v1/hazards/{reported}", json=report_body()).status_code == 201
    done = filed(colleague, checklist, MORNING, _1=problem())
    found = next(one["hazard_id"] for one in done["answers"] if one["hazard_id"])
    another = write_hazard(session, source=HazardSource.STAFF, reported_by=WORKER)
    urged = be("county").step(f"/v1/hazards/{reported}/supervise", {"note": "请抓紧"})

    shown = [colleague.get(f"/v1/hazards/{one}") for one in (found, reported)]
    listed = colleague.get("/v1/hazards").json["items"]

    assert [(one.status_code, one.json["allowed"]) for one in shown] == [(200, [])] * 2
    assert refused(colleague.get(f"/v1/hazards/{another.id}")) == (404, "not_found")
    assert {one["id"] for one in listed} == {found, str(reported)}
    assert (urged.status_code, "请抓紧" in shown[1].text) == (200, False), "that is between offices and staff"


@pytest.mark.usefixtures("plan", "next_grid")
@pytest.mark.parametrize("ended", ["done", "absence"])
def test_a_substitute_reads_what_is_open_where_he_stands_in_until_he_was_there(
    session: Session, admin: Client, colleague: Client, checklist: Checklist, ended: str
) -> None:
    """So he neither reports again what is known, nor misses that it waits for its recheck."""
    known: dict[str, Any] = {"source": HazardSource.STAFF, "reported_by": WORKER}
    with set_to(MORNING):
        here = write_hazard(session, HazardStatus.RECTIFIED, **known)
        write_hazard(session, HazardStatus.CLOSED, **known)
        write_hazard(session, area_code=HOME, place_id=named("workshop"), **known)
        before = refused(colleague.get(f"/v1/hazards/{here.id}"))
    absence = away(admin, until=0)
    with set_to(MORNING):
        day = colleague.get("/v1/me/today").json
        one = colleague.get(f"/v1/hazards/{here.id}")
    with set_to(MORNING):
        if ended == "done":
            filed(colleague, checklist, MORNING)
        else:
            admin.post(f"/v1/absences/{absence.json['id']}/end")
        afterwards = refused(colleague.get(f"/v1/hazards/{here.id}"))
        later = colleague.get("/v1/me/today").json

    assert absence.status_code == 201
    assert before == afterwards == (404, "not_found")
    assert [row["id"] for row in day["hazards"]] == [str(here.id)]
    assert (one.status_code, one.json["allowed"], later["hazards"]) == (200, [], [])


def test_one_is_given_to_a_worker_of_another_grid_and_stays_his(
    session: Session, admin: Client, plan: Plan, next_grid: str
) -> None:
    row = of_plan(session, plan.id)[1]
    with set_to(MORNING):
        body = {"worker_id": str(COLLEAGUE), "reason": "他去培训了"}
        given = admin.step(f"/v1/occurrences/{row.id}/reassign", body)
        handed = plans.hand_over(session, limit=100)[0]
        session.commit()

    assert next_grid
    assert given.status_code == 200, given.text
    assert (handed, whose(session, plan)[:3]) == (0, [WORKER, COLLEAGUE, WORKER])


def test_a_substitute_who_is_away_is_stood_in_for(session: Session, admin: Client, plan: Plan) -> None:
    first = away(admin, 1, 2, worker_id=str(COLLEAGUE), substitute_id=str(ADMIN))
    second = away(admin, 1, 3)

    assert (first.status_code, second.status_code) == (201, 201)
    assert whose(session, plan)[:5] == [WORKER, ADMIN, ADMIN, COLLEAGUE, WORKER]


def test_nobody_stands_in_for_whoever_stands_in_for_him(admin: Client) -> None:
    """Neither crosswise nor in a ring of three: the day on which nobody would be there is named."""
    first = away(admin, 1, 3)
    crossed = away(admin, 3, 5, worker_id=str(COLLEAGUE), substitute_id=str(WORKER))
    another = away(admin, 3, 5, worker_id=str(COLLEAGUE), substitute_id=str(ADMIN))
    ring = away(admin, 0, 9, worker_id=str(ADMIN), substitute_id=str(WORKER))
    afterwards = away(admin, 6, 9, worker_id=str(COLLEAGUE), substitute_id=str(WORKER))

    assert (first.status_code, another.status_code, afterwards.status_code) == (201, 201, 201)
    assert (refused(crossed), refused(ring)) == ((409, "nobody_stands_in"), (409, "nobody_stands_in"))
    assert crossed.json["title"] == "2026-03-05这一天没有人顶班，请换一个人顶班"
    assert "2026-03-05" in ring.json["title"]


def give(admin: Client, row: Occurrence, worker_id: UUID) -> None:
    body = {"worker_id": str(worker_id), "reason": "他去培训了"}
    given = admin.step(f"/v1/occurrences/{row.id}/reassign", body)
    assert given.status_code == 200, given.text


def test_one_given_back_by_hand_stays_with_whose_it_was(
    session: Session, admin: Client, plan: Plan, next_grid: str
) -> None:
    row = of_plan(session, plan.id)[1]
    with set_to(MORNING):
        give(admin, row, COLLEAGUE)
        give(admin, row, WORKER)
        session.get_one(Grant, named("grant worker")).area_code = next_grid
        session.get_one(Grant, named("grant colleague")).area_code = GRID
        session.commit()
        handed = [plans.hand_over(session, limit=100)[0] for _ in range(2)]
        session.commit()

    assert handed == [14, 0]
    assert whose(session, plan)[:3] == [COLLEAGUE, WORKER, COLLEAGUE]


def test_what_comes_back_to_a_former_worker_as_a_substitute_is_at_rest(
    session: Session, admin: Client, plan: Plan, next_grid: str
) -> None:
    session.get_one(Grant, named("grant worker")).area_code = next_grid
    session.get_one(Grant, named("grant colleague")).area_code = GRID
    session.commit()
    with set_to(MORNING):
        plans.hand_over(session, limit=100)
        session.commit()
    away(admin, 1, 3, worker_id=str(COLLEAGUE), substitute_id=str(WORKER))
    with set_to(MORNING):
        handed = plans.hand_over(session, limit=100)
        session.commit()

    assert handed == (0, None)
    assert whose(session, plan)[:5] == [COLLEAGUE, WORKER, WORKER, WORKER, COLLEAGUE]


def test_what_finds_no_other_is_not_counted_again_and_again(
    session: Session, admin: Client, plan: Plan, next_grid: str
) -> None:
    """A substitute of a substitute has it, who has no post over the place himself."""
    session.get_one(Grant, named("grant worker")).area_code = next_grid
    session.get_one(Grant, named("grant colleague")).area_code = next_grid
    session.commit()
    away(admin, 0, 3, worker_id=str(ADMIN), substitute_id=str(COLLEAGUE))
    away(admin, 0, 3, worker_id=str(COLLEAGUE), substitute_id=str(WORKER))
    with set_to(MORNING):
        handed = [plans.hand_over(session, limit=100)[0] for _ in range(2)]
        session.commit()

    assert handed == [11, 0]
    assert whose(session, plan)[:5] == [WORKER, WORKER, WORKER, WORKER, ADMIN]


def test_a_worker_reads_the_plan_of_his_community_and_writes_none(
    session: Session, worker: Client, be: Callable[[str], Client], checklist: Checklist
) -> None:
    plan, far_worker = write_plan(session, checklist, area_code=HOME), be("far_worker")

    assert worker.get(f"/v1/plans/{plan.id}").json["id"] == str(plan.id)
    assert [one["id"] for one in worker.get("/v1/plans").json["items"]] == [str(plan.id)]
    assert worker.get(f"/v1/plans/{plan.id}/preview").status_code == 200
    assert far_worker.get(f"/v1/plans/{plan.id}").status_code == 404
    assert far_worker.get("/v1/plans").json["items"] == []
