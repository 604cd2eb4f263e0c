"""Units: made, changed, given a hazard that any of them starts, told and reminded together."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import hazards
from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    Grant,
    Hazard,
    HazardStatus,
    Notice,
    NoticeKind,
    RectificationNotice,
    Unit,
)
from tests.cast import HOME, NEXT, person
from tests.client import Answer, Client
from tests.counting import statements
from tests.hazard_world import Take, done, refused, write_hazard, write_unit

Be = Callable[[str], Client]
WORKER, COLLEAGUE, LEAD = (person(name).user_id for name in ("worker", "colleague", "lead"))


def given(session: Session, unit: Unit, **more: Any) -> Hazard:
    """Write a hazard that the unit has and nobody started."""
    return write_hazard(session, HazardStatus.ASSIGNED, assignee_id=None, unit_id=unit.id, **more)


def body(**more: Any) -> dict[str, Any]:
    return {
        "area_code": HOME,
        "name": "物业维修班",
        "kind": "company",
        "member_ids": [str(WORKER), str(COLLEAGUE)],
        **more,
    }


def put(client: Client, **more: Any) -> Answer:
    return client.put(f"/v1/units/{new_id()}", json=body(**more))


def told(session: Session, kind: NoticeKind, hazard: Hazard) -> list[UUID]:
    query = select(Notice).where(Notice.kind == kind).order_by(Notice.user_id)
    return [row.user_id for row in session.scalars(query) if row.data.get("hazard_id") == str(hazard.id)]


def both() -> list[UUID]:
    return sorted([WORKER, COLLEAGUE])


def listed(client: Client, **query: str) -> list[str]:
    return [row["id"] for row in client.get("/v1/hazards", query_string=query).json["items"]]


def test_a_unit_is_made_and_listed_with_its_members(be: Be) -> None:
    made = put(be("admin"))

    assert made.status_code == 201, made.text
    assert sorted(one["name"] for one in made.json["members"]) == ["colleague", "worker"]
    assert made.json in be("admin").get("/v1/units").json["items"]


@pytest.mark.parametrize("name", ["clerk", "resident", "far_worker"])
def test_whoever_has_no_field_post_there_is_no_member(be: Be, name: str) -> None:
    answer = put(be("admin"), member_ids=[str(WORKER), str(person(name).user_id)])

    assert refused(answer) == (422, "unit_member_unfit")


def test_a_changed_unit_has_other_members_and_an_ended_one_changes_no_more(be: Be, unit: Unit) -> None:
    admin, path = be("admin"), f"/v1/units/{unit.id}/change"

    changed = admin.step(path, {"name": "抢修班", "member_ids": [str(LEAD)]})
    ended = admin.step(path, {"name": "抢修班", "member_ids": [str(LEAD)], "ended": True})

    assert (changed.json["name"], [one["name"] for one in changed.json["members"]]) == ("抢修班", ["lead"])
    assert ended.json["ended_at"] is not None
    again = admin.step(path, {"name": "维修班", "member_ids": [str(LEAD)]})
    assert refused(again) == (409, "illegal_step")


def test_a_member_without_a_post_any_more_keeps_no_change_away(be: Be, session: Session, unit: Unit) -> None:
    session.execute(update(Grant).where(Grant.user_id == COLLEAGUE).values(area_code=NEXT))
    session.commit()
    members = [str(WORKER), str(COLLEAGUE)]

    answer = be("admin").step(f"/v1/units/{unit.id}/change", {"name": "新名字", "member_ids": members})

    assert answer.status_code == 200, answer.text


def test_units_are_listed_with_as_many_queries_however_many_they_are(be: Be, session: Session) -> None:
    admin = be("admin")
    write_unit(session)
    with statements(session.connection()) as few:
        admin.get("/v1/units")
    for _ in range(5):
        write_unit(session)
    with statements(session.connection()) as many:
        admin.get("/v1/units")

    assert len(many) == len(few)


def test_a_hazard_given_to_a_unit_is_told_to_each_of_it_and_found_as_his_own(
    be: Be, session: Session, take: Take, unit: Unit
) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)

    shown = done(take("admin", hazard, "assign", unit_id=str(unit.id)))

    assert (shown["assignee_id"], shown["unit_id"], shown["unit_name"]) == (None, str(unit.id), "维修班")
    assert shown["events"][-1]["assignee_name"] == "维修班"
    assert told(session, NoticeKind.HAZARD_ASSIGNED, hazard) == both()
    assert str(hazard.id) in listed(be("worker"), assignee="me")
    assert str(hazard.id) in listed(be("admin"), unit_id=str(unit.id))
    assert str(hazard.id) not in listed(be("lead"), assignee="me")
    assert "start" in be("colleague").get(f"/v1/hazards/{hazard.id}").json["allowed"]


def test_whoever_starts_has_it_then_and_the_others_no_more(
    be: Be, session: Session, take: Take, unit: Unit
) -> None:
    hazard = given(session, unit)

    shown = done(take("colleague", hazard, "start"))

    assert (shown["assignee_id"], shown["unit_name"]) == (str(COLLEAGUE), "维修班")
    assert refused(take("worker", hazard, "rectify", note="清走了")) == (403, "not_assignee")
    assert str(hazard.id) not in listed(be("worker"), assignee="me")
    done(take("colleague", hazard, "rectify", note="清走了"))


def test_who_is_not_of_the_unit_does_not_start(session: Session, take: Take, unit: Unit) -> None:
    assert refused(take("lead", given(session, unit), "start"))[1] in {"not_assignee", "not_found"}
    assert refused(take("admin", given(session, unit), "start")) == (403, "not_assignee")


def test_a_failed_recheck_gives_it_to_all_of_the_unit_again(session: Session, take: Take, unit: Unit) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFIED, unit_id=unit.id, due_at=now())

    shown = done(take("admin", hazard, "verify", passed=False, note="还有纸箱"))

    assert (shown["status"], shown["assignee_id"], shown["unit_id"]) == ("assigned", None, str(unit.id))
    assert told(session, NoticeKind.HAZARD_ASSIGNED, hazard) == both()
    done(take("colleague", hazard, "start"))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"assignee_id": str(WORKER), "unit_id": str(new_id())},
    ],
)
def test_a_hazard_is_given_to_one_of_the_two(session: Session, take: Take, sent: dict[str, str]) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)

    assert take("admin", hazard, "assign", **sent).status_code == 422


def test_the_table_holds_one_of_the_two(session: Session, unit: Unit) -> None:
    for both_or_none in ({"unit_id": unit.id}, {"assignee_id": None}):
        with pytest.raises(IntegrityError, match="one_assignee"):
            write_hazard(session, HazardStatus.ASSIGNED, **both_or_none)
        session.rollback()


def test_a_unit_that_nobody_could_start_for_gets_nothing(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    for unit in (
        write_unit(session, ended_at=now()),
        write_unit(session, area_code=NEXT),
        write_unit(session, person("far_worker").user_id),
    ):
        assert refused(take("admin", hazard, "assign", unit_id=str(unit.id))) == (422, "unit_unfit")


def test_a_hazard_goes_from_a_unit_to_a_person_and_back(session: Session, take: Take, unit: Unit) -> None:
    hazard = given(session, unit)
    why = {"note": "换人"}

    stale = take("admin", hazard, "assign", assignee_id=str(WORKER), former_id=str(COLLEAGUE), **why)
    shown = done(take("admin", hazard, "assign", assignee_id=str(WORKER), former_id=str(unit.id), **why))

    assert refused(stale) == (409, "assignee_changed")
    assert (shown["assignee_id"], shown["unit_id"]) == (str(WORKER), None)
    assert shown["events"][-1]["former_name"] == "维修班"
    assert told(session, NoticeKind.HAZARD_STEP, hazard).count(COLLEAGUE) == 1
    back = done(take("admin", hazard, "assign", unit_id=str(unit.id), former_id=str(WORKER), **why))
    assert (back["assignee_id"], back["unit_id"]) == (None, str(unit.id))
    same = take("admin", hazard, "assign", unit_id=str(unit.id), former_id=str(unit.id), **why)
    assert refused(same) == (409, "same_assignee")


def test_all_of_a_unit_are_reminded_while_nobody_started(session: Session, take: Take, unit: Unit) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    due = now() + timedelta(days=10)
    done(take("admin", hazard, "assign", unit_id=str(unit.id), due_at=due.isoformat()))

    with set_to(now() + timedelta(days=8, minutes=1)):
        hazards.take_alarms(session, limit=100)
        session.commit()

    reminded = told(session, NoticeKind.HAZARD_ALARM, hazard)
    assert reminded == sorted([*both(), person("admin").user_id])


@pytest.mark.parametrize("how", ["posts", "ended"])
def test_it_is_taken_back_once_nobody_of_the_unit_could_start(session: Session, unit: Unit, how: str) -> None:
    hazard = given(session, unit)
    posts = update(Grant).values(area_code=NEXT)
    session.execute(posts.where(Grant.user_id == WORKER))
    hazards.unassign(session, limit=200)
    session.refresh(hazard)
    assert hazard.status is HazardStatus.ASSIGNED, "colleague is there yet"

    if how == "posts":
        session.execute(posts.where(Grant.user_id == COLLEAGUE))
    else:
        session.execute(update(Unit).where(Unit.id == unit.id).values(ended_at=now()))
    hazards.unassign(session, limit=200)

    session.refresh(hazard)
    assert (hazard.status, hazard.unit_id) == (HazardStatus.ACCEPTED, None)


def test_a_notice_of_rectification_goes_to_the_unit(be: Be, session: Session, unit: Unit) -> None:
    hazard = given(session, unit)

    answer = be("admin").step(f"/v1/hazards/{hazard.id}/notice", {"contact": "社区办公室"})

    assert answer.json["addressee"] == "维修班"
    assert session.scalars(select(RectificationNotice.addressee)).all() == ["维修班"]


def test_nobodys_number_stands_in_a_units_name_or_on_its_notice(be: Be, session: Session) -> None:
    """Nor where it was written into the name before that was refused."""
    unit = write_unit(session, name="维修班13812345678")
    hazard = given(session, unit)
    notice = be("admin").step(f"/v1/hazards/{hazard.id}/notice", {"contact": "社区办公室"})
    change = {"name": "老陈13812345678", "member_ids": [str(WORKER)], "ended": False}
    kept = be("admin").step(f"/v1/units/{unit.id}/change", change | {"name": unit.name})
    refusals = [
        put(be("admin"), name="维修班13812345678"),
        be("admin").step(f"/v1/units/{unit.id}/change", change),
    ]

    assert "13812345678" not in notice.json["addressee"]
    assert kept.status_code == 200, "one who is no more of it is taken out all the same"
    assert [(one.status_code, one.json["code"]) for one in refusals] == [(422, "number_in_name")] * 2
    assert all("name" in one.json["errors"] for one in refusals)


def test_more_time_is_asked_for_by_one_of_the_unit_and_granted_by_nobody_of_it(
    session: Session, take: Take
) -> None:
    unit = write_unit(session, WORKER, person("admin").user_id)
    hazard = given(session, unit)
    until = (hazard.due_at + timedelta(days=5)).date().isoformat() if hazard.due_at else ""

    done(take("worker", hazard, "ask-extension", until=until, reason="等材料"))

    assert refused(take("admin", hazard, "grant-extension")) == (403, "own_extension")
