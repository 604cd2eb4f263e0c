"""Occurrences are given to people, who stand in for each other and are told."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import plans
from app.clock import now, set_to
from app.ids import new_id
from app.models import Checklist, Grant, Notice, NoticeKind, Occurrence, Plan, PlanEvent
from tests.cast import GRID, HOME, named, person
from tests.client import Answer, Client
from tests.explaining import asked_of
from tests.hazard_world import count, refused
from tests.plan_world import START, filed, in_china, make, of_plan, write_place, write_plan

WORKER, COLLEAGUE, ADMIN = (person(name).user_id for name in ("worker", "colleague", "admin"))


def test_whose_it_is_follows_roster_grid_and_community(session: Session, checklist: Checklist) -> None:
    places = [
        write_place(session, area, name=name)
        for area, name in ((GRID, "甲楼"), (GRID, "乙楼"), (HOME, "丙楼"))
    ]
    roster = [
        {"worker_id": str(ADMIN), "place_id": str(places[0].id), "area_code": None},
        {"worker_id": str(COLLEAGUE), "place_id": None, "area_code": GRID},
    ]
    named_plan = write_plan(session, checklist, area_code=HOME, roster=roster)
    open_plan = write_plan(session, checklist, area_code=HOME)
    with set_to(in_china(START, "06:00")):
        make(session, named_plan.id)
        make(session, open_plan.id)

    def whose(plan: Plan) -> list[UUID | None]:
        first = {row.place_id: row.worker_id for row in of_plan(session, plan.id) if row.period_on == START}
        return [first[place.id] for place in places]

    assert whose(named_plan) == [ADMIN, COLLEAGUE, COLLEAGUE]
    assert whose(open_plan) == [WORKER, WORKER, COLLEAGUE]


def absence_body(**more: Any) -> dict[str, Any]:
    return {
        "area_code": HOME,
        "worker_id": str(WORKER),
        "substitute_id": str(COLLEAGUE),
        "from_on": "2026-03-03",
        "until_on": "2026-03-04",
        "reason": "leave",
        **more,
    }


def told(session: Session, what: str) -> list[tuple[UUID, int]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.OCCURRENCES).order_by(Notice.id))
    return [(row.user_id, row.data["count"]) for row in rows if row.data["what"] == what]


def test_a_substitute_does_what_was_made_and_what_is_made_later(
    session: Session, admin: Client, plan: Plan, checklist: Checklist
) -> None:
    absence_id = new_id()
    with set_to(in_china(START, "10:00")):
        first = admin.put(f"/v1/absences/{absence_id}", json=absence_body())
        again = admin.put(f"/v1/absences/{absence_id}", json=absence_body())
        later = write_plan(session, checklist, title="第二个")
        make(session, later.id)

    assert (first.status_code, again.status_code) == (201, 200), first.text
    for one in (plan, later):
        whose = [(row.original_worker_id, row.worker_id) for row in of_plan(session, one.id)[:4]]
        assert whose == [(WORKER, WORKER), (WORKER, COLLEAGUE), (WORKER, COLLEAGUE), (WORKER, WORKER)]
    assert told(session, "reassigned") == [(COLLEAGUE, 2)]

    with set_to(in_china(START + timedelta(days=1), "10:00")):
        ended = [admin.post(f"/v1/absences/{absence_id}/end") for _ in range(2)]
    assert ended[0].json == ended[1].json
    assert [row.worker_id for row in of_plan(session, plan.id)[1:3]] == [WORKER, WORKER]


@pytest.mark.parametrize(
    "more, code",
    [
        ({"substitute_id": str(WORKER)}, "own_stand_in"),
        ({"substitute_id": str(person("far_worker").user_id)}, "plan_worker"),
        ({"worker_id": str(person("lead").user_id)}, "plan_worker"),
        ({"until_on": "2026-03-02"}, "absence_span"),
        ({"from_on": "2026-02-01", "until_on": "2026-02-02"}, "absence_span"),
        ({"area_code": "421222102203"}, "not_found"),
    ],
)
def test_an_absence_that_helps_nobody_is_refused(admin: Client, more: dict[str, Any], code: str) -> None:
    with set_to(in_china(START, "10:00")):
        assert refused(admin.put(f"/v1/absences/{new_id()}", json=absence_body(**more)))[1] == code


def reassign(client: Client, row: Occurrence, step_id: UUID | None = None, **more: Any) -> Answer:
    body = {"worker_id": str(COLLEAGUE), "reason": "他去培训了", **more}
    return client.step(f"/v1/occurrences/{row.id}/reassign", body, step_id)


def test_a_reassigned_one_keeps_whose_it_was(session: Session, admin: Client, plan: Plan) -> None:
    row, step_id = of_plan(session, plan.id)[1], new_id()
    with set_to(in_china(START, "10:00")):
        first, again = reassign(admin, row, step_id), reassign(admin, row, step_id)

    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert again.json == first.json
    assert (first.json["original_worker_id"], first.json["worker_id"]) == (str(WORKER), str(COLLEAGUE))
    assert count(session, PlanEvent) == 1
    assert told(session, "reassigned") == [(COLLEAGUE, 1)]


def test_who_reaches_nothing_there_holds_up_nobody(
    session: Session, connection: Connection, far_admin: Client, admin: Client, plan: Plan
) -> None:
    row = of_plan(session, plan.id)[1]
    with set_to(in_china(START, "10:00")):
        with asked_of(connection, "FROM areas", "FOR SHARE") as by_others:
            refusal = refused(reassign(far_admin, row))
        with asked_of(connection, "FROM areas", "FOR SHARE") as by_his_own:
            assert reassign(admin, row).status_code == 200

    assert (refusal, by_others) == ((404, "not_found"), [])
    assert by_his_own


def test_what_is_over_is_given_to_nobody(
    session: Session, admin: Client, worker: Client, plan: Plan, checklist: Checklist
) -> None:
    filed(worker, checklist, in_china(START, "09:00"))
    done, missed, *_ = of_plan(session, plan.id)
    with set_to(in_china(START + timedelta(days=1), "20:00")):
        answers = [refused(reassign(admin, row)) for row in (done, missed)]
        unfit = reassign(admin, of_plan(session, plan.id)[2], worker_id=str(person("far_worker").user_id))

    assert answers == [(409, "illegal_step")] * 2
    assert refused(unfit) == (422, "plan_worker")


def test_what_was_somebodys_without_a_post_goes_to_who_has_one(session: Session, plan: Plan) -> None:
    at = in_china(START, "10:00")
    with set_to(at):
        session.get_one(Grant, named("grant worker")).ended_at = now()
        session.commit()
        given = [plans.hand_over(session, limit=100)[0] for _ in range(2)]
        session.commit()

    assert given == [15, 0]
    rows = of_plan(session, plan.id)
    assert {(row.original_worker_id, row.worker_id) for row in rows} == {(WORKER, COLLEAGUE)}
    assert told(session, "reassigned") == [(COLLEAGUE, 15)]


def test_a_post_that_ended_long_ago_is_seen_too(session: Session, plan: Plan) -> None:
    grant = session.get_one(Grant, named("grant worker"))
    grant.ended_at = in_china(START - timedelta(days=60))
    session.commit()
    with set_to(in_china(START, "10:00")):
        assert plans.hand_over(session, limit=100)[0] == 15
        session.commit()

    assert {row.worker_id for row in of_plan(session, plan.id)} == {COLLEAGUE}


def test_what_nobody_had_goes_to_who_is_appointed(session: Session, checklist: Checklist) -> None:
    posts = list(session.scalars(select(Grant).where(Grant.user_id.in_([WORKER, COLLEAGUE, ADMIN]))))
    for grant in posts:
        grant.ended_at = in_china(START)
    plan = write_plan(session, checklist)
    given = []
    with set_to(in_china(START, "06:00")):
        make(session, plan.id)
        given.append(plans.hand_over(session, limit=100)[0])
        assert {row.worker_id for row in of_plan(session, plan.id)} == {None}
        session.get_one(Grant, named("grant worker")).ended_at = None
        session.commit()
        given += [plans.hand_over(session, limit=100)[0] for _ in range(2)]
        session.commit()

    assert given == [0, 15, 0]
    assert {row.worker_id for row in of_plan(session, plan.id)} == {WORKER}
    assert told(session, "reassigned") == [(WORKER, 15)]


@pytest.mark.usefixtures("plan")
def test_a_worker_is_told_once_a_day_what_opens(session: Session, checklist: Checklist) -> None:
    other = write_plan(session, checklist)
    with set_to(in_china(START, "06:00")):
        make(session, other.id)
    figures = []
    for at in ("06:59", "07:00", "07:01", "23:00"):
        with set_to(in_china(START, at)):
            figures.append(plans.tell_openings(session, limit=100))
            session.commit()

    assert figures == [0, 1, 0, 0]
    assert told(session, "opening") == [(WORKER, 2)]


def test_admins_are_told_once_of_what_was_missed(session: Session, plan: Plan) -> None:
    figures = []
    for at in ("19:59", "20:00", "20:01"):
        with set_to(in_china(START, at)):
            figures.append(plans.tell_missed(session, limit=100)[0])
            session.commit()

    assert figures == [0, 1, 0]
    assert told(session, "missed") == [(ADMIN, 1)]
    row = of_plan(session, plan.id)[0]
    assert row.missed_told_at == row.missed_at == in_china(START, "20:00")
