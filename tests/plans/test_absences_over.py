"""An absence that ends early: whose work it is then, and what the substitute did is taken."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.models import Checklist, Grant, Occurrence, Plan
from tests.cast import named, person
from tests.client import Client
from tests.hazard_world import file, inspection_body, refused, report_body
from tests.plan_world import MORNING, START, away, filed, in_china, of_plan

WORKER, COLLEAGUE, ADMIN = (person(name).user_id for name in ("worker", "colleague", "admin"))


def whose(session: Session, plan: Plan) -> list[Any]:
    return [row.worker_id for row in of_plan(session, plan.id)]


def give(admin: Client, row: Occurrence, worker_id: UUID) -> None:
    body = {"worker_id": str(worker_id), "reason": "他去培训了"}
    given = admin.step(f"/v1/occurrences/{row.id}/reassign", body)
    assert given.status_code == 200, given.text


def test_the_end_of_an_absence_gives_nothing_to_who_lost_his_post(
    session: Session, admin: Client, plan: Plan
) -> None:
    absence = away(admin, 1, 4, substitute_id=str(ADMIN)).json
    with set_to(MORNING):
        session.get_one(Grant, named("grant worker")).ended_at = now() - timedelta(days=9)
        session.commit()
        admin.post(f"/v1/absences/{absence['id']}/end")

    assert whose(session, plan)[1:5] == [COLLEAGUE] * 4


def test_the_end_of_an_absence_leaves_what_was_given_by_hand(
    session: Session, admin: Client, plan: Plan
) -> None:
    absence = away(admin, 1, 3).json
    with set_to(MORNING):
        row = of_plan(session, plan.id)[2]
        body = {"worker_id": str(ADMIN), "reason": "他也去培训"}
        admin.step(f"/v1/occurrences/{row.id}/reassign", body)
        admin.post(f"/v1/absences/{absence['id']}/end")

    assert whose(session, plan)[:4] == [WORKER, WORKER, ADMIN, WORKER]


def test_the_end_of_an_absence_leaves_what_the_substitute_was_given_by_hand(
    session: Session, admin: Client, plan: Plan
) -> None:
    absence = away(admin, 1, 3).json
    with set_to(MORNING):
        row = of_plan(session, plan.id)[2]
        give(admin, row, ADMIN)
        give(admin, row, COLLEAGUE)
        admin.post(f"/v1/absences/{absence['id']}/end")

    assert whose(session, plan)[:4] == [WORKER, WORKER, COLLEAGUE, WORKER]


def test_who_is_back_has_what_is_under_way_and_not_what_is_done_or_missed(
    session: Session, admin: Client, colleague: Client, plan: Plan, checklist: Checklist
) -> None:
    absence = away(admin, 0, 4).json
    filed(colleague, checklist, in_china(START + timedelta(days=1), "09:00"))
    with set_to(in_china(START + timedelta(days=2), "10:00")):
        admin.post(f"/v1/absences/{absence['id']}/end")

    assert whose(session, plan)[:5] == [COLLEAGUE, COLLEAGUE, WORKER, WORKER, WORKER]


def test_what_a_substitute_did_before_the_absence_ended_is_taken_after_it(
    session: Session, admin: Client, colleague: Client, plan: Plan, checklist: Checklist, next_grid: str
) -> None:
    absence = away(admin, 0, 4).json
    with set_to(MORNING):
        admin.post(f"/v1/absences/{absence['id']}/end")
    early, late = MORNING - timedelta(minutes=30), MORNING + timedelta(hours=1)
    done = filed(colleague, checklist, early, arrives=late)

    first = of_plan(session, plan.id)[0]
    assert next_grid
    assert first.worker_id == WORKER
    assert [one["id"] for one in done["occurrences"]] == [str(first.id)]


def test_what_he_does_there_after_it_ended_is_not(
    session: Session, admin: Client, colleague: Client, plan: Plan, checklist: Checklist, next_grid: str
) -> None:
    """He has no more to do there than anybody else of another grid."""
    absence = away(admin, 0, 4).json
    with set_to(MORNING):
        admin.post(f"/v1/absences/{absence['id']}/end")
    taken = {"captured_at": (MORNING + timedelta(minutes=30)).isoformat()}
    with set_to(MORNING + timedelta(hours=1)):
        inspected = file(colleague, inspection_body(checklist, **taken))
        seen = colleague.put(f"/v1/hazards/{new_id()}", json=report_body(**taken))

    assert next_grid
    assert [refused(one) for one in (inspected, seen)] == [(404, "not_found")] * 2
    assert of_plan(session, plan.id)[0].done_at is None
