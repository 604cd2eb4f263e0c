"""Work on a hazard that arrives once others have put it right: kept beside theirs, and nothing follows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import hazards
from app.actors import Role
from app.clock import now, set_to
from app.ids import new_id
from app.models import Grant, Hazard, HazardLevel, HazardStatus, Notice
from tests.cast import HOME, LONG_AGO, person
from tests.client import Answer, Client
from tests.hazard_world import FIVE_FIXED, Take, done, in_days, refused, write_hazard, write_unit

Be = Callable[[str], Client]
WORKER, COLLEAGUE, LEAD = (person(name).user_id for name in ("worker", "colleague", "lead"))
GIVEN = now() - timedelta(days=2)
DONE = GIVEN + timedelta(hours=2)
TAKEN = GIVEN + timedelta(hours=4)
ARRIVES = TAKEN + timedelta(hours=5)
HIS = {"captured_at": DONE.isoformat()}


def at(moment: datetime, take: Take, name: str, hazard: Hazard, verb: str, **sent: Any) -> Answer:
    with set_to(moment):
        return take(name, hazard, verb, **sent)


def late(take: Take, hazard: Hazard, verb: str, *, name: str = "worker", **sent: Any) -> Answer:
    """Send what somebody did before it was taken from him."""
    return at(ARRIVES, take, name, hazard, verb, **HIS | sent)


def give(take: Take, hazard: Hazard, **to: str) -> None:
    given = to or {"assignee_id": str(WORKER)}
    until = (GIVEN + timedelta(days=9)).isoformat()
    done(at(GIVEN, take, "admin", hazard, "assign", controls="拉警戒线", due_at=until, **given))


def move(take: Take, hazard: Hazard) -> None:
    moved = {"assignee_id": str(COLLEAGUE), "former_id": str(WORKER), "note": "换人"}
    done(at(TAKEN, take, "admin", hazard, "assign", **moved))


def finish(take: Take, hazard: Hazard, name: str = "colleague", **started: Any) -> None:
    done(at(TAKEN, take, name, hazard, "start", **started))
    done(at(TAKEN, take, name, hazard, "rectify", note="又清了一遍"))


@pytest.fixture
def overtaken(session: Session, take: Take) -> Hazard:
    """Give one that was put right by the colleague, who got it from the worker."""
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    move(take, hazard)
    finish(take, hazard)
    session.refresh(hazard)
    return hazard


def state(session: Session, hazard: Hazard) -> tuple[Any, ...]:
    session.refresh(hazard)
    clocks = hazard.due_at, hazard.alarm_at, hazard.ended_at, hazard.waiting_told_on
    return hazard.status, hazard.assignee_id, hazard.rectified_by, hazard.five_fixed, clocks


def notices(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Notice)) or 0


@pytest.mark.parametrize("then", ["rectified", "closed"])
def test_it_stands_in_the_history_with_its_note_and_photos(
    be: Be, session: Session, take: Take, overtaken: Hazard, then: str
) -> None:
    if then == "closed":
        done(at(TAKEN, take, "admin", overtaken, "verify", passed=True))
    before, told, photo = state(session, overtaken), notices(session), str(new_id())
    again = str(new_id())
    begun = done(late(take, overtaken, "start", note="开始搬"))
    ended, twice = (
        late(take, overtaken, "rectify", note="搬走了", photo_ids=[photo], step_id=again) for _ in range(2)
    )

    events = done(ended)["events"][-2:]
    assert twice.json == ended.json
    assert begun["status"] == then
    assert [(one["step"], one["data"]["verb"], one["note"]) for one in events] == [
        ("work_late", "start", "开始搬"),
        ("work_late", "rectify", "搬走了"),
    ]
    assert [(one["status_after"], one["clock_flag"], one["actor_name"]) for one in events] == [
        (then, "ok", "worker")
    ] * 2
    assert (state(session, overtaken), notices(session)) == (before, told)
    entry = be("admin").get(f"/v1/hazards/{overtaken.id}/timeline").json["entries"][-1]
    assert [(one["id"], one["moment"]) for one in entry["photos"]] == [(photo, "after")]


def test_whose_it_is_does_not_recheck(be: Be, take: Take, overtaken: Hazard) -> None:
    """From his late start on; others do."""
    path = f"/v1/hazards/{overtaken.id}"
    before = be("worker").get(path).json["allowed"]
    done(late(take, overtaken, "start"))
    after = be("worker").get(path).json["allowed"]
    done(late(take, overtaken, "rectify", note="搬走了"))
    checked = at(ARRIVES, take, "worker", overtaken, "verify", passed=True)

    assert ("verify" in before, "verify" in after) == (True, False)
    assert refused(checked) == (403, "same_person")
    assert done(at(ARRIVES, take, "admin", overtaken, "verify", passed=True))["status"] == "closed"


def test_he_is_not_reminded_to_recheck_and_may_once_that_work_failed(
    session: Session, take: Take, overtaken: Hazard
) -> None:
    done(late(take, overtaken, "start"))
    with set_to(ARRIVES + timedelta(days=3)):
        hazards.tell_unchecked(session, limit=100)
        session.commit()
        unchecked = Notice.data["what"].astext == "unchecked"
        asked = unchecked & Notice.data["hazard_ids"].contains([str(overtaken.id)])
        reminded = set(session.scalars(select(Notice.user_id).where(asked)))
    done(at(ARRIVES, take, "admin", overtaken, "verify", passed=False, note="还在"))
    finish(take, overtaken)
    checked = at(ARRIVES, take, "worker", overtaken, "verify", passed=True)

    assert person("admin").user_id in reminded
    assert WORKER not in reminded
    assert done(checked)["status"] == "closed"


def test_a_recheck_is_of_the_work_that_put_it_right(take: Take, overtaken: Hazard) -> None:
    """Work that came late does not make a recheck look new that saw what was before."""
    done(late(take, overtaken, "start"))
    done(late(take, overtaken, "rectify", note="搬走了"))
    early = (TAKEN - timedelta(hours=1)).isoformat()
    seen = done(at(ARRIVES, take, "admin", overtaken, "verify", passed=True, captured_at=early))

    assert (seen["status"], seen["events"][-1]["step"]) == ("rectified", "recheck_late")


@pytest.mark.parametrize("sent", [{}, {"captured_at": "1970-01-02T00:00:00+00:00"}, {"captured_at": "after"}])
def test_not_without_a_time_of_before_that_is_believed(
    session: Session, take: Take, overtaken: Hazard, sent: dict[str, str]
) -> None:
    if sent.get("captured_at") == "after":
        sent = {"captured_at": (TAKEN + timedelta(hours=1)).isoformat()}
    before = state(session, overtaken)
    answers = [
        at(ARRIVES, take, "worker", overtaken, verb, note="搬走了", **sent) for verb in ("start", "rectify")
    ]

    assert [refused(one) for one in answers] == [(409, "illegal_step")] * 2
    assert state(session, overtaken) == before


def test_nor_what_he_had_not_begun(take: Take, overtaken: Hazard) -> None:
    assert refused(late(take, overtaken, "rectify", note="搬走了")) == (409, "illegal_step")


def test_nor_what_a_department_put_right(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    done(at(GIVEN, take, "worker", hazard, "start"))
    move(take, hazard)
    handed = {"department": "power", "note": "已送照片", "expected_on": in_days(20)}
    done(at(TAKEN, take, "admin", hazard, "transfer", **handed))
    done(at(TAKEN, take, "admin", hazard, "department-answer", done=True, note="修好了"))

    assert refused(late(take, hazard, "rectify", note="搬走了")) == (409, "illegal_step")


def test_nor_over_a_recheck_that_failed_since(take: Take, overtaken: Hazard) -> None:
    done(at(TAKEN, take, "admin", overtaken, "verify", passed=False, note="还在"))
    finish(take, overtaken)

    assert refused(late(take, overtaken, "start")) == (409, "illegal_step")


def test_whoever_put_it_right_himself_does_not_do_it_twice(take: Take, overtaken: Hazard) -> None:
    early = {"captured_at": (TAKEN - timedelta(minutes=1)).isoformat(), "note": "清了"}

    assert refused(at(ARRIVES, take, "colleague", overtaken, "rectify", **early)) == (409, "illegal_step")


def test_a_major_one_keeps_the_items_of_whoever_put_it_right(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    give(take, hazard)
    move(take, hazard)
    finish(take, hazard, five_fixed=FIVE_FIXED)
    lacking = late(take, hazard, "start")
    his = FIVE_FIXED | {"responsible": "李四"}
    begun = done(late(take, hazard, "start", five_fixed=his))
    ended = done(late(take, hazard, "rectify", note="加固了"))

    assert refused(lacking) == (422, "incomplete_five_fixed")
    assert (begun["five_fixed"], ended["five_fixed"]) == (FIVE_FIXED, FIVE_FIXED)
    assert ended["events"][-2]["data"]["five_fixed"] == his


def test_kept_too_is_what_one_of_a_unit_did_before_another_of_it_started(
    be: Be, session: Session, take: Take
) -> None:
    unit, hazard = write_unit(session), write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard, unit_id=str(unit.id))
    finish(take, hazard)
    done(late(take, hazard, "start"))
    ended = done(late(take, hazard, "rectify", note="搬走了"))

    assert (ended["status"], ended["assignee_id"]) == ("rectified", str(COLLEAGUE))
    assert [one["step"] for one in ended["events"]][-2:] == ["work_late"] * 2
    assert "verify" not in be("worker").get(f"/v1/hazards/{hazard.id}").json["allowed"]


@pytest.mark.parametrize("whose", ["person", "unit"])
def test_and_what_whoever_has_it_did_before_the_work_of_the_former_arrived(
    session: Session, take: Take, whose: str
) -> None:
    """The former's work put it right; who had it then, or a unit, worked without a network as well."""
    unit, hazard = write_unit(session, COLLEAGUE, LEAD), write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    done(at(GIVEN, take, "worker", hazard, "start"))
    to = {"assignee_id": str(COLLEAGUE)} if whose == "person" else {"unit_id": str(unit.id)}
    done(at(TAKEN, take, "admin", hazard, "assign", former_id=str(WORKER), note="换人", **to))
    done(at(TAKEN + timedelta(hours=3), take, "worker", hazard, "rectify", note="搬走了", **HIS))
    theirs = {"captured_at": (TAKEN + timedelta(hours=2)).isoformat()}
    done(late(take, hazard, "start", name="colleague", **theirs))
    ended = done(late(take, hazard, "rectify", name="colleague", note="又清了一遍", **theirs))

    assert [one["step"] for one in ended["events"]][-3:] == ["rectify", "work_late", "work_late"]
    session.refresh(hazard)
    assert (hazard.status, hazard.rectified_by) == (HazardStatus.RECTIFIED, WORKER)
    assert refused(at(ARRIVES, take, "colleague", hazard, "verify", passed=True)) == (403, "same_person")


def test_who_reported_it_reads_that_it_was_and_no_more(be: Be, take: Take, overtaken: Hazard) -> None:
    done(late(take, overtaken, "start", note="开始搬"))
    path = f"/v1/hazards/{overtaken.id}"
    (event,) = [one for one in be("resident").get(path).json["events"] if one["step"] == "work_late"]

    assert (event["note"], event["data"], event["actor_name"]) == ("", {}, None)


def test_no_post_besides_lets_him_recheck_it(session: Session, take: Take, overtaken: Hazard) -> None:
    done(late(take, overtaken, "start"))
    more = {"valid_from": LONG_AGO, "created_at": LONG_AGO, "content_hash": b""}
    session.add(Grant(id=new_id(), user_id=WORKER, role=Role.COMMUNITY_ADMIN, area_code=HOME, **more))
    session.commit()

    assert refused(at(ARRIVES, take, "worker", overtaken, "verify", passed=True)) == (403, "same_person")


@pytest.mark.parametrize("hours", [1, 3, 4])
def test_kept_is_what_whoever_has_it_did_after_the_work_of_the_former_arrived(
    session: Session, take: Take, hours: int
) -> None:
    """Without a network he could not know that it was put right before he began, or while he worked."""
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    done(at(GIVEN, take, "worker", hazard, "start"))
    move(take, hazard)
    done(at(TAKEN + timedelta(hours=2), take, "worker", hazard, "rectify", note="搬走了", **HIS))
    theirs = {"captured_at": (TAKEN + timedelta(hours=hours)).isoformat()}
    done(late(take, hazard, "start", name="colleague", **theirs))
    finished = {"captured_at": (TAKEN + timedelta(hours=4)).isoformat()}
    ended = done(late(take, hazard, "rectify", name="colleague", note="又清了一遍", **finished))

    assert [one["step"] for one in ended["events"]][-3:] == ["rectify", "work_late", "work_late"]


def test_what_was_done_before_it_was_given_to_a_unit_counts_though_another_of_it_began(
    session: Session, take: Take
) -> None:
    """The first that took it from him after his work is what he did it before."""
    unit, hazard = write_unit(session), write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    to = {"unit_id": str(unit.id), "former_id": str(WORKER), "note": "换人"}
    done(at(TAKEN, take, "admin", hazard, "assign", **to))
    done(at(TAKEN + timedelta(hours=1), take, "colleague", hazard, "start"))

    done(late(take, hazard, "start"))
    assert done(late(take, hazard, "rectify", note="搬走了"))["status"] == "rectified"


def test_a_start_of_before_the_unit_had_it_takes_it_from_nobody_of_the_unit(
    session: Session, take: Take
) -> None:
    """He had it neither then nor by his clock's moment."""
    unit, hazard = write_unit(session), write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard, assignee_id=str(COLLEAGUE))
    done(at(GIVEN + timedelta(hours=3), take, "colleague", hazard, "start"))
    to = {"unit_id": str(unit.id), "former_id": str(COLLEAGUE), "note": "换人"}
    done(at(TAKEN, take, "admin", hazard, "assign", **to))
    done(at(TAKEN + timedelta(hours=1), take, "colleague", hazard, "start"))

    assert late(take, hazard, "start").status_code in {403, 409}
    assert refused(late(take, hazard, "rectify", note="搬走了")) == (403, "not_assignee")
