"""Taking a hazard from one person and giving it to another, over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import set_to
from app.ids import new_id
from app.models import Hazard, HazardEvent, HazardLevel, HazardSource, HazardStatus, Notice
from tests.cast import person
from tests.client import Client
from tests.hazard_world import FIVE_FIXED, Take, done, refused, steps, write_hazard

Be = Callable[[str], Client]
WORKER, COLLEAGUE, LEAD = (str(person(name).user_id) for name in ("worker", "colleague", "lead"))
AT = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
DUE = AT + timedelta(days=3)
WHY = "原责任人住院"


@pytest.fixture(params=[HazardStatus.ASSIGNED, HazardStatus.RECTIFYING])
def held(session: Session, request: pytest.FixtureRequest) -> Hazard:
    """Give a hazard that ``worker`` has, before and after he started."""
    return write_hazard(session, request.param, due_at=DUE)


def events_of(session: Session, hazard: Hazard) -> int:
    query = select(func.count()).where(HazardEvent.hazard_id == hazard.id)
    return session.scalar(query) or 0


def test_the_history_says_from_whom_to_whom_by_whom_and_why(take: Take, held: Hazard) -> None:
    with set_to(AT):
        shown = done(take("admin", held, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY))

    assert (shown["status"], shown["assignee_id"], shown["assignee_name"]) == (
        "assigned",
        COLLEAGUE,
        "colleague",
    )
    (event,) = shown["events"]
    assert (event["step"], event["status_after"], event["note"]) == ("reassign", "assigned", WHY)
    names = (event["actor_name"], event["former_name"], event["assignee_name"])
    assert names == ("admin", "worker", "colleague")
    assert datetime.fromisoformat(event["at"]) == AT
    assert event["data"] == {
        "former_id": WORKER,
        "assignee_id": COLLEAGUE,
        "due_at": DUE.isoformat(),
        "controls": None,
    }


def test_the_first_assignment_stays_readable(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)

    done(take("admin", hazard, "assign", assignee_id=WORKER))
    done(take("admin", hazard, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY))
    shown = done(take("admin", hazard, "assign", assignee_id=WORKER, former_id=COLLEAGUE, note="出院了"))

    assert steps(shown) == [
        (1, "assign", "assigned"),
        (2, "reassign", "assigned"),
        (3, "reassign", "assigned"),
    ]
    assert [(event["former_name"], event["assignee_name"]) for event in shown["events"]] == [
        (None, "worker"),
        ("worker", "colleague"),
        ("colleague", "worker"),
    ]


def test_the_deadline_stays_unless_a_new_one_is_given(take: Take, held: Hazard) -> None:
    later = AT + timedelta(days=9)
    with set_to(AT):
        kept = done(take("admin", held, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY))
        fresh = done(
            take(
                "admin",
                held,
                "assign",
                assignee_id=LEAD,
                former_id=COLLEAGUE,
                note=WHY,
                due_at=later.isoformat(),
            )
        )
        over = take(
            "admin", held, "assign", assignee_id=WORKER, former_id=LEAD, note=WHY, due_at=AT.isoformat()
        )

    assert datetime.fromisoformat(kept["due_at"]) == DUE
    assert datetime.fromisoformat(fresh["due_at"]) == later
    assert (refused(over), list(over.json["errors"])) == ((422, "due_time"), ["due_at"])


def test_a_deadline_that_is_over_stays_over(take: Take, held: Hazard) -> None:
    with set_to(DUE + timedelta(days=1)):
        shown = done(take("admin", held, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY))

    assert datetime.fromisoformat(shown["due_at"]) == DUE


@pytest.mark.parametrize("note", ["", "  "])
def test_it_takes_a_reason(session: Session, take: Take, held: Hazard, note: str) -> None:
    answer = take("admin", held, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=note)

    session.refresh(held)
    assert (refused(answer), list(answer.json["errors"])) == ((422, "reassign_reason"), ["note"])
    assert (held.assignee_id, events_of(session, held)) == (person("worker").user_id, 0)


@pytest.mark.parametrize("former_id", [None, LEAD])
def test_it_names_who_has_it(session: Session, take: Take, held: Hazard, former_id: str | None) -> None:
    before = held.status
    answer = take("admin", held, "assign", assignee_id=COLLEAGUE, former_id=former_id, note=WHY)

    session.refresh(held)
    assert (refused(answer), list(answer.json["errors"])) == ((409, "assignee_changed"), ["former_id"])
    assert answer.json["title"] == "负责这个隐患的人已经变了，请刷新后再派"
    now = (held.status, held.assignee_id, events_of(session, held))
    assert now == (before, person("worker").user_id, 0)


def test_nobody_had_what_is_assigned_first(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)

    answer = take("admin", hazard, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY)

    assert refused(answer) == (409, "assignee_changed")


def test_whoever_has_it_is_not_given_it_again(session: Session, take: Take, held: Hazard) -> None:
    before = held.status
    answer = take("admin", held, "assign", assignee_id=WORKER, former_id=WORKER, note=WHY)

    session.refresh(held)
    assert (refused(answer), list(answer.json["errors"])) == ((409, "same_assignee"), ["assignee_id"])
    assert (held.status, events_of(session, held)) == (before, 0)


@pytest.mark.parametrize("name", ["clerk", "resident", "far_worker"])
def test_only_the_field_staff_gets_it(session: Session, take: Take, held: Hazard, name: str) -> None:
    answer = take("admin", held, "assign", assignee_id=str(person(name).user_id), former_id=WORKER, note=WHY)

    session.refresh(held)
    assert refused(answer) == (422, "assignee_unfit")
    assert held.assignee_id == person("worker").user_id


def test_the_former_person_may_not_go_on(session: Session, take: Take, held: Hazard) -> None:
    done(take("admin", held, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY))

    assert refused(take("worker", held, "start")) == (403, "not_assignee")
    assert refused(take("worker", held, "rectify", note="好了")) == (409, "illegal_step")
    done(take("colleague", held, "start"))
    assert refused(take("worker", held, "rectify", note="好了")) == (403, "not_assignee")
    done(take("colleague", held, "rectify", note="好了"))
    session.refresh(held)
    assert held.rectified_by == person("colleague").user_id
    assert done(take("worker", held, "verify", passed=True))["status"] == "closed"


def test_the_former_person_does_not_start_again(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, due_at=DUE)
    done(take("worker", hazard, "start"))
    done(take("admin", hazard, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY))

    assert refused(take("worker", hazard, "start")) == (403, "not_assignee")


def test_after_a_failed_recheck_somebody_else_may_get_it(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFIED, due_at=DUE)
    done(take("admin", hazard, "verify", passed=False, note="还在漏水"))

    done(take("admin", hazard, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note="换人重做"))
    done(take("colleague", hazard, "start"))
    shown = done(take("colleague", hazard, "rectify", note="重做了"))

    assert shown["recheck_failures"] == 1
    assert steps(shown) == [
        (1, "recheck_fail", "assigned"),
        (2, "reassign", "assigned"),
        (3, "start", "rectifying"),
        (4, "rectify", "rectified"),
    ]
    assert refused(take("colleague", hazard, "verify", passed=True)) == (403, "same_person")
    assert done(take("worker", hazard, "verify", passed=True))["status"] == "closed"


@pytest.mark.parametrize("name", ["admin", "county"])
def test_a_major_one_keeps_its_controls_and_is_fixed_anew(session: Session, take: Take, name: str) -> None:
    hazard = write_hazard(
        session,
        HazardStatus.RECTIFYING,
        level=HazardLevel.MAJOR,
        due_at=DUE,
        controls="拉警戒线",
        five_fixed=FIVE_FIXED,
    )

    shown = done(take(name, hazard, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY))

    assert (shown["controls"], shown["five_fixed"]) == ("拉警戒线", None)
    assert shown["events"][0]["data"]["controls"] == "拉警戒线"
    session.expire_all()
    assert session.scalar(select(Hazard.id).where(Hazard.five_fixed.is_(None))) == hazard.id
    assert refused(take("colleague", hazard, "start")) == (422, "incomplete_five_fixed")
    assert done(take("colleague", hazard, "start", five_fixed=FIVE_FIXED))["five_fixed"] == FIVE_FIXED


def test_new_controls_take_the_place_of_the_old(session: Session, take: Take) -> None:
    hazard = write_hazard(
        session, HazardStatus.ASSIGNED, level=HazardLevel.MAJOR, due_at=DUE, controls="拉警戒线"
    )

    shown = done(
        take(
            "county", hazard, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY, controls="封闭道路"
        )
    )

    assert shown["controls"] == "封闭道路"


def test_the_new_person_the_former_and_the_reporter_hear_of_it(
    session: Session, take: Take, held: Hazard
) -> None:
    done(take("admin", held, "assign", assignee_id=COLLEAGUE, former_id=WORKER, note=WHY))

    assert heard(session) == [
        (person("resident").user_id, "hazard_step", "reassign"),
        (person("worker").user_id, "hazard_step", "reassign"),
        (person("colleague").user_id, "hazard_assigned", None),
    ]


def test_whoever_reported_it_and_had_it_hears_of_it_once(session: Session, take: Take) -> None:
    worker = person("worker").user_id
    hazard = write_hazard(
        session, HazardStatus.ASSIGNED, due_at=DUE, source=HazardSource.STAFF, reported_by=worker
    )

    sent = {"step_id": str(new_id()), "assignee_id": COLLEAGUE, "former_id": WORKER, "note": WHY}
    for _ in range(2):
        done(take("admin", hazard, "assign", **sent))

    assert heard(session) == [
        (worker, "hazard_step", "reassign"),
        (person("colleague").user_id, "hazard_assigned", None),
    ]


def heard(session: Session) -> list[tuple[object, ...]]:
    query = select(Notice.user_id, Notice.kind, Notice.data["step"].astext).order_by(Notice.id)
    return [tuple(row) for row in session.execute(query)]
