"""Work on a hazard that arrives after it was taken from whoever did it: when it counts, how it is judged."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import Hazard, HazardLevel, HazardStatus
from tests.cast import person
from tests.client import Answer
from tests.hazard_world import FIVE_FIXED, Take, done, in_days, refused, write_hazard

WORKER, COLLEAGUE = (str(person(name).user_id) for name in ("worker", "colleague"))
GIVEN = now() - timedelta(days=5)
TAKEN = GIVEN + timedelta(days=3)
ARRIVES = TAKEN + timedelta(days=1)
LAST_DAY = business_day(GIVEN) + timedelta(days=8)


def at(moment: datetime, take: Take, name: str, hazard: Hazard, verb: str, **sent: Any) -> Answer:
    with set_to(moment):
        return take(name, hazard, verb, **sent)


def give(take: Take, hazard: Hazard) -> None:
    """Give a hazard to the worker."""
    until = {"due_at": (GIVEN + timedelta(days=20)).isoformat()}
    done(at(GIVEN, take, "admin", hazard, "assign", assignee_id=WORKER, controls="拉警戒线", **until))


def move(take: Take, hazard: Hazard, **more: Any) -> None:
    """Take it from the worker, for the colleague."""
    moved = {"assignee_id": COLLEAGUE, "former_id": WORKER, "note": "换人"}
    done(at(TAKEN, take, "admin", hazard, "assign", **moved, **more))


def late(take: Take, hazard: Hazard, verb: str, captured_at: datetime, **sent: Any) -> Answer:
    """Send what the worker did once another has it."""
    return at(ARRIVES, take, "worker", hazard, verb, captured_at=captured_at.isoformat(), **sent)


@pytest.mark.parametrize(
    "captured_at",
    [datetime.fromisoformat("1970-01-02T00:00:00+00:00"), GIVEN - timedelta(hours=1)],
    ids=["a clock that was reset", "before it was his"],
)
def test_by_a_clock_that_is_not_believed_nobody_goes_on_with_what_another_has(
    session: Session, take: Take, captured_at: datetime
) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    done(at(GIVEN, take, "worker", hazard, "start"))
    move(take, hazard)
    begun = late(take, hazard, "start", captured_at)
    done(at(TAKEN, take, "colleague", hazard, "start"))
    ended = late(take, hazard, "rectify", captured_at, note="清走了")

    assert [refused(begun), refused(ended)] == [(403, "not_assignee")] * 2
    session.refresh(hazard)
    assert hazard.status is HazardStatus.RECTIFYING
    assert done(late(take, hazard, "rectify", TAKEN - timedelta(hours=1), note="清走了"))


def test_nor_is_work_taken_that_is_older_than_a_clock_is_believed(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    done(at(GIVEN, take, "worker", hazard, "start"))
    move(take, hazard)
    sent = {"captured_at": (GIVEN + timedelta(hours=1)).isoformat(), "note": "清走了"}
    old = at(GIVEN + timedelta(days=7, hours=2), take, "worker", hazard, "rectify", **sent)
    in_time = at(GIVEN + timedelta(days=7), take, "worker", hazard, "rectify", **sent)

    assert refused(old) == (409, "illegal_step")
    assert done(in_time)["events"][-1]["clock_flag"] == "ok"


def test_whoever_got_it_from_another_did_nothing_before_that(session: Session, take: Take) -> None:
    """Controls, which an admin shows as well, stand whoever has it."""
    hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    give(take, hazard)
    move(take, hazard)
    early = (TAKEN - timedelta(days=1)).isoformat()
    soon = (TAKEN + timedelta(hours=1)).isoformat()
    shown = {"note": "拉线", "photo_ids": [str(new_id())], "captured_at": early}
    for name, verb, sent in (
        ("admin", "report-controls", shown),
        ("colleague", "start", {"five_fixed": FIVE_FIXED, "captured_at": early}),
        ("colleague", "rectify", {"note": "清走了", "captured_at": early}),
    ):
        last = done(at(ARRIVES, take, name, hazard, verb, **sent))

    flags = [event["clock_flag"] for event in last["events"]][-3:]
    assert flags == ["ok", "stale", "stale"]
    other = write_hazard(session, HazardStatus.ACCEPTED)
    give(take, other)
    move(take, other)
    begun = done(at(ARRIVES, take, "colleague", other, "start", captured_at=soon))
    assert begun["events"][-1]["clock_flag"] == "ok"


def test_after_a_failed_recheck_he_starts_with_the_items_that_held(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    give(take, hazard)
    done(at(GIVEN, take, "worker", hazard, "start", five_fixed=FIVE_FIXED))
    done(at(GIVEN, take, "worker", hazard, "rectify", note="加固了"))
    again = {"passed": False, "note": "还松", "due_at": (GIVEN + timedelta(days=20)).isoformat()}
    done(at(GIVEN, take, "admin", hazard, "verify", **again))
    move(take, hazard)
    others = FIVE_FIXED | {"responsible": "李四"}
    begun = done(late(take, hazard, "start", TAKEN - timedelta(hours=2)))
    done(at(ARRIVES, take, "colleague", hazard, "start", five_fixed=others))
    ended = done(late(take, hazard, "rectify", TAKEN - timedelta(hours=1), note="又加固了"))

    assert (begun["status"], begun["five_fixed"]) == ("assigned", None)
    assert (ended["status"], ended["five_fixed"]) == ("rectified", FIVE_FIXED)


def test_the_deadline_of_another_is_none_of_his(session: Session, take: Take) -> None:
    """He fixed a day that kept his own, before the next got an earlier one."""
    hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    give(take, hazard)
    move(take, hazard, due_at=(TAKEN + timedelta(days=2)).isoformat())
    fixed = FIVE_FIXED | {"deadline": LAST_DAY.isoformat()}
    lacking = late(take, hazard, "start", TAKEN - timedelta(hours=2), five_fixed=fixed | {"funds": ""})
    begun = done(late(take, hazard, "start", TAKEN - timedelta(hours=2), five_fixed=fixed))
    ended = done(late(take, hazard, "rectify", TAKEN - timedelta(hours=1), note="加固了"))

    assert refused(lacking) == (422, "incomplete_five_fixed")
    assert begun["status"] == "assigned"
    assert (ended["status"], ended["five_fixed"]) == ("rectified", fixed)


def test_a_major_one_is_not_begun_without_items_that_never_were(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    give(take, hazard)
    move(take, hazard)
    done(at(TAKEN, take, "colleague", hazard, "start", five_fixed=FIVE_FIXED))

    begun = late(take, hazard, "start", TAKEN - timedelta(hours=2))

    assert refused(begun) == (422, "incomplete_five_fixed")


def test_what_a_recheck_found_of_a_departments_work_is_newer_than_his(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    done(at(GIVEN, take, "worker", hazard, "start"))
    move(take, hazard)
    again = {"passed": False, "note": "还松", "due_at": (TAKEN + timedelta(days=20)).isoformat()}
    for name, verb, sent in (
        ("admin", "transfer", {"department": "power", "note": "已送照片", "expected_on": in_days(20)}),
        ("admin", "department-answer", {"done": True, "note": "修好了"}),
        ("colleague", "verify", again),
        ("admin", "department-answer", {"done": False, "note": "不归我们管"}),
    ):
        done(at(TAKEN, take, name, hazard, verb, **sent))

    assert refused(late(take, hazard, "rectify", TAKEN - timedelta(hours=1), note="清走了"))[0] in {403, 409}
    session.refresh(hazard)
    assert hazard.status is HazardStatus.ACCEPTED


def test_what_was_done_before_a_transfer_is_the_departments_to_say(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    give(take, hazard)
    done(at(GIVEN, take, "worker", hazard, "start"))
    handed = {"department": "power", "note": "已送照片", "expected_on": in_days(20)}
    done(at(TAKEN, take, "admin", hazard, "transfer", **handed))

    ended = late(take, hazard, "rectify", TAKEN - timedelta(hours=1), note="清走了")

    assert refused(ended) == (409, "illegal_step")
