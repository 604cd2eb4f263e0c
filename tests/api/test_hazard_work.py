"""Work on hazards and its recheck over HTTP."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import business_day, end_of, now, set_to, start_of
from app.ids import new_id
from app.models import (
    HazardEvent,
    HazardLevel,
    HazardSource,
    HazardStatus,
)
from tests.cast import person
from tests.client import Client
from tests.hazard_world import FIVE_FIXED, Take, done, in_days, refused, steps, write_hazard
from tests.photos import waiting

Be = Callable[[str], Client]
WORKER = str(person("worker").user_id)


@pytest.mark.parametrize("verb,status", [("start", "assigned"), ("rectify", "rectifying")])
@pytest.mark.parametrize("name", ["colleague", "lead", "admin"])
def test_only_the_assignee_works(session: Session, take: Take, verb: str, status: str, name: str) -> None:
    hazard = write_hazard(session, HazardStatus(status))
    sent = {"note": "好了"}

    assert refused(take(name, hazard, verb, **sent)) == (403, "not_assignee")
    assert take("worker", hazard, verb, **sent).status_code == 200


@pytest.mark.parametrize(
    "empty,name", list(zip(FIVE_FIXED, ["措施", "资金", "责任人", "时限", "预案"], strict=True))
)
def test_a_major_hazard_needs_all_five_items(session: Session, take: Take, empty: str, name: str) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level=HazardLevel.MAJOR)
    four = {key: value for key, value in FIVE_FIXED.items() if key != empty}

    answer = take("worker", hazard, "start", five_fixed=four)

    assert refused(answer) == (422, "incomplete_five_fixed")
    assert answer.json["errors"] == {"five_fixed": [f"重大隐患开工前要“五落实”，还缺：{name}"]}


def test_a_major_hazard_does_not_start_without_them(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level=HazardLevel.MAJOR)

    bare = take("worker", hazard, "start")
    blank = take("worker", hazard, "start", five_fixed={**FIVE_FIXED, "funds": "  "})
    shown = done(take("worker", hazard, "start", five_fixed=FIVE_FIXED))

    assert refused(bare) == refused(blank) == (422, "incomplete_five_fixed")
    assert "措施、资金、责任人、时限、预案" in bare.json["title"]
    assert shown["five_fixed"] == FIVE_FIXED
    assert shown["events"][0]["data"] == {"five_fixed": FIVE_FIXED}


@pytest.mark.parametrize("days,status", [(-1, 422), (0, 200), (366, 200), (367, 422)])
def test_the_deadline_of_the_five_lies_ahead_within_a_year(
    session: Session, take: Take, days: int, status: int
) -> None:
    far = datetime(2029, 1, 1, tzinfo=UTC)
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level=HazardLevel.MAJOR, due_at=far)

    with set_to(datetime(2026, 11, 24, 16, 30, tzinfo=UTC)):
        last = date(2026, 11, 25) + timedelta(days=days)
        answer = take("worker", hazard, "start", five_fixed=FIVE_FIXED | {"deadline": last.isoformat()})

    assert answer.status_code == status
    if status == 422:
        assert (refused(answer), list(answer.json["errors"])) == ((422, "due_time"), ["five_fixed"])


@pytest.mark.parametrize("days, status", [(-1, 200), (0, 422), (1, 422)])
def test_the_deadline_of_the_five_is_not_after_that_of_the_hazard(
    session: Session, take: Take, days: int, status: int
) -> None:
    due = business_day() + timedelta(days=4)
    major = {"level": HazardLevel.MAJOR, "due_at": start_of(due)}  # as at 24:00 of the day before
    hazard = write_hazard(session, HazardStatus.ASSIGNED, **major)

    last = due + timedelta(days=days)
    answer = take("worker", hazard, "start", five_fixed=FIVE_FIXED | {"deadline": last.isoformat()})

    assert answer.status_code == status
    if status == 422:
        assert (refused(answer), list(answer.json["errors"])) == ((422, "five_fixed_late"), ["five_fixed"])


def test_a_deadline_that_is_over_binds_no_other(session: Session, take: Take) -> None:
    over = now() - timedelta(days=1)
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level=HazardLevel.MAJOR, due_at=over)

    assert done(take("worker", hazard, "start", five_fixed=FIVE_FIXED))["status"] == "rectifying"


def test_the_five_items_hold_after_a_failed_recheck(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level=HazardLevel.MAJOR, five_fixed=FIVE_FIXED)

    assert done(take("worker", hazard, "start"))["five_fixed"] == FIVE_FIXED


def test_the_day_of_the_five_items_is_that_of_the_deadline_after_a_failed_recheck(
    session: Session, take: Take
) -> None:
    """What was fixed first stays in the history; what is shown may be sent again as it is."""
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level=HazardLevel.MAJOR)
    done(take("worker", hazard, "start", five_fixed=FIVE_FIXED))
    done(take("worker", hazard, "rectify", note="做完了"))
    due_at = end_of(business_day() + timedelta(days=3))
    back = done(take("colleague", hazard, "verify", passed=False, note="还裂着", due_at=due_at.isoformat()))
    again = done(take("worker", hazard, "start", five_fixed=back["five_fixed"]))

    assert back["five_fixed"] == again["five_fixed"] == FIVE_FIXED | {"deadline": in_days(3)}
    assert back["events"][0]["data"]["five_fixed"] == FIVE_FIXED


def test_work_done_is_shown(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING)

    bare = take("worker", hazard, "rectify")
    shown = done(take("worker", hazard, "rectify", photo_ids=[str(new_id())]))

    assert (refused(bare), list(bare.json["errors"])) == ((422, "nothing_shown"), ["note"])
    assert len(shown["events"][0]["photos"]) == 1


def test_whoever_rectified_may_not_verify(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFIED)

    assert refused(take("worker", hazard, "verify", passed=True)) == (403, "same_person")
    assert refused(take("worker", hazard, "verify", passed=False, note="没好")) == (403, "same_person")
    assert take("admin", hazard, "verify", passed=True).json["status"] == "closed"


def test_whoever_rectified_may_not_close(session: Session, take: Take) -> None:
    county = person("county").user_id
    hazard = write_hazard(
        session, HazardStatus.VERIFIED, level=HazardLevel.MAJOR, rectified_by=county, assignee_id=county
    )

    assert refused(take("county", hazard, "close", passed=True)) == (403, "same_person")


@pytest.mark.parametrize(
    "verb,name,status",
    [("verify", "colleague", HazardStatus.RECTIFIED), ("close", "county", HazardStatus.VERIFIED)],
)
def test_a_failed_recheck_is_counted_and_gets_a_new_deadline(
    session: Session, take: Take, verb: str, name: str, status: HazardStatus
) -> None:
    at = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
    photo = str(new_id())
    hazard = write_hazard(session, status, level=HazardLevel.MAJOR, due_at=at - timedelta(days=1))

    with set_to(at):
        shown = done(take(name, hazard, verb, passed=False, note="还在漏水", photo_ids=[photo]))

    assert (shown["status"], shown["recheck_failures"], shown["assignee_id"]) == ("assigned", 1, WORKER)
    assert datetime.fromisoformat(shown["due_at"]) == datetime(2026, 11, 12, 16, 0, tzinfo=UTC)
    assert steps(shown) == [(1, "recheck_fail", "assigned")]
    assert shown["events"][0]["photos"] == [waiting(photo)]


def test_each_failed_recheck_counts(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED)
    due_at = (now() + timedelta(days=2)).isoformat()
    for failures in (1, 2):
        done(take("worker", hazard, "start"))
        done(take("worker", hazard, "rectify", note="好了"))
        shown = done(take("admin", hazard, "verify", passed=False, note="没好", due_at=due_at))
        assert (shown["recheck_failures"], len(shown["events"])) == (failures, 3 * failures)
        assert datetime.fromisoformat(shown["due_at"]) == datetime.fromisoformat(due_at)


def test_a_failed_recheck_says_why(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFIED)
    later = (now() + timedelta(days=1)).isoformat()

    silent = take("admin", hazard, "verify", passed=False)
    needless = take("admin", hazard, "verify", passed=True, due_at=later)

    assert (silent.status_code, list(silent.json["errors"])) == (422, ["note"])
    assert (needless.status_code, list(needless.json["errors"])) == (422, ["due_at"])


def test_a_recurrence_in_between_does_not_hide_a_repeated_step(session: Session, take: Take) -> None:
    hazard = write_hazard(session, source=HazardSource.STAFF)
    step_id = str(new_id())
    done(take("admin", hazard, "accept", step_id=step_id))
    session.add(
        HazardEvent(
            id=new_id(),
            area_code=hazard.area_code,
            hazard_id=hazard.id,
            number=2,
            step="recur",
            status_after="accepted",
            actor_id=person("worker").user_id,
            at=now(),
            content_hash=b"",
        )
    )
    session.commit()

    assert steps(done(take("admin", hazard, "accept", step_id=step_id)))[1:] == [(2, "recur", "accepted")]
