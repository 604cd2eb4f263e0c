"""Making, changing and ending plans over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import plans
from app.clock import business_day, set_to
from app.ids import new_id
from app.models import Checklist, Notice, NoticeKind, Occurrence, PlaceKind, Plan, PlanEvent
from app.workdays import HolidaysUnknownError
from tests.cast import FAR, GRID, HOME, acting, named, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import BLOCK, count, refused, write_checklist
from tests.plan_world import (
    CALENDAR,
    LAST_KNOWN,
    LAST_MONDAY,
    START,
    in_china,
    make,
    of_plan,
    plan_body,
    put_plan,
    terms_body,
    write_place,
    write_plan,
)

MORNING = in_china(START, "06:00")


def test_a_plan_is_made_once(session: Session, admin: Client, checklist: Checklist) -> None:
    plan_id, body = (
        new_id(),
        plan_body(checklist, roster=[{"worker_id": str(person("worker").user_id), "area_code": GRID}]),
    )

    first, again = put_plan(admin, body, plan_id), put_plan(admin, body, plan_id)

    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert again.json == first.json
    assert (first.json["checklist_code"], first.json["kind"], first.json["opens"]) == (
        checklist.code,
        "residential",
        "08:00",
    )
    assert admin.get(f"/v1/plans/{plan_id}").json == first.json
    assert refused(put_plan(admin, body | {"title": "另一个"}, plan_id)) == (409, "other_content")
    assert count(session, Plan) == 1


@pytest.mark.parametrize(
    "more, code",
    [
        ({"area_code": FAR}, "not_found"),
        ({"area_code": HOME + "999"}, "area_unknown"),
        ({"checklist_id": str(named("no list"))}, "plan_checklist"),
        ({"missed_after_min": 900}, "plan_window"),
        ({"place_ids": [str(named("workshop"))]}, "plan_places"),
        ({"place_ids": [str(named("far_block"))]}, "plan_places"),
        ({"roster": [{"worker_id": str(person("far_worker").user_id), "area_code": GRID}]}, "plan_worker"),
        ({"roster": [{"worker_id": str(person("lead").user_id), "place_id": str(BLOCK)}]}, "plan_worker"),
        ({"roster": [{"worker_id": str(person("worker").user_id), "area_code": HOME}]}, "plan_worker"),
        ({"roster": [{"worker_id": str(person("colleague").user_id), "area_code": FAR}]}, "plan_places"),
        ({"frequency": "weekly"}, "invalid"),
        ({"frequency": "weekly", "days": [8]}, "invalid"),
        ({"frequency": "every_n_days"}, "invalid"),
        ({"every_days": 3}, "invalid"),
        ({"opens": "25:00"}, "invalid"),
        ({"ends_on": "2026-03-01"}, "invalid"),
    ],
)
def test_what_cannot_be_met_is_refused(
    session: Session, admin: Client, checklist: Checklist, more: dict[str, Any], code: str
) -> None:
    assert refused(put_plan(admin, plan_body(checklist, **more)))[1] == code
    assert count(session, Plan) == 0


def test_a_plan_of_a_kind_takes_places_that_come_later(session: Session, checklist: Checklist) -> None:
    plan = write_plan(session, checklist)
    with set_to(MORNING):
        assert make(session, plan.id) == 15, "two weeks of one building"
    write_place(session)
    write_place(session, kind=PlaceKind.SHOP)
    with set_to(MORNING + timedelta(days=1)):
        assert make(session, plan.id) == 16, "a day of the first building, two weeks of the second"


def test_what_is_due_already_is_not_made(session: Session, checklist: Checklist) -> None:
    plan = write_plan(session, checklist)
    with set_to(in_china(START, "18:00")):
        make(session, plan.id)

    assert of_plan(session, plan.id)[0].period_on == START + timedelta(days=1)


def test_a_change_holds_for_what_has_not_begun(session: Session, admin: Client, checklist: Checklist) -> None:
    plan = write_plan(session, checklist)
    with set_to(in_china(START, "07:00")):
        make(session, plan.id)
    step_id = new_id()
    body = terms_body(checklist, title="每周巡查", frequency="weekly", days=[3], opens="09:30")
    with set_to(in_china(START, "10:00")):
        first = admin.step(f"/v1/plans/{plan.id}/change", body, step_id)
        again = admin.step(f"/v1/plans/{plan.id}/change", body, step_id)
        session.expire_all()
        make(session, plan.id)

    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert again.json == first.json
    rows = [(row.period_on.isoformat(), row.opens_at) for row in of_plan(session, plan.id)]
    assert rows == [
        ("2026-03-02", in_china(START, "08:00")),
        ("2026-03-04", in_china(START + timedelta(days=2), "09:30")),
        ("2026-03-11", in_china(START + timedelta(days=9), "09:30")),
    ]
    assert count(session, PlanEvent) == 1
    before = session.scalars(select(PlanEvent.data)).one()
    assert (before["title"], before["frequency"], before["opens"]) == ("每日巡查", "daily", "08:00:00")


def test_another_title_makes_nothing_anew(session: Session, admin: Client, checklist: Checklist) -> None:
    plan = write_plan(session, checklist)
    with set_to(in_china(START, "10:00")):
        make(session, plan.id)
        before = [row.id for row in of_plan(session, plan.id)]
        answer = admin.step(f"/v1/plans/{plan.id}/change", terms_body(checklist, title="新名字"))

    assert (answer.status_code, answer.json["title"]) == (200, "新名字")
    assert [row.id for row in of_plan(session, plan.id)] == before
    assert plan.made_until is not None


def test_what_was_given_by_hand_stays_given_where_a_change_asks_for_it(
    session: Session, admin: Client, checklist: Checklist
) -> None:
    plan, colleague_id = write_plan(session, checklist), person("colleague").user_id
    with set_to(in_china(START, "10:00")):
        make(session, plan.id)
        kept, gone = of_plan(session, plan.id)[2:4]
        for row in (kept, gone):
            body = {"worker_id": str(colleague_id), "reason": "他去培训了"}
            assert admin.step(f"/v1/occurrences/{row.id}/reassign", body).status_code == 200
        body = terms_body(checklist, frequency="weekly", days=[3], opens="09:30")
        assert admin.step(f"/v1/plans/{plan.id}/change", body).status_code == 200
        session.expire_all()
        make(session, plan.id)
        rows = of_plan(session, plan.id)
        assert admin.step(f"/v1/plans/{plan.id}/end", {"ends_on": "2026-03-03"}).status_code == 200

    worker_id = person("worker").user_id
    assert [(row.period_on.day, row.worker_id) for row in rows] == [
        (2, worker_id),
        (4, colleague_id),
        (11, worker_id),
    ]
    assert (rows[1].id, rows[1].opens_at) == (kept.id, in_china(START + timedelta(days=2), "09:30"))
    assert [row.period_on.day for row in of_plan(session, plan.id)] == [2]


def test_a_roster_is_checked_by_as_many_queries_however_long(
    connection: Connection, session: Session, admin: Client, checklist: Checklist
) -> None:
    figures = []
    for many in (1, 6):
        posts = [
            {"worker_id": str(person("worker").user_id), "place_id": str(write_place(session).id)}
            for _ in range(many)
        ]
        with set_to(MORNING), statements(connection) as sent:
            assert put_plan(admin, plan_body(checklist, roster=posts)).status_code == 201
        figures.append(len(sent))

    assert figures[0] == figures[1]


def test_a_list_that_a_plan_needs_is_not_retired(
    session: Session, admin: Client, be: Callable[[str], Client], checklist: Checklist
) -> None:
    plan, county = write_plan(session, checklist, area_code=HOME), be("county")
    refusal = county.post(f"/v1/checklists/{checklist.id}/retire")
    assert refused(refusal) == (409, "checklist_planned")
    assert "每日巡查" in refusal.json["title"]
    owner: dict[str, Any] = {"origin_area_code": checklist.area_code, "copied_from_id": checklist.id}
    copy = write_checklist(session, area_code=HOME, code=checklist.code, **owner)
    assert county.post(f"/v1/checklists/{checklist.id}/retire").status_code == 200
    assert put_plan(admin, plan_body(checklist)).status_code == 201
    assert refused(admin.post(f"/v1/checklists/{copy.id}/retire")) == (409, "checklist_planned")
    for one in session.scalars(select(Plan)):
        one.ends_on = business_day() - timedelta(days=1)
    session.commit()

    assert plan.ends_on is not None
    assert admin.post(f"/v1/checklists/{copy.id}/retire").status_code == 200
    assert refused(put_plan(admin, plan_body(checklist))) == (422, "plan_checklist")


def test_a_paused_plan_asks_for_nothing_until_it_goes_on(
    session: Session, admin: Client, checklist: Checklist
) -> None:
    plan = write_plan(session, checklist)
    with set_to(in_china(START, "09:00")):
        make(session, plan.id)
        for paused, left in ((True, 1), (False, 15)):
            answer = admin.step(f"/v1/plans/{plan.id}/change", terms_body(checklist, paused=paused))
            assert (answer.status_code, answer.json["paused"]) == (200, paused)
            session.expire_all()
            make(session, plan.id)
            assert len(of_plan(session, plan.id)) == left, "what has begun stays"


def test_an_end_leaves_what_begins_by_then(session: Session, admin: Client, checklist: Checklist) -> None:
    plan = write_plan(session, checklist)
    with set_to(MORNING):
        make(session, plan.id)
        early = admin.step(f"/v1/plans/{plan.id}/end", {"ends_on": "2026-03-01"})
        done = admin.step(f"/v1/plans/{plan.id}/end", {"ends_on": "2026-03-04"})
        session.expire_all()
        make(session, plan.id)
    with set_to(MORNING + timedelta(days=3)):
        over = admin.step(f"/v1/plans/{plan.id}/end", {"ends_on": "2026-03-09"})
        listed = [admin.get(f"/v1/plans?ended={ended}").json["items"] for ended in ("false", "true")]

    assert (refused(early), done.status_code) == ((422, "plan_end"), 200)
    assert [row.period_on.day for row in of_plan(session, plan.id)] == [2, 3, 4]
    assert refused(over) == (409, "illegal_step")
    assert [[one["id"] for one in items] for items in listed] == [[], [str(plan.id)]]


def test_a_preview_tells_days_places_and_workers(
    session: Session, admin: Client, checklist: Checklist
) -> None:
    write_place(session, name="2号楼")
    plan = write_plan(session, checklist, on_day_off="skip")
    with set_to(MORNING):
        shown = admin.get(f"/v1/plans/{plan.id}/preview?until=2026-03-09")
        far, past = (admin.get(f"/v1/plans/{plan.id}/preview?until=2026-{on}") for on in ("12-31", "03-01"))

    assert shown.json["days"] == [f"2026-03-0{day}" for day in (2, 3, 4, 5, 6, 9)]
    assert [(one["place_name"], one["worker_name"]) for one in shown.json["places"]] == [
        ("1号楼", "worker"),
        ("2号楼", "worker"),
    ]
    assert (shown.json["places_count"], shown.json["more_places"]) == (2, False)
    assert (far.status_code, past.json["errors"]) == (422, {"until": ["只能往后看，请选今天或以后的日期"]})


def test_a_preview_says_which_year_nobody_entered(session: Session, checklist: Checklist) -> None:
    kept, skipped = (write_plan(session, checklist, on_day_off=one) for one in ("keep", "skip"))
    admin, day = acting("admin").as_author(HOME), START.replace(year=LAST_KNOWN + 1)
    with set_to(in_china(day)):
        shown = plans.preview(session, admin, CALENDAR, kept.id, until=day)
        with pytest.raises(HolidaysUnknownError):
            plans.preview(session, admin, CALENDAR, skipped.id, until=day)

    assert shown.days == [day]


def test_what_comes_before_an_unknown_year_is_made(session: Session, checklist: Checklist) -> None:
    plan = write_plan(session, checklist, on_day_off="skip")
    with set_to(in_china(LAST_MONDAY, "06:00")):
        made, unknown = plans.make(session, CALENDAR, plan.id)

    assert (made, unknown) == (4, LAST_KNOWN + 1)
    made_last = session.scalars(select(Occurrence.period_on).order_by(Occurrence.period_on.desc())).first()
    assert made_last == LAST_MONDAY.replace(day=31)


def test_officers_read_plans_and_make_none(
    be: Callable[[str], Client], session: Session, checklist: Checklist
) -> None:
    plan = write_plan(session, checklist)

    assert be("county").get("/v1/plans").json["items"][0]["id"] == str(plan.id)
    assert be("far_county").get("/v1/plans").json["items"] == []
    assert refused(put_plan(be("county"), plan_body(checklist))) == (403, "forbidden")


def test_a_plan_that_waits_for_holidays_is_tried_once_an_hour(session: Session, checklist: Checklist) -> None:
    plan, at = write_plan(session, checklist, on_day_off="skip"), in_china(LAST_MONDAY)
    due = []
    for minutes in (0, 1, 59, 60):
        with set_to(at + timedelta(minutes=minutes)):
            due.append(plans.plans_to_make(session, limit=10))
            if due[-1]:
                make(session, plan.id)

    assert due == [[plan.id], [], [], [plan.id]]


def test_admins_are_told_once_a_day_of_places_that_a_plan_leaves_out(
    session: Session, checklist: Checklist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.plans.making.MOST_PLACES", 1)
    plan = write_plan(session, checklist)
    write_place(session, name="3号楼")
    for hour in ("07:00", "08:00"):
        with set_to(in_china(START, hour)):
            make(session, plan.id)

    notice = session.scalars(select(Notice).where(Notice.kind == NoticeKind.OCCURRENCES)).one()
    assert notice.user_id == person("admin").user_id
    assert (notice.data["what"], notice.data["count"]) == ("places_left_out", 1)


def test_a_list_of_plans_leaves_places_and_rosters_to_the_plan(
    session: Session, admin: Client, checklist: Checklist
) -> None:
    plan = write_plan(session, checklist)

    [listed] = admin.get("/v1/plans").json["items"]
    whole = admin.get(f"/v1/plans/{plan.id}").json
    assert whole.keys() - listed.keys() == {"place_ids", "roster"}
