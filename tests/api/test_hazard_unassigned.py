"""Hazards of somebody who has no post any more: taken back, told, given out anew."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import hazards
from app.actors import Role
from app.clock import now
from app.ids import new_id
from app.models import Grant, Hazard, HazardStatus, Notice, NoticeKind, User
from tests.cast import HOME, LONG_AGO, NEXT, named, person
from tests.client import Client
from tests.hazard_world import FIVE_FIXED, Take, done, refused, steps, write_hazard

Be = Callable[[str], Client]
WORKER, COLLEAGUE = person("worker").user_id, person("colleague").user_id
OF_WORKER = update(Grant).where(Grant.user_id == WORKER)


def taken_back(session: Session) -> None:
    """Do what the job does every minute."""
    hazards.unassign(session, limit=200)
    session.commit()


def now_of(session: Session, hazard: Hazard) -> tuple[str, Any]:
    session.refresh(hazard)
    return hazard.status.value, hazard.assignee_id


def told(session: Session, name: str) -> list[dict[str, Any]]:
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.HAZARD_UNASSIGNED)
    return [row.data for row in session.scalars(select(Notice).where(*which))]


@pytest.mark.parametrize("how", ["grant", "account", "its day", "moved"])
@pytest.mark.parametrize("status", [HazardStatus.ASSIGNED, HazardStatus.RECTIFYING])
def test_a_hazard_goes_back_when_the_post_of_its_assignee_ends(
    be: Be, session: Session, how: str, status: HazardStatus
) -> None:
    due = now() + timedelta(days=3)
    hazard = write_hazard(session, status, due_at=due, controls="拉警戒线", five_fixed=FIVE_FIXED)
    if how == "grant":
        assert be("security").post(f"/v1/grants/{named('grant worker')}/end").status_code == 200
    elif how == "account":
        assert be("system").step(f"/v1/users/{WORKER}/disable").status_code == 200
    elif how == "its day":
        session.execute(OF_WORKER.values(valid_until=LONG_AGO + timedelta(days=1)))
    else:
        session.execute(OF_WORKER.values(area_code=NEXT))
    taken_back(session)

    assert now_of(session, hazard) == ("accepted", None)
    assert (hazard.due_at, hazard.controls, hazard.five_fixed) == (due, "拉警戒线", None)


def test_the_history_says_why_and_it_is_given_out_anew(be: Be, session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED)
    session.execute(OF_WORKER.values(ended_at=now()))
    taken_back(session)
    (event,) = be("admin").get(f"/v1/hazards/{hazard.id}").json["events"]
    given = {"assignee_id": str(COLLEAGUE)}
    late = take("admin", hazard, "assign", former_id=str(WORKER), note="换人", **given)
    shown = done(take("admin", hazard, "assign", **given))

    assert (event["step"], event["former_name"], event["actor_name"]) == ("unassign", "worker", None)
    assert refused(late) == (409, "assignee_changed")
    assert steps(shown) == [(1, "unassign", "accepted"), (2, "assign", "assigned")]
    data = select(Notice.data).where(Notice.user_id == person("resident").user_id)
    assert [one["step"] for one in session.scalars(data)] == ["unassign", "assign"], "the reporter"


def test_the_communitys_admins_read_how_many_and_which(session: Session) -> None:
    mine = {str(write_hazard(session, HazardStatus.ASSIGNED).id) for _ in range(3)}
    session.execute(OF_WORKER.values(ended_at=now()))
    taken_back(session)
    taken_back(session)

    (data,) = told(session, "admin")
    assert mine <= set(data["hazard_ids"])
    assert data["count"] == len(data["hazard_ids"])
    assert told(session, "county") == told(session, "next_admin") == []


def test_where_no_admin_is_left_the_county_is_told(session: Session) -> None:
    """The admin himself had it."""
    hazard = write_hazard(session, HazardStatus.ASSIGNED, assignee_id=person("admin").user_id)
    admins = (Grant.role == Role.COMMUNITY_ADMIN, Grant.area_code == HOME)
    session.execute(update(Grant).where(*admins).values(ended_at=now()))
    taken_back(session)

    (data,) = told(session, "county")
    assert str(hazard.id) in data["hazard_ids"]
    assert data["what"] == "nobody_decides"


@pytest.mark.parametrize("role", [Role.BUILDING_LEAD, Role.COMMUNITY_ADMIN])
def test_whoever_has_another_post_there_keeps_his_hazards(session: Session, role: Role) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED)
    session.execute(OF_WORKER.values(ended_at=now()))
    times = {"valid_from": LONG_AGO, "created_at": LONG_AGO, "content_hash": b""}
    session.add(Grant(id=new_id(), user_id=WORKER, role=role, area_code=HOME, **times))
    session.commit()
    taken_back(session)

    assert now_of(session, hazard) == ("assigned", WORKER)


def test_what_was_put_right_waits_for_its_recheck_and_goes_back_if_that_fails(
    session: Session, take: Take
) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFIED)
    session.execute(update(User).where(User.id == WORKER).values(disabled_at=now()))
    taken_back(session)
    before = now_of(session, hazard)
    done(take("colleague", hazard, "verify", passed=False, note="还堆着"))
    taken_back(session)

    assert before == ("rectified", WORKER)
    assert now_of(session, hazard) == ("accepted", None)
