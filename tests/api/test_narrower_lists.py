"""Offices narrow lists to an area, a worker, what shows little presence, and whom nobody satisfied."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import set_to
from app.ids import new_id
from app.models import HazardStatus, Inspection, Presence
from tests.cast import FAR, GRID, HOME, NEXT, named, person
from tests.client import Client
from tests.hazard_world import file, inspection_body, problem, refused, write_checklist, write_hazard
from tests.plan_world import START, in_china, make, write_place, write_plan

WORKER, COLLEAGUE = person("worker").user_id, person("colleague").user_id


def found(client: Client, path: str) -> set[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json["items"]}


@pytest.fixture
def inspected(session: Session, be: Any) -> dict[str, str]:
    """Give the inspections of two workers of one grid; the colleague's found a problem, corrected at once."""
    checklist, ids = write_checklist(session), {}
    for name in ("worker", "colleague"):
        inspection_id = new_id()
        odd = {"_1": problem(corrected=True)} if name == "colleague" else {}
        assert file(be(name), inspection_body(checklist, **odd), inspection_id).status_code == 201
        ids[name] = str(inspection_id)
    session.get_one(Inspection, ids["colleague"]).presence = Presence.CONFIRMED
    session.commit()
    return ids


@pytest.mark.parametrize(
    "query, names",
    [
        (f"worker_id={WORKER}", {"worker"}),
        (f"worker_id={COLLEAGUE}", {"colleague"}),
        (f"area_code={HOME}", {"worker", "colleague"}),
        (f"area_code={NEXT}", set()),
        (f"area_code={FAR}", set()),
        ("presence=confirmed", {"colleague"}),
        ("presence=unverified", {"worker"}),
        ("problems=true", {"colleague"}),
        ("problems=false", {"worker"}),
        (f"problems=true&worker_id={WORKER}", set()),
        (f"area_code={GRID}&worker_id={COLLEAGUE}&presence=confirmed", {"colleague"}),
    ],
)
def test_inspections_are_narrowed(be: Any, inspected: dict[str, str], query: str, names: set[str]) -> None:
    wanted = {inspected[name] for name in names}

    assert found(be("county"), f"/v1/inspections?{query}") == wanted


def test_a_workers_list_is_not_widened_by_asking_for_another(be: Any, inspected: dict[str, str]) -> None:
    assert inspected
    assert found(be("far_worker"), f"/v1/inspections?worker_id={WORKER}") == set()
    assert found(be("far_worker"), f"/v1/occurrences?worker_id={WORKER}") == set()
    for path in ("inspections", "occurrences"):
        answer = be("county").get(f"/v1/{path}?worker=me&worker_id={WORKER}")
        assert refused(answer) == (422, "invalid")
        assert list(answer.json["errors"]) == ["worker_id"]


def test_occurrences_are_narrowed(session: Session, be: Any) -> None:
    beside = write_place(session, NEXT)
    checklist, days = write_checklist(session), "since=2026-03-02&until=2026-03-02"
    plans = [write_plan(session, checklist), write_plan(session, checklist, area_code=NEXT)]
    with set_to(in_china(START, "06:00")):
        for plan in plans:
            make(session, plan.id)
    county = be("county")

    def places(query: str) -> set[str]:
        items = county.get(f"/v1/occurrences?{days}&{query}").json["items"]
        return {one["place_id"] for one in items}

    block = str(named("block"))
    assert {block, str(beside.id)} < places("")
    assert places(f"area_code={HOME}") == places(f"worker_id={WORKER}") == {block}
    assert places(f"area_code={NEXT}") == places("") - {block}
    assert places(f"area_code={FAR}") == places(f"worker_id={COLLEAGUE}") == set()


def test_hazards_and_their_figures_are_narrowed_to_the_dissatisfied(session: Session, be: Any) -> None:
    closed = [write_hazard(session, HazardStatus.CLOSED, satisfaction=faces) for faces in (1, 2, None)]
    admin = be("admin")

    assert found(admin, "/v1/hazards?satisfaction=1") == {str(closed[0].id)}
    assert admin.get("/v1/hazards/counts?satisfaction=1").json["total"] == 1
    assert refused(admin.get("/v1/hazards?satisfaction=4")) == (422, "invalid")


def test_what_comes_back_is_narrowed_and_says_when_it_was_cut(session: Session, be: Any) -> None:
    for _ in range(101):
        write_hazard(session, place_id=write_place(session, HOME).id, area_code=HOME, recurrences=1)
    write_hazard(session, recurrences=1)
    path, admin = "/v1/hazards/recurrences?by=place", be("admin")

    whole, grid = admin.get(path).json, admin.get(f"{path}&area_code={GRID}").json

    assert (len(whole["items"]), whole["more"]) == (100, True)
    assert ([one["area_code"] for one in grid["items"]], grid["more"]) == ([GRID], False)
    assert admin.get(f"{path}&area_code={FAR}").json == {"items": [], "more": False}


@pytest.mark.parametrize("others, more", [(20, False), (21, True)])
def test_what_is_near_says_when_it_was_cut(session: Session, be: Any, others: int, *, more: bool) -> None:
    report = write_hazard(session)
    for _ in range(others):
        write_hazard(session)

    near = be("admin").get(f"/v1/hazards/{report.id}/nearby").json

    assert (len(near["items"]), near["more"]) == (20, more)


@pytest.mark.parametrize(
    "who, path, name",
    [
        ("admin", "hazards", "reported_"),
        ("admin", "hazards", "closed_"),
        ("admin", "hazards/counts", "closed_"),
        ("admin", "hazards/map", "reported_"),
        ("admin", "inspections", ""),
        ("admin", "occurrences", ""),
        ("auditor", "audit", ""),
    ],
)
def test_a_span_that_ends_before_it_begins_is_refused(be: Any, who: str, path: str, name: str) -> None:
    """It would be a list of nothing, which reads as if nothing had been there."""
    early, late = "2026-11-01", "2026-11-02"
    if path in {"inspections", "occurrences"}:
        spans = [(early, early), (late, early)]
    else:
        spans = [(f"{early}T08:00:00Z", f"{early}T08:00:00Z"), (f"{late}T08:00:00Z", f"{early}T08:00:00Z")]

    right, wrong = (
        be(who).get(f"/v1/{path}?{name}since={since}&{name}until={until}") for since, until in spans
    )

    assert (right.status_code, wrong.status_code) == (200, 422), right.text
    assert wrong.json["errors"] == {f"{name}until": ["结束时间比开始时间早，请改一下"]}


def test_nor_is_the_ledger_taken_out_for_such_a_span(be: Any) -> None:
    span = {"closed_since": "2026-11-02T08:00:00Z", "closed_until": "2026-11-01T08:00:00Z"}

    answer = be("admin").put(
        f"/v1/hazard-exports/{new_id()}", json={"area_code": HOME, "purpose": "季度归档", **span}
    )

    assert refused(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == ["closed_until"]
