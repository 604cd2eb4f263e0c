"""Temporary controls of a major hazard over HTTP: shown in time, found good or not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import hazards
from app.clock import now, set_to
from app.ids import new_id
from app.models import Hazard, HazardEvent, HazardStatus, Notice, NoticeKind
from app.notices.words import text_of
from tests.cast import person
from tests.client import Client
from tests.hazard_world import Take, done, refused, write_hazard
from tests.photos import waiting

Be = Callable[[str], Client]
WORKER = person("worker").user_id
GIVEN = {"assignee_id": str(WORKER), "controls": "拉警戒线"}
A_DAY = timedelta(hours=24)


@pytest.fixture
def hazard(session: Session, take: Take) -> Hazard:
    """Give a major hazard that was assigned a moment ago."""
    made = write_hazard(session, HazardStatus.ACCEPTED, level="major")
    done(take("admin", made, "assign", **GIVEN))
    session.refresh(made)
    return made


def look(session: Session, hazard: Hazard, after: timedelta) -> list[str]:
    assert hazard.due_from is not None
    with set_to(hazard.due_from + after):
        hazards.take_alarms(session, limit=200)
        session.commit()
    about = (HazardEvent.hazard_id == hazard.id, HazardEvent.step == "remind_controls")
    return list(session.scalars(select(HazardEvent.step).where(*about)))


def told(session: Session, kind: NoticeKind, name: str) -> list[str]:
    return [row.data["step"] for row in notices(session, kind, name)]


def notices(session: Session, kind: NoticeKind, name: str) -> list[Notice]:
    which = (Notice.user_id == person(name).user_id, Notice.kind == kind)
    return list(session.scalars(select(Notice).where(*which).order_by(Notice.id)))


def text(notice: Notice) -> str:
    return text_of(notice.kind, notice.data)


def test_they_are_due_from_when_it_was_accepted_though_nobody_has_it(session: Session, take: Take) -> None:
    made = write_hazard(session, level="major")
    done(take("admin", made, "accept"))
    general = done(take("admin", write_hazard(session), "accept"))
    session.refresh(made)
    assert made.controls_due_at is not None
    accepted_at = made.controls_due_at - A_DAY
    with set_to(made.controls_due_at):
        hazards.take_alarms(session, limit=200)
        session.commit()
    with set_to(accepted_at + timedelta(hours=30)):
        done(take("admin", made, "assign", **GIVEN))
    session.refresh(made)

    assert made.controls_due_at == accepted_at + A_DAY, "who gets it later has no more time"
    assert general["controls_due_at"] is None
    for name in ("admin", "county"):
        assert told(session, NoticeKind.HAZARD_ALARM, name)[-1] == "remind_controls"


def test_they_are_shown_in_pictures_and_checked_by_the_county(
    session: Session, take: Take, hazard: Hazard
) -> None:
    photo = str(new_id())
    bare = take("worker", hazard, "report-controls", note="已拉警戒线", photo_ids=[])
    shown = done(take("worker", hazard, "report-controls", note="已拉警戒线", photo_ids=[photo]))
    checked = done(take("county", hazard, "check-controls", passed=True))
    again = take("county", hazard, "check-controls", passed=True)

    assert (bare.status_code, list(bare.json["errors"])) == (422, ["photo_ids"])
    assert shown["events"][-1]["photos"] == [waiting(photo)]
    assert shown["controls_reported_at"] is not None
    assert checked["controls_checked_at"] is not None
    assert refused(again) == (409, "no_controls_shown")
    assert told(session, NoticeKind.HAZARD_MATTER, "county") == ["report_controls"]
    assert told(session, NoticeKind.HAZARD_MATTER, "worker") == ["check_controls"]


def test_whoever_has_it_the_admins_and_the_county_are_told_once_that_nothing_was_shown(
    session: Session, hazard: Hazard
) -> None:
    before = look(session, hazard, A_DAY - timedelta(seconds=1))
    after = [look(session, hazard, A_DAY + timedelta(minutes=minutes)) for minutes in range(3)]

    assert (before, after) == ([], [["remind_controls"]] * 3)
    said = {}
    for name in ("worker", "admin", "county"):
        (notice,) = notices(session, NoticeKind.HAZARD_ALARM, name)
        assert notice.data["step"] == "remind_controls"
        said[name] = text(notice)
    assert said["worker"] == said["admin"] == "重大隐患还没报临时管控，请快报"
    assert said["county"] == "重大隐患还没报临时管控，请督促"


def test_nobody_is_reminded_of_what_was_shown(session: Session, take: Take, hazard: Hazard) -> None:
    done(take("worker", hazard, "report-controls", note="已拉警戒线", photo_ids=[str(new_id())]))
    session.refresh(hazard)

    assert look(session, hazard, A_DAY * 2) == []


def test_found_wanting_they_are_due_within_a_day_again(session: Session, take: Take, hazard: Hazard) -> None:
    done(take("worker", hazard, "report-controls", note="放了牌子", photo_ids=[str(new_id())]))
    bare = take("county", hazard, "check-controls", passed=False)
    shown = done(take("county", hazard, "check-controls", passed=False, note="要拉警戒线"))
    session.refresh(hazard)

    assert (bare.status_code, list(bare.json["errors"])) == (422, ["note"])
    assert shown["controls_reported_at"] is None
    assert hazard.controls_due_at is not None
    assert now() + A_DAY - timedelta(minutes=1) < hazard.controls_due_at <= now() + A_DAY
    assert hazard.alarm_at == hazard.controls_due_at


def test_found_good_and_found_wanting_are_told_in_different_words(
    session: Session, take: Take, hazard: Hazard
) -> None:
    for passed in (False, True):
        done(take("worker", hazard, "report-controls", note="放了牌子", photo_ids=[str(new_id())]))
        done(take("county", hazard, "check-controls", passed=passed, note="看过了"))

    assert [text(one) for one in notices(session, NoticeKind.HAZARD_MATTER, "worker")] == [
        "临时管控复核没通过，请重新做",
        "重大隐患的临时管控复核通过",
    ]


def test_a_general_one_has_none_to_show(session: Session, take: Take) -> None:
    general = write_hazard(session, HazardStatus.ASSIGNED)
    answer = take("worker", general, "report-controls", note="看着", photo_ids=[str(new_id())])

    assert refused(answer) == (409, "no_controls_needed")


def test_nobody_else_shows_them(take: Take, hazard: Hazard) -> None:
    answer = take("colleague", hazard, "report-controls", note="看着", photo_ids=[str(new_id())])

    assert refused(answer) == (403, "not_assignee")
