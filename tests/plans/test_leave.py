"""Who is on leave gets no work for those days, once, and with somebody else who stands in."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import set_to
from app.ids import new_id
from app.models import Absence, AbsenceReason, Grant, HazardStatus, Plan
from tests.cast import GRID, HOME, named, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import refused, write_hazard, write_unit
from tests.plan_world import MORNING, START, away, of_plan

WORKER, COLLEAGUE, ADMIN = (person(name).user_id for name in ("worker", "colleague", "admin"))


def write_absence(session: Session, day: int, *, substitute_id: UUID) -> None:
    """Let the worker be away for one day of the plan."""
    row = Absence(id=new_id(), area_code=HOME, worker_id=WORKER, substitute_id=substitute_id)
    row.from_on = row.until_on = START + timedelta(days=day)
    row.reason, row.recorded_by, row.created_at, row.content_hash = AbsenceReason.LEAVE, ADMIN, MORNING, b""
    session.add(row)
    session.commit()


def test_nothing_is_given_to_who_is_away_on_its_day(session: Session, admin: Client, plan: Plan) -> None:
    """The refusal names the days and who stands in."""
    away(admin, 1, 2)
    body = {"worker_id": str(WORKER), "reason": "他熟悉"}
    rows = of_plan(session, plan.id)
    with set_to(MORNING):
        given = [admin.step(f"/v1/occurrences/{row.id}/reassign", body) for row in rows[1:4]]

    assert [one.status_code for one in given] == [409, 409, 200]
    assert refused(given[0]) == (409, "absent")
    assert given[0].json["title"] == "选的人2026-03-03到2026-03-04请假，由colleague顶班，请交给在岗的人"


@pytest.mark.parametrize("days, status", [(3, 409), (4, 200)])
def test_a_hazard_is_given_to_who_is_back_before_its_deadline(
    session: Session, admin: Client, days: int, status: int
) -> None:
    away(admin, 0, 3)
    with set_to(MORNING):
        hazard = write_hazard(session, HazardStatus.ACCEPTED)
        due_at = (MORNING + timedelta(days=days)).isoformat()
        body = {"assignee_id": str(WORKER), "due_at": due_at}
        given = admin.step(f"/v1/hazards/{hazard.id}/assign", body)

    assert given.status_code == status, given.text
    assert status == 200 or given.json["code"] == "absent"


@pytest.mark.parametrize("second, status", [((2, 3), 409), ((3, 4), 200)])
def test_two_absences_in_a_row_are_one_for_whoever_gives_a_hazard(
    session: Session, admin: Client, second: tuple[int, int], status: int
) -> None:
    """A day between them is one on which he can do it."""
    away(admin, 0, 1)
    away(admin, *second, substitute_id=str(ADMIN))
    with set_to(MORNING):
        hazard = write_hazard(session, HazardStatus.ACCEPTED)
        body = {"assignee_id": str(WORKER), "due_at": (MORNING + timedelta(days=3)).isoformat()}
        given = admin.step(f"/v1/hazards/{hazard.id}/assign", body)

    assert given.status_code == status, given.text
    title = "选的人2026-03-02到2026-03-05请假，由colleague、admin顶班，请交给在岗的人"
    assert status == 200 or given.json["title"] == title


@pytest.mark.parametrize("colleagues, status", [((0, 1), 409), ((0, 0), 200), (None, 200)])
def test_a_hazard_is_given_to_a_unit_of_which_somebody_is_there(
    session: Session, admin: Client, colleagues: tuple[int, int] | None, status: int
) -> None:
    """On one day before its deadline at least; what somebody without a field role does there is nothing."""
    away(admin, 0, 0, substitute_id=str(ADMIN))
    away(admin, 1, 3, substitute_id=str(ADMIN))
    if colleagues is not None:
        away(admin, *colleagues, worker_id=str(COLLEAGUE), substitute_id=str(ADMIN))
    with set_to(MORNING):
        unit = write_unit(session, WORKER, COLLEAGUE, person("resident").user_id)
        hazard = write_hazard(session, HazardStatus.ACCEPTED)
        body = {"unit_id": str(unit.id), "due_at": (MORNING + timedelta(days=1)).isoformat()}
        given = admin.step(f"/v1/hazards/{hazard.id}/assign", body)

    assert given.status_code == status, given.text
    if status == 409:
        assert (given.json["code"], list(given.json["errors"])) == ("absent", ["unit_id"])
        assert given.json["title"] == "选的人2026-03-02到2026-03-05请假，由admin顶班，请交给在岗的人"


def test_whoever_is_there_in_the_end_is_named(session: Session, admin: Client) -> None:
    """Not a substitute who is away himself: the work cannot go to him either."""
    away(admin, 0, 3)
    away(admin, 0, 3, worker_id=str(COLLEAGUE), substitute_id=str(ADMIN))
    with set_to(MORNING):
        hazard = write_hazard(session, HazardStatus.ACCEPTED)
        body = {"assignee_id": str(WORKER), "due_at": (MORNING + timedelta(days=1)).isoformat()}
        given = admin.step(f"/v1/hazards/{hazard.id}/assign", body)

    assert given.json["title"] == "选的人2026-03-02到2026-03-05请假，由admin顶班，请交给在岗的人"


def test_only_some_of_those_who_stand_in_are_named(session: Session, admin: Client) -> None:
    for day, name in enumerate(("colleague", "admin", "lead", "clerk")):
        write_absence(session, day, substitute_id=person(name).user_id)
    with set_to(MORNING):
        hazard = write_hazard(session, HazardStatus.ACCEPTED)
        body = {"assignee_id": str(WORKER), "due_at": (MORNING + timedelta(days=3)).isoformat()}
        given = admin.step(f"/v1/hazards/{hazard.id}/assign", body)

    assert given.json["title"].split("，")[1] == "由colleague、admin、lead等4人顶班"


def test_whoever_gives_a_hazard_waits_for_who_enters_an_absence(
    session: Session, connection: Connection, admin: Client
) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    with statements(connection) as sent:
        given = admin.step(f"/v1/hazards/{hazard.id}/assign", {"assignee_id": str(WORKER)})
    kept, read = (
        [place for place, one in enumerate(sent) if words in one] for words in ("FOR SHARE", "FROM absences")
    )

    assert given.status_code == 200, given.text
    assert kept, "the absences are not kept as they are"
    assert kept[0] < read[0]


def test_nobody_stands_in_for_himself(admin: Client) -> None:
    answer = away(admin, substitute_id=str(WORKER))
    longer = away(admin, area_code=GRID)

    assert (refused(answer), list(answer.json["errors"])) == ((422, "own_stand_in"), ["substitute_id"])
    assert longer.json["errors"] == {"area_code": ["请填12位的社区代码"]}


def test_nobody_is_away_twice_on_a_day(admin: Client) -> None:
    first = away(admin, 1, 3)
    second = away(admin, 3, 5)
    beside = away(admin, 4, 5)

    assert (first.status_code, beside.status_code) == (201, 201)
    assert refused(second) == (409, "absence_overlaps")
    assert "2026-03-03到2026-03-05" in second.json["title"]
    with set_to(MORNING):
        admin.post(f"/v1/absences/{first.json['id']}/end")
    assert away(admin, 1, 3).status_code == 201


def test_a_worker_reads_by_which_he_is_away_or_stands_in_and_offices_read_all(
    session: Session, be: Callable[[str], Client], admin: Client
) -> None:
    """His day names whose work he does, and until when he is away himself."""
    session.get_one(Grant, named("grant colleague")).area_code = GRID
    session.commit()
    first = away(admin, 0, 3).json
    other = away(admin, 0, 1, worker_id=str(ADMIN), substitute_id=str(COLLEAGUE)).json
    shown = {}
    for name in ("worker", "colleague", "admin", "county", "far_worker"):
        answer = be(name).get("/v1/absences")
        shown[name] = {one["id"] for one in answer.json["items"]}
    with set_to(MORNING):
        days = [be(name).get("/v1/me/today").json for name in ("worker", "colleague")]

    both = {first["id"], other["id"]}
    assert shown == {
        "worker": {first["id"]},
        "colleague": both,
        "admin": both,
        "county": both,
        "far_worker": set(),
    }
    assert [(day["stands_in_for"], day["away_until"]) for day in days] == [
        ([], "2026-03-05"),
        (["admin", "worker"], None),
    ]
