"""What somebody did at a place without a network arrives once that is another's: taken, and nothing after."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app import plans
from app.clock import set_to
from app.ids import new_id
from app.models import Checklist, Grant, Occurrence, Plan
from tests.cast import named, person
from tests.client import Answer, Client
from tests.hazard_world import file, inspection_body, refused, report_body
from tests.plan_world import MORNING, away, of_plan

COLLEAGUE, ADMIN = (person(name).user_id for name in ("colleague", "admin"))
LATER = MORNING + timedelta(hours=2)
BEFORE, AFTER = MORNING - timedelta(minutes=30), MORNING + timedelta(days=1)


def send(client: Client, checklist: Checklist, captured_at: datetime, arrives: datetime) -> list[Answer]:
    """Send an inspection and a hazard of a moment."""
    taken = {"captured_at": captured_at.isoformat()}
    with set_to(arrives):
        return [
            file(client, inspection_body(checklist, **taken)),
            client.put(f"/v1/hazards/{new_id()}", json=report_body(**taken)),
        ]


def move_post(session: Session, next_grid: str) -> None:
    """Let the worker have the next grid instead of his own from MORNING on."""
    old = session.get_one(Grant, named("grant worker"))
    old.ended_at = MORNING
    values = {"user_id": old.user_id, "role": old.role, "valid_from": MORNING, "created_at": MORNING}
    session.add(Grant(id=new_id(), area_code=next_grid, content_hash=b"", **values))
    session.commit()
    with set_to(MORNING + timedelta(minutes=1)):
        plans.hand_over(session, limit=100)
        session.commit()


def test_what_was_done_before_his_post_became_another_is_taken(
    session: Session, worker: Client, plan: Plan, checklist: Checklist, next_grid: str
) -> None:
    """Judged by the day, as visits are; it does what the plan asked for, whoever has that by now."""
    move_post(session, next_grid)
    before = send(worker, checklist, BEFORE, LATER)
    after = send(worker, checklist, AFTER, AFTER + timedelta(hours=1))
    reset = send(worker, checklist, datetime.fromisoformat("2001-01-01T00:00:00+00:00"), AFTER)

    assert [one.status_code for one in before] == [201, 201]
    assert [refused(one) for one in (*after, *reset)] == [(404, "not_found")] * 4
    first = of_plan(session, plan.id)[0]
    session.refresh(first)
    assert str(first.inspection_id) == before[0].json["id"]


@pytest.mark.usefixtures("next_grid")
def test_what_was_done_before_it_was_given_to_another_by_hand_is_taken(
    session: Session, admin: Client, be: Callable[[str], Client], plan: Plan, checklist: Checklist
) -> None:
    """Whose post is of another grid, and who has nothing to do there but that."""
    colleague, row = be("colleague"), of_plan(session, plan.id)[0]
    with set_to(BEFORE - timedelta(minutes=10)):
        give(admin, row, str(COLLEAGUE))
    with set_to(MORNING):
        give(admin, row, str(ADMIN))
    after = send(colleague, checklist, MORNING + timedelta(minutes=30), LATER)
    before = send(colleague, checklist, BEFORE, LATER)

    assert [refused(one) for one in after] == [(404, "not_found")] * 2
    assert [one.status_code for one in before] == [201, 201]
    assert [one["id"] for one in before[0].json["occurrences"]] == [str(row.id)]


def give(admin: Client, row: Occurrence, worker_id: str) -> None:
    body = {"worker_id": worker_id, "reason": "他去培训了"}
    given = admin.step(f"/v1/occurrences/{row.id}/reassign", body)
    assert given.status_code == 200, given.text


@pytest.mark.usefixtures("next_grid")
def test_what_was_done_before_an_absence_gave_it_to_another_is_taken(
    session: Session, admin: Client, be: Callable[[str], Client], plan: Plan, checklist: Checklist
) -> None:
    """And nothing that was done before he had it, though it was his once."""
    colleague, row = be("colleague"), of_plan(session, plan.id)[0]
    with set_to(BEFORE - timedelta(minutes=10)):
        give(admin, row, str(COLLEAGUE))
    gone = away(admin, 0, 0, worker_id=str(COLLEAGUE), substitute_id=str(ADMIN))
    session.refresh(row)
    too_early = send(colleague, checklist, BEFORE - timedelta(minutes=20), LATER)
    after = send(colleague, checklist, MORNING + timedelta(minutes=30), LATER)
    before = send(colleague, checklist, BEFORE, LATER)

    assert (gone.status_code, row.worker_id) == (201, ADMIN)
    assert [refused(one) for one in (*too_early, *after)] == [(404, "not_found")] * 4
    assert [one.status_code for one in before] == [201, 201]
    assert [one["id"] for one in before[0].json["occurrences"]] == [str(row.id)]


@pytest.mark.usefixtures("next_grid")
def test_what_was_done_between_two_hands_is_not_his(
    session: Session, admin: Client, be: Callable[[str], Client], plan: Plan, checklist: Checklist
) -> None:
    """It went from him to another and came back to him, and went on."""
    row = of_plan(session, plan.id)[0]
    for minutes, hand in ((60, COLLEAGUE), (45, ADMIN), (30, COLLEAGUE), (15, ADMIN)):
        with set_to(MORNING - timedelta(minutes=minutes)):
            give(admin, row, str(hand))
    colleague = be("colleague")
    took = [
        send(colleague, checklist, MORNING - timedelta(minutes=minutes), LATER)[1].status_code
        for minutes in (65, 50, 38, 20, 5)
    ]

    assert took == [404, 201, 404, 201, 404]
