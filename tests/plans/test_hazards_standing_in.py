"""A hazard is given to who stands in there, from another grid: he reads it, puts it right, and no more."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import hazards
from app.actors import Role
from app.clock import set_to
from app.ids import new_id
from app.models import Grant, Hazard, HazardSource, HazardStatus, Notice, NoticeKind
from tests.cast import LONG_AGO, person
from tests.client import Answer, Client
from tests.hazard_world import Take, done, refused, write_hazard
from tests.plan_world import MORNING, NEXT_GRID, away

WORKER, COLLEAGUE, ADMIN, LEAD = (person(name).user_id for name in ("worker", "colleague", "admin", "lead"))
AFTERWARDS = MORNING + timedelta(days=2)
LAST_EVENING = MORNING + timedelta(days=1, hours=7)
pytestmark = pytest.mark.usefixtures("colleague_of_any_home")


@pytest.fixture
def hazard(session: Session, next_grid: str) -> Hazard:
    """Give one that waits to be given out in the grid of ``worker``, where the colleague has no post."""
    assert next_grid
    with set_to(MORNING):
        known = {"source": HazardSource.STAFF, "reported_by": WORKER, "controls": "拉警戒线"}
        return write_hazard(session, HazardStatus.ACCEPTED, **known)


def give(take: Take, hazard: Hazard, to: UUID = COLLEAGUE) -> Answer:
    with set_to(MORNING):
        return take("admin", hazard, "assign", assignee_id=str(to))


def taken_back(session: Session) -> int:
    """Do what the job does every minute; give how many."""
    count, _ = hazards.unassign(session, limit=200)
    session.commit()
    return count


def test_whoever_stands_in_gets_it_and_puts_it_right(
    session: Session, admin: Client, colleague: Client, take: Take, hazard: Hazard
) -> None:
    shut = refused(give(take, hazard))
    away(admin, 0, 1)
    given = give(take, hazard)
    with set_to(MORNING):
        stays = taken_back(session)
        day = colleague.get("/v1/me/today").json["hazards"]
        one = colleague.get(f"/v1/hazards/{hazard.id}").json
        done(take("colleague", hazard, "start"))
        shown = done(take("colleague", hazard, "rectify", note="搬走了"))
    with set_to(AFTERWARDS):
        afterwards = colleague.get(f"/v1/hazards/{hazard.id}")

    assert (shut, given.status_code, stays) == ((422, "assignee_unfit"), 200, 0)
    for seen in (*day, one):
        assert (seen["id"], seen["controls"]) == (str(hazard.id), "拉警戒线")
        assert {"start", "ask_extension"} <= set(seen["allowed"])
        assert set(seen["allowed"]) <= {"start", "answer", "ask_extension", "report_controls"}
    assert (shown["status"], [event["note"] for event in shown["events"]][-1]) == ("rectified", "搬走了")
    assert (afterwards.status_code, afterwards.json["allowed"]) == (200, [])


def test_he_decides_nothing_about_it(admin: Client, take: Take, hazard: Hazard) -> None:
    away(admin, 0, 1)
    assert give(take, hazard).status_code == 200
    with set_to(MORNING):
        done(take("colleague", hazard, "start"))
        done(take("colleague", hazard, "rectify", note="搬走了"))
        checked = take("colleague", hazard, "verify", passed=True, note="看过了")

    assert refused(checked) == (404, "not_found")


@pytest.mark.parametrize("how", ["its days", "by hand", "his post"])
def test_it_goes_back_once_he_stands_in_there_no_more(
    session: Session, admin: Client, colleague: Client, take: Take, hazard: Hazard, how: str
) -> None:
    absence = away(admin, 0, 3 if how == "by hand" else 1).json
    assert give(take, hazard).status_code == 200
    if how == "his post":
        session.execute(update(Grant).where(Grant.user_id == COLLEAGUE).values(ended_at=LONG_AGO))
        session.commit()
    elif how == "by hand":
        with set_to(MORNING):
            assert admin.post(f"/v1/absences/{absence['id']}/end").status_code == 200
    with set_to(AFTERWARDS if how == "its days" else MORNING):
        count = taken_back(session)
        read = colleague.get(f"/v1/hazards/{hazard.id}")

    session.refresh(hazard)
    assert (count, hazard.status, hazard.assignee_id) == (1, HazardStatus.ACCEPTED, None)
    assert read.status_code in {403, 404}


def late(take: Take, hazard: Hazard, verb: str, taken: datetime, *, days: int = 0, **sent: Any) -> Answer:
    """Take a step as the colleague that arrives some days after the hazard was taken from him."""
    with set_to(AFTERWARDS + timedelta(days=days, hours=1)):
        return take("colleague", hazard, verb, captured_at=taken.isoformat(), **sent)


def gone_back(session: Session, admin: Client, take: Take, hazard: Hazard, *, begun: bool = True) -> None:
    """Let the colleague have it for two days, and lose it in the third night."""
    away(admin, 0, 1)
    assert give(take, hazard).status_code == 200
    with set_to(MORNING):
        if begun:
            done(take("colleague", hazard, "start"))
    with set_to(AFTERWARDS):
        assert taken_back(session) == 1


@pytest.mark.parametrize("meanwhile", ["nobody has it", "another has it", "another began"])
def test_what_he_did_before_it_went_back_is_taken_later(
    session: Session, admin: Client, take: Take, hazard: Hazard, meanwhile: str
) -> None:
    hazard.reported_by = LEAD
    session.commit()
    gone_back(session, admin, take, hazard)
    with set_to(AFTERWARDS):
        if meanwhile != "nobody has it":
            done(take("admin", hazard, "assign", assignee_id=str(WORKER)))
        if meanwhile == "another began":
            done(take("worker", hazard, "start"))
    step_id = str(new_id())
    first, again = (
        late(take, hazard, "rectify", LAST_EVENING, note="搬走了", step_id=step_id) for _ in range(2)
    )
    told = select(Notice).where(Notice.user_id == WORKER, Notice.data["step"].astext == "rectify")

    session.refresh(hazard)
    assert (done(first)["status"], again.json) == ("rectified", first.json)
    assert hazard.rectified_by == COLLEAGUE
    assert hazard.assignee_id == (COLLEAGUE if meanwhile == "nobody has it" else WORKER)
    last = first.json["events"][-1]
    assert (last["step"], last["clock_flag"], last["note"]) == ("rectify", "ok", "搬走了")
    was_told = NoticeKind.HAZARD_STEP in {notice.kind for notice in session.scalars(told)}
    assert was_told == (meanwhile != "nobody has it")


def test_what_he_did_before_it_was_given_to_another_is_taken_too(
    session: Session, admin: Client, take: Take, hazard: Hazard
) -> None:
    """By hand, as an absence asks for; but not where the other's work failed its recheck since."""
    away(admin, 0, 1)
    done(give(take, hazard))
    with set_to(MORNING):
        done(take("colleague", hazard, "start"))
    with set_to(AFTERWARDS):
        moved = {"assignee_id": str(WORKER), "former_id": str(COLLEAGUE), "note": "他顶完班了"}
        done(take("admin", hazard, "assign", **moved))
    now = late(take, hazard, "rectify", AFTERWARDS + timedelta(minutes=1), note="搬走了")
    his = late(take, hazard, "rectify", LAST_EVENING, note="搬走了")
    with set_to(AFTERWARDS):
        done(take("admin", hazard, "verify", passed=False, note="还在"))
        done(take("worker", hazard, "start"))
        done(take("worker", hazard, "rectify", note="清走了"))
        done(take("admin", hazard, "verify", passed=False, note="还有"))
    again = late(take, hazard, "rectify", LAST_EVENING, note="早搬走了")

    assert refused(now)[0] in {403, 404}
    assert done(his)["status"] == "rectified"
    assert refused(again)[0] in {403, 404}
    session.refresh(hazard)
    assert hazard.status is HazardStatus.ASSIGNED


def test_so_is_what_he_began_and_not_what_he_did_not(
    session: Session, admin: Client, take: Take, hazard: Hazard
) -> None:
    gone_back(session, admin, take, hazard, begun=False)
    early = late(take, hazard, "rectify", LAST_EVENING, note="搬走了")
    begun = late(take, hazard, "start", LAST_EVENING - timedelta(hours=1))
    ended = late(take, hazard, "rectify", LAST_EVENING, note="搬走了")

    assert refused(early) == (409, "illegal_step")
    assert [done(begun)["status"], done(ended)["status"]] == ["accepted", "rectified"]


def test_but_not_what_came_after_nor_after_a_week(
    session: Session, admin: Client, take: Take, hazard: Hazard
) -> None:
    gone_back(session, admin, take, hazard)
    after = late(take, hazard, "rectify", AFTERWARDS + timedelta(minutes=1), note="搬走了")
    old = late(take, hazard, "rectify", LAST_EVENING, days=8, note="搬走了")
    with set_to(AFTERWARDS):
        now = take("colleague", hazard, "rectify", note="搬走了")

    assert [refused(one) for one in (after, old, now)] == [(404, "not_found")] * 3


def test_who_stands_in_for_a_substitute_gets_it_too(
    session: Session, admin: Client, take: Take, hazard: Hazard, next_grid: str
) -> None:
    session.execute(
        update(Grant).where(Grant.user_id == LEAD).values(role=Role.GRID_WORKER, area_code=next_grid)
    )
    session.commit()
    away(admin, 0, 1, worker_id=str(COLLEAGUE), substitute_id=str(LEAD))
    away(admin, 0, 1)
    given = give(take, hazard, LEAD)
    with set_to(MORNING):
        stays = taken_back(session)

    assert (given.status_code, stays) == (200, 0), given.text


@pytest.mark.usefixtures("next_grid")
def test_to_stand_in_elsewhere_as_well_keeps_nothing(
    session: Session, admin: Client, take: Take, hazard: Hazard
) -> None:
    """What may be given to him he keeps, and what may not be he does not: one rule for both."""
    lead = {"role": Role.GRID_WORKER, "area_code": NEXT_GRID}
    session.execute(update(Grant).where(Grant.user_id == LEAD).values(lead))
    session.commit()
    away(admin, 0, 3, worker_id=str(LEAD))
    absence = away(admin, 0, 3).json
    assert give(take, hazard).status_code == 200
    with set_to(MORNING):
        stays = taken_back(session)
        assert admin.post(f"/v1/absences/{absence['id']}/end").status_code == 200
        goes = taken_back(session)

    assert (stays, goes) == (0, 1)
    assert refused(give(take, hazard)) == (422, "assignee_unfit")


def test_he_prints_the_notice_that_is_addressed_to_him(
    admin: Client, colleague: Client, worker: Client, take: Take, hazard: Hazard
) -> None:
    """Once it is another's, that one does."""
    away(admin, 0, 1)
    paper = f"/v1/hazards/{hazard.id}/notice.pdf"
    assert give(take, hazard).status_code == 200
    with set_to(MORNING):
        done(admin.step(f"/v1/hazards/{hazard.id}/notice", {"contact": "社区办公室"}))
        his = colleague.get(paper)
        listed = colleague.get(f"/v1/hazards/{hazard.id}/timeline").json["notices"]
        another = {"assignee_id": str(WORKER), "former_id": str(COLLEAGUE), "note": "换人"}
        absence = admin.get("/v1/absences").json["items"][0]
        assert admin.post(f"/v1/absences/{absence['id']}/end").status_code == 200
        done(take("admin", hazard, "assign", **another))
        afterwards = colleague.get(paper)
        assert worker.get(paper).status_code == 200

    assert (his.status_code, his.mimetype, afterwards.status_code) == (200, "application/pdf", 404)
    assert len(listed) == 1, "he sees that there is one"


def test_whoever_stands_in_elsewhere_gets_nothing(
    session: Session, admin: Client, take: Take, hazard: Hazard, next_grid: str
) -> None:
    """Who is away has his post in the same grid as the substitute: neither has one over the hazard."""
    session.execute(
        update(Grant).where(Grant.user_id == LEAD).values(role=Role.GRID_WORKER, area_code=next_grid)
    )
    session.commit()
    away(admin, 0, 1, worker_id=str(LEAD))

    assert refused(give(take, hazard)) == (422, "assignee_unfit")
