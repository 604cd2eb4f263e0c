"""Evidence resolves occurrences; people are given them and stand in for each other."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, selectinload

from app.clock import set_to
from app.ids import new_id
from app.models import Checklist, Plan
from tests.cast import HOME
from tests.checklist_world import copy_of, published
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import BLOCK, file, inspection_body, write_checklist
from tests.plan_world import (
    START,
    filed,
    in_china,
    make,
    of_plan,
    plan_body,
    put_plan,
    write_place,
    write_plan,
)


def states(shown: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(one["period_on"], one["state"], one["on_time"]) for one in shown["occurrences"]]


def listed(client: Client, at: datetime, query: str = "") -> list[tuple[str, str]]:
    with set_to(at):
        answer = client.get(f"/v1/occurrences?limit=100{query}")
    assert answer.status_code == 200, answer.text
    return [(one["period_on"], one["state"]) for one in answer.json["items"]]


@pytest.mark.parametrize(
    "at, expected",
    [
        ("07:59", []),
        ("08:00", [("2026-03-02", "done", True)]),
        ("18:00", [("2026-03-02", "done", True)]),
        ("18:01", [("2026-03-02", "done", False)]),
        ("19:59", [("2026-03-02", "done", False)]),
        ("20:00", [("2026-03-02", "missed", False)]),
    ],
)
def test_an_inspection_of_the_window_resolves_it(
    session: Session, worker: Client, plan: Plan, checklist: Checklist, at: str, expected: list[Any]
) -> None:
    shown = filed(worker, checklist, in_china(START, at))

    assert states(shown) == expected
    assert worker.get(f"/v1/inspections/{shown['id']}").json == shown
    row = of_plan(session, plan.id)[0]
    done = bool(expected) and expected[0][1] == "done"
    assert (row.inspection_id is not None, row.done_at is not None) == (done, done)


@pytest.mark.usefixtures("plan")
def test_another_checklist_or_place_resolves_nothing(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    other, at = write_checklist(session), in_china(START, "09:00")
    elsewhere = write_place(session)

    assert states(filed(worker, other, at)) == []
    assert states(filed(worker, checklist, at, place_id=str(elsewhere.id))) == []


@pytest.mark.usefixtures("plan")
def test_another_version_of_the_list_resolves_it(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    newer = write_checklist(session, code=checklist.code, version=2)

    assert states(filed(worker, newer, in_china(START, "09:00"))) == [("2026-03-02", "done", True)]


@pytest.mark.parametrize("planned", ["above", "copy"])
@pytest.mark.parametrize("used", ["above", "copy"])
def test_a_list_and_its_copy_resolve_for_each_other(
    session: Session, worker: Client, admin: Client, checklist: Checklist, planned: str, used: str
) -> None:
    with set_to(in_china(START, "05:00")):
        made = published(admin, copy_of(checklist, title="我们的"))
    whole = select(Checklist).where(Checklist.id == UUID(made["id"])).options(selectinload(Checklist.items))
    copy = session.scalars(whole).one()
    assert (made["area_code"], copy.owner) == (HOME, checklist.area_code)
    lists = {"above": checklist, "copy": copy}
    with set_to(in_china(START, "06:00")):
        plan = put_plan(admin, plan_body(lists[planned]))
        assert plan.status_code == 201, plan.text
        make(session, UUID(plan.json["id"]))

    shown = filed(worker, lists[used], in_china(START, "09:00"))

    assert states(shown) == [("2026-03-02", "done", True)]


def test_a_list_of_the_same_code_that_is_no_copy_resolves_nothing(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    own = write_checklist(session, area_code=HOME, code=checklist.code)
    with set_to(in_china(START, "06:00")):
        make(session, write_plan(session, checklist).id)

    assert states(filed(worker, own, in_china(START, "09:00"))) == []


@pytest.mark.usefixtures("plan")
def test_what_arrives_five_days_later_was_on_time(
    worker: Client, admin: Client, checklist: Checklist
) -> None:
    captured, arrives = in_china(START, "09:00"), in_china(START + timedelta(days=5), "12:00")
    before = listed(admin, arrives, "&state=missed")

    shown = filed(worker, checklist, captured, arrives=arrives)

    assert ("2026-03-02", "missed") in before
    assert states(shown) == [("2026-03-02", "done", True)]
    assert ("2026-03-02", "missed") not in listed(admin, arrives, "&state=missed")


@pytest.mark.usefixtures("plan")
def test_a_clock_that_is_not_believed_counts_when_it_arrives(worker: Client, checklist: Checklist) -> None:
    captured, arrives = in_china(START, "09:00"), in_china(START + timedelta(days=8), "09:00")

    shown = filed(worker, checklist, captured, arrives=arrives)

    assert (shown["clock_flag"], states(shown)[-1]) == ("stale", ("2026-03-10", "done", True))


@pytest.mark.usefixtures("plan")
def test_a_missed_one_is_filed_late_with_a_reason(
    worker: Client, admin: Client, checklist: Checklist
) -> None:
    next_day = in_china(START + timedelta(days=1), "09:00")
    silent = filed(worker, checklist, next_day)
    again = filed(worker, checklist, next_day + timedelta(hours=1), late_reason="昨天停电了")

    assert states(silent) == [("2026-03-02", "missed", False), ("2026-03-03", "done", True)]
    assert states(again) == [("2026-03-02", "late", False)]
    assert again["late_reason"] == "昨天停电了"
    with set_to(next_day):
        shown = admin.get(f"/v1/occurrences/{again['occurrences'][0]['id']}").json
    assert (shown["state"], shown["late_reason"], shown["inspection_id"]) == (
        "late",
        "昨天停电了",
        again["id"],
    )


@pytest.mark.usefixtures("plan")
def test_evidence_of_the_window_beats_a_late_filing(worker: Client, checklist: Checklist) -> None:
    arrives = in_china(START + timedelta(days=1), "07:00")
    late = filed(worker, checklist, arrives, late_reason="手机没电")
    real = filed(worker, checklist, in_china(START, "09:00"), arrives=arrives)

    assert (states(late), states(real)) == (
        [("2026-03-02", "late", False)],
        [("2026-03-02", "done", True)],
    )


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_arrival_is_all_one(
    session: Session, worker: Client, plan: Plan, checklist: Checklist, order: Sequence[int]
) -> None:
    captured = [
        in_china(START, "19:00"),
        in_china(START, "09:00"),
        in_china(START + timedelta(days=1), "09:00"),
    ]
    for which in order:
        filed(worker, checklist, captured[which], arrives=in_china(START + timedelta(days=3)))

    rows = of_plan(session, plan.id)
    assert [row.done_at for row in rows[:3]] == [captured[1], captured[2], None]
    assert [row.on_time for row in rows[:3]] == [True, True, None]


@pytest.mark.usefixtures("plan")
def test_the_same_inspection_again_is_the_same_answer(worker: Client, checklist: Checklist) -> None:
    inspection_id, at = new_id(), in_china(START + timedelta(days=1), "09:00")
    body = inspection_body(checklist, captured_at=at.isoformat())
    with set_to(at):
        first, again = file(worker, body, inspection_id), file(worker, body, inspection_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert len(first.json["occurrences"]) == 2


@pytest.mark.usefixtures("plan")
def test_resolving_takes_one_statement(connection: Connection, worker: Client, checklist: Checklist) -> None:
    with statements(connection) as sent:
        filed(worker, checklist, in_china(START, "09:00"))

    assert len([one for one in sent if "occurrences" in one]) == 1


@pytest.mark.usefixtures("plan")
def test_states_of_the_list_are_those_of_the_rows(
    admin: Client, worker: Client, checklist: Checklist
) -> None:
    filed(worker, checklist, in_china(START, "09:00"))
    at = in_china(START + timedelta(days=2), "18:30")
    filed(worker, checklist, at - timedelta(hours=12), late_reason="昨天下雨")

    everything = listed(admin, at)
    by_state = {
        state: [row for row in everything if row[1] == state]
        for state in ("upcoming", "open", "overdue", "missed", "done", "late")
    }

    assert {state: listed(admin, at, f"&state={state}") for state in by_state} == by_state
    assert [len(by_state[one]) for one in by_state] == [12, 0, 1, 0, 1, 1]
    assert listed(admin, at, "&since=2026-03-04&until=2026-03-04") == [("2026-03-04", "overdue")]
    assert listed(admin, at, "&worker=me") == []
    assert listed(worker, at, "&worker=me&state=overdue") == [("2026-03-04", "overdue")]


@pytest.mark.usefixtures("plan")
def test_the_list_goes_on_where_it_stopped(admin: Client) -> None:
    first = admin.get("/v1/occurrences?limit=10").json
    rest = admin.get(f"/v1/occurrences?limit=10&cursor={first['next_cursor']}").json

    ids = [one["id"] for one in first["items"] + rest["items"]]
    assert (len(set(ids)), rest["next_cursor"]) == (15, None)


@pytest.mark.usefixtures("plan")
def test_the_list_asks_no_more_for_more_rows(
    connection: Connection,
    admin: Client,
) -> None:
    counts = []
    for limit in (1, 15):
        with statements(connection) as sent:
            assert len(admin.get(f"/v1/occurrences?limit={limit}").json["items"]) == limit
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_nobody_ticks_one_off(session: Session, admin: Client, plan: Plan) -> None:
    row = of_plan(session, plan.id)[0]

    for verb in ("done", "complete", "excuse", "resolve"):
        assert admin.step(f"/v1/occurrences/{row.id}/{verb}").status_code == 404
    assert row.place_id == BLOCK
