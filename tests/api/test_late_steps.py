"""A copy of a step that arrives late, when the work has gone round since, redoes nothing."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Grant, Hazard, HazardEvent, HazardLevel, HazardSource, HazardStatus, Notice, PhotoLink
from tests.cast import NEXT, person
from tests.hazard_world import STARTS, VERBS, WITH_WORKER, Take, count, done, refused, write_hazard

WORKER, COLLEAGUE = (str(person(name).user_id) for name in ("worker", "colleague"))


def test_a_late_rectify_does_not_end_the_second_round(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING, source=HazardSource.STAFF)
    first: dict[str, Any] = {"step_id": new_id(), "note": "好了", "photo_ids": [str(new_id())]}
    done(take("worker", hazard, "rectify", **first))
    done(take("admin", hazard, "verify", passed=False, note="没好"))
    started = done(take("worker", hazard, "start"))

    late = done(take("worker", hazard, "rectify", **first))

    assert late == started
    assert (late["status"], len(late["events"]), count(session, PhotoLink)) == ("rectifying", 3, 1)


def test_a_late_assignment_does_not_undo_the_next_two(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, source=HazardSource.STAFF)
    first = {"step_id": str(new_id()), "assignee_id": COLLEAGUE, "former_id": WORKER, "note": "生病了"}
    done(take("admin", hazard, "assign", **first))
    back = done(take("admin", hazard, "assign", assignee_id=WORKER, former_id=COLLEAGUE, note="病好了"))
    told = count(session, Notice)

    late = done(take("admin", hazard, "assign", **first))

    assert late == back
    assert (late["assignee_id"], len(late["events"]), count(session, Notice)) == (WORKER, 2, told)


@pytest.mark.parametrize("verb,start", STARTS)
def test_a_step_is_known_after_the_hazard_went_on(
    session: Session, take: Take, verb: str, start: str
) -> None:
    name, _, _, sent = VERBS[verb]
    hazard = write_hazard(session, HazardStatus(start), level=HazardLevel.MAJOR, source=HazardSource.STAFF)
    if verb == "duplicate":
        sent = {"duplicate_of_id": str(write_hazard(session).id)}
    if verb == "assign" and hazard.assignee_id is not None:
        sent = sent | WITH_WORKER
    sent = sent | {"step_id": str(new_id())}
    had = hazard.assignee_id
    done(take(name, hazard, verb, **sent))
    session.refresh(hazard)
    hazard.status, hazard.duplicate_of_id, hazard.assignee_id = HazardStatus(start), None, had
    session.commit()

    again = done(take(name, hazard, verb, **sent))

    assert (again["status"], len(again["events"])) == (start, 1)


def test_a_step_is_known_outside_the_areas_of_today(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING)
    first = {"step_id": str(new_id()), "note": "好了"}
    taken = done(take("worker", hazard, "rectify", **first))
    grant = update(Grant).where(Grant.user_id == person("worker").user_id)
    session.execute(grant.values(area_code=NEXT))
    session.commit()

    again = done(take("worker", hazard, "rectify", **first))

    assert again == taken | {"allowed": []}
    assert refused(take("worker", hazard, "rectify", note="好了")) == (404, "not_found")
    assert refused(take("worker", hazard, "rectify", **first | {"note": "改过"})) == (409, "other_content")


def test_a_name_means_one_step(session: Session, take: Take) -> None:
    hazard, other = write_hazard(session), write_hazard(session)
    first = {"step_id": str(new_id()), "note": "属实"}
    done(take("admin", hazard, "accept", **first))
    before = count(session, HazardEvent)

    assert refused(take("admin", hazard, "accept", **first | {"note": "改过"})) == (409, "other_content")
    assert refused(take("admin", hazard, "assign", **first, assignee_id=WORKER)) == (409, "other_content")
    assert refused(take("admin", other, "accept", **first)) == (409, "other_content")
    session.refresh(other)
    assert (other.status, count(session, HazardEvent)) == (HazardStatus.REPORTED, before)


def test_the_name_of_somebody_elses_step_shows_nothing(session: Session, take: Take) -> None:
    hazard, other = write_hazard(session), write_hazard(session)
    first = {"step_id": str(new_id()), "note": "属实"}
    done(take("admin", hazard, "accept", **first))

    assert refused(take("far_admin", hazard, "accept", **first)) == (404, "not_found")
    assert refused(take("county", hazard, "accept", **first)) == (409, "illegal_step")
    assert refused(take("county", other, "accept", **first)) == (409, "other_content")
    session.refresh(other)
    assert (other.status, count(session, HazardEvent)) == (HazardStatus.REPORTED, 1)


@pytest.mark.parametrize("verb", VERBS)
def test_a_step_has_a_name(session: Session, take: Take, verb: str) -> None:
    name, starts, _, sent = VERBS[verb]
    hazard: Hazard = write_hazard(session, HazardStatus(min(starts)), level=HazardLevel.MAJOR)

    answer = take(name, hazard, verb, **sent | {"step_id": None})

    assert (answer.status_code, answer.json["errors"]["step_id"]) == (422, ["这一项不能为空"])
    assert count(session, HazardEvent) == 0
