"""The closed loop of a hazard over HTTP: every verb in every state, and the whole way."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    HazardEvent,
    HazardLevel,
    HazardSource,
    HazardStatus,
    Notice,
)
from tests.cast import person
from tests.client import Client
from tests.hazard_world import STARTS, VERBS, WITH_WORKER, Take, done, refused, steps, write_hazard
from tests.photos import waiting

Be = Callable[[str], Client]
WORKER = str(person("worker").user_id)


@pytest.mark.parametrize("status", list(HazardStatus))
@pytest.mark.parametrize("verb", list(VERBS))
def test_a_verb_starts_from_its_own_states_only(
    session: Session, take: Take, verb: str, status: HazardStatus
) -> None:
    name, starts, end, sent = VERBS[verb]
    other = write_hazard(session, level=HazardLevel.MAJOR)
    hazard = write_hazard(session, status, level=HazardLevel.MAJOR, source=HazardSource.STAFF)
    if verb == "duplicate":
        sent = {"duplicate_of_id": str(other.id)}
    if verb == "assign" and hazard.assignee_id is not None:
        sent = sent | WITH_WORKER

    answer = take(name, hazard, verb, **sent)

    session.refresh(hazard)
    written = session.scalar(select(func.count()).select_from(HazardEvent)) or 0
    if status in starts:
        assert (answer.status_code, hazard.status, written) == (200, HazardStatus(end), 1)
    else:
        assert (refused(answer), hazard.status, written) == ((409, "illegal_step"), status, 0)


@pytest.mark.parametrize("verb", ["verify", "close"])
@pytest.mark.parametrize("status", list(HazardStatus))
def test_a_failed_recheck_starts_from_its_own_state_only(
    session: Session, take: Take, verb: str, status: HazardStatus
) -> None:
    name, starts, _, _ = VERBS[verb]
    hazard = write_hazard(session, status, level=HazardLevel.MAJOR)

    answer = take(name, hazard, verb, passed=False, note="还有裂缝")

    session.refresh(hazard)
    if status in starts:
        assert (answer.status_code, hazard.status) == (200, HazardStatus.ASSIGNED)
    else:
        assert (refused(answer), hazard.status) == ((409, "illegal_step"), status)


@pytest.mark.parametrize("verb,start", STARTS)
def test_the_same_step_again_is_taken_once(session: Session, take: Take, verb: str, start: str) -> None:
    name, _, end, sent = VERBS[verb]
    hazard = write_hazard(session, HazardStatus(start), level=HazardLevel.MAJOR, source=HazardSource.STAFF)
    if verb == "duplicate":
        sent = {"duplicate_of_id": str(write_hazard(session).id)}
    if verb == "assign" and hazard.assignee_id is not None:
        sent = sent | WITH_WORKER

    step_id = new_id()
    first, again = (take(name, hazard, verb, step_id=step_id, **sent) for _ in range(2))
    other = take(
        name, hazard, verb, **{**sent, **({"reason": "别的"} if verb == "reject" else {"note": "别的"})}
    )

    assert (first.status_code, again.status_code, first.json["status"]) == (200, 200, end)
    assert again.json == first.json
    assert refused(other) == (409, "assignee_changed" if verb == "assign" else "illegal_step")
    assert len(first.json["events"]) == 1


def test_a_general_hazard_goes_its_way(session: Session, take: Take, be: Be) -> None:
    hazard, photo = write_hazard(session, source=HazardSource.STAFF), str(new_id())

    accepted = done(take("admin", hazard, "accept", level="general", category="traffic", note="属实"))
    assert (accepted["category"], accepted["level"]) == ("traffic", "general")
    assigned = done(take("admin", hazard, "assign", assignee_id=WORKER, note="请尽快"))
    assert (assigned["assignee_id"], assigned["assignee_name"]) == (WORKER, "worker")
    done(take("worker", hazard, "start"))
    done(take("worker", hazard, "rectify", note="清走了", photo_ids=[photo]))
    step_id = new_id()
    closed = done(take("colleague", hazard, "verify", step_id=step_id, passed=True, note="看过了"))

    assert closed["status"] == "closed"
    assert steps(closed) == [
        (1, "accept", "accepted"),
        (2, "assign", "assigned"),
        (3, "start", "rectifying"),
        (4, "rectify", "rectified"),
        (5, "verify", "verified"),
        (6, "close", "closed"),
    ]
    names = [event["actor_name"] for event in closed["events"]]
    assert names == ["admin", "admin", "worker", "worker", "colleague", "colleague"]
    assert closed["events"][3]["photos"] == [waiting(photo)]
    assert [event["note"] for event in closed["events"]] == ["属实", "请尽快", "", "清走了", "看过了", ""]
    again = done(take("colleague", hazard, "verify", step_id=step_id, passed=True, note="看过了"))
    assert again == closed
    assert be("resident").get(f"/v1/hazards/{hazard.id}").json["status"] == "closed"


def test_a_major_hazard_waits_for_the_county(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFIED, level=HazardLevel.MAJOR)

    verified = done(take("colleague", hazard, "verify", passed=True))
    assert (verified["status"], verified["allowed"]) == ("verified", [])
    for name in ("admin", "worker", "city"):
        assert refused(take(name, hazard, "close", passed=True)) == (403, "forbidden")
    assert refused(take("far_county", hazard, "close", passed=True)) == (404, "not_found")
    closed = done(take("county", hazard, "close", passed=True, note="县里复查合格"))

    assert steps(closed) == [(1, "verify", "verified"), (2, "close", "closed")]


def test_the_reporter_hears_of_each_change_and_the_assignee_of_his_work(session: Session, take: Take) -> None:
    hazard = write_hazard(session, source=HazardSource.STAFF)
    take("admin", hazard, "accept")
    take("admin", hazard, "assign", assignee_id=WORKER)
    take("worker", hazard, "start")
    take("worker", hazard, "rectify", note="好了")
    take("colleague", hazard, "verify", passed=False, note="没好")

    notices = session.execute(
        select(
            Notice.user_id, Notice.kind, Notice.data["step"].astext, Notice.data["status"].astext
        ).order_by(Notice.id)
    ).all()
    resident, worker = person("resident").user_id, person("worker").user_id
    assert [one for one in notices if one.user_id in {resident, worker}] == [
        (resident, "hazard_step", "accept", "accepted"),
        (resident, "hazard_step", "assign", "assigned"),
        (worker, "hazard_assigned", None, "assigned"),
        (resident, "hazard_step", "start", "rectifying"),
        (resident, "hazard_step", "rectify", "rectified"),
        (resident, "hazard_step", "recheck_fail", "assigned"),
        (worker, "hazard_assigned", None, "assigned"),
    ]
