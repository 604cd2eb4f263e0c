"""Steps that a phone took offline, over HTTP: both clocks are kept, and the phone's says what was in time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.ids import new_id
from app.models import HazardStatus
from tests.cast import person
from tests.client import Client
from tests.exports.ledger_world import taken
from tests.hazard_world import FIVE_FIXED, Take, done, refused, write_hazard

Be = Callable[[str], Client]


def ago(**span: float) -> str:
    return (now() - timedelta(**span)).isoformat()


def clocks(entry: dict[str, Any]) -> tuple[str | None, str | None]:
    return entry["captured_at"], entry["clock_flag"]


def test_a_step_and_what_follows_from_it_have_both_clocks(be: Be, session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED)
    at = [ago(days=5), ago(days=4), ago(days=3)]
    done(take("worker", hazard, "start", captured_at=at[0]))
    done(take("worker", hazard, "rectify", note="清走了", captured_at=at[1]))
    shown = done(take("colleague", hazard, "verify", passed=True, captured_at=at[2]))

    entries = be("admin").get(f"/v1/hazards/{hazard.id}/timeline").json["entries"]
    for seen in (shown["events"], entries):
        assert [clocks(one) for one in seen] == [(one, "ok") for one in (*at, at[2])]
        assert all(now() - datetime.fromisoformat(one["at"]) < timedelta(minutes=5) for one in seen)


@pytest.mark.parametrize("days, flag", [(30, "stale"), (-2, "future")])
def test_a_clock_that_is_not_believed_is_marked_and_does_not_count(
    session: Session, take: Take, days: int, flag: str
) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level="major")
    sent, photos = ago(days=days), [str(new_id())]
    shown = done(take("admin", hazard, "report-controls", note="拉线", photo_ids=photos, captured_at=sent))

    assert clocks(shown["events"][0]) == (sent, flag)
    assert now() - datetime.fromisoformat(shown["controls_reported_at"]) < timedelta(minutes=5)


def test_nothing_is_done_before_the_work_was_given_out(session: Session, take: Take) -> None:
    """A phone's clock that says so is not believed, and the work does not count as done in time by it."""
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    done(take("admin", hazard, "assign", assignee_id=str(person("worker").user_id)))
    early, soon = ago(days=3), ago(minutes=2)
    started = done(take("worker", hazard, "start", captured_at=soon))
    shown = done(take("worker", hazard, "rectify", note="清走了", captured_at=early))

    again = done(take("colleague", hazard, "verify", passed=False, note="还堵着", captured_at=early))

    assert clocks(again["events"][-1]) == (early, "stale"), "nor is it rechecked before it was done"
    assert clocks(started["events"][-1]) == (soon, "ok")
    assert clocks(shown["events"][-1]) == (early, "stale")


def test_controls_stand_since_the_phone_showed_them(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level="major")
    at, photos = ago(days=2), [str(new_id())]
    shown = done(take("worker", hazard, "report-controls", note="拉线", photo_ids=photos, captured_at=at))

    assert shown["controls_reported_at"] == at


def test_what_was_put_right_in_time_is_not_late_because_it_arrived_late(
    app: Flask, session: Session, be: Be, take: Take
) -> None:
    """The alarm that sounded meanwhile stays in the history."""
    monday = now() - timedelta(days=3)
    in_time, late = (
        write_hazard(session, HazardStatus.RECTIFYING, due_at=monday + timedelta(hours=1)) for _ in range(2)
    )
    done(take("worker", in_time, "rectify", note="清走了", captured_at=monday.isoformat()))
    done(take("worker", late, "rectify", note="清走了"))

    session.expire_all()
    lines = {line["编号"]: line for line in taken(app, session, be("admin"))}

    assert [lines[str(one.id)]["是否逾期"] for one in (in_time, late)] == ["否", "是"]


def test_five_items_fixed_offline_are_judged_by_the_day_they_were_fixed(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, level="major")
    five = FIVE_FIXED | {"deadline": (business_day() - timedelta(days=1)).isoformat()}

    assert refused(take("worker", hazard, "start", five_fixed=five)) == (422, "due_time")
    assert done(take("worker", hazard, "start", five_fixed=five, captured_at=ago(days=3)))


def test_a_step_sent_without_its_time_and_again_is_the_same(session: Session, take: Take) -> None:
    hazard, step_id = write_hazard(session, HazardStatus.ASSIGNED), new_id()
    first = done(take("worker", hazard, "start", step_id=step_id))
    again = done(take("worker", hazard, "start", step_id=step_id, captured_at=None))
    other = take("worker", hazard, "start", step_id=step_id, captured_at=ago(days=1))

    assert again["events"] == first["events"]
    assert refused(other) == (409, "other_content")
    session.refresh(hazard)
    assert hazard.status is HazardStatus.RECTIFYING
