"""More time for a hazard over HTTP: asked for, granted, refused, and how far."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import business_day, end_of, now
from app.hazards.extensions import MOST_EXTENDED, MOST_EXTENSIONS
from app.models import Grant, Hazard, HazardStatus, Notice, NoticeKind
from app.notices.words import text_of
from tests.cast import named, person
from tests.client import Client
from tests.hazard_world import FIVE_FIXED, LATER, Take, done, in_days, refused, steps, write_hazard

Be = Callable[[str], Client]
BEGAN = now() - timedelta(days=3)
DUE = end_of(business_day() + timedelta(days=5))


@pytest.fixture
def hazard(session: Session) -> Hazard:
    return write_hazard(session, HazardStatus.RECTIFYING, due_from=BEGAN, due_at=DUE)


def told(session: Session, name: str) -> list[str]:
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.HAZARD_MATTER)
    return [row.data["step"] for row in session.scalars(select(Notice).where(*which))]


def test_granted_the_day_of_the_five_fixed_items_moves_along(session: Session, take: Take) -> None:
    hazard = write_hazard(
        session, HazardStatus.RECTIFYING, level="major", due_from=BEGAN, due_at=DUE, five_fixed=FIVE_FIXED
    )
    asked = done(take("worker", hazard, "ask-extension", until=in_days(15), reason="等材料"))
    granted = done(take("county", hazard, "grant-extension"))

    assert asked["five_fixed"] == FIVE_FIXED
    assert granted["five_fixed"] == FIVE_FIXED | {"deadline": in_days(15)}


def test_granted_the_deadline_and_the_clocks_move(
    be: Be, session: Session, take: Take, hazard: Hazard
) -> None:
    until = business_day() + timedelta(days=15)
    asked = done(take("worker", hazard, "ask-extension", until=until.isoformat(), reason="等材料"))
    waiting = be("admin").get("/v1/hazards?extension_asked=true").json["items"]
    granted = done(take("admin", hazard, "grant-extension", note="抓紧"))
    session.refresh(hazard)

    assert (asked["due_at"], asked["asked_due_at"]) == (DUE.isoformat(), end_of(until).isoformat())
    assert [one["id"] for one in waiting] == [str(hazard.id)]
    assert (hazard.due_at, hazard.due_from) == (end_of(until), BEGAN)
    assert hazard.alarm_at == BEGAN + (end_of(until) - BEGAN) * 0.8
    assert (granted["asked_due_at"], granted["extensions"]) == (None, 1)
    assert granted["extensions_left"] == MOST_EXTENSIONS - 1
    assert steps(granted) == [(1, "ask_extension", "rectifying"), (2, "grant_extension", "rectifying")]
    assert granted["events"][1]["data"]["former_due_at"] == DUE.isoformat()
    assert told(session, "admin") == ["ask_extension"]
    assert told(session, "worker") == ["grant_extension"]
    kinds = select(Notice.data["step"].astext).where(Notice.user_id == person("resident").user_id)
    assert list(session.scalars(kinds)) == ["grant_extension"], "who reported it"


def test_refused_the_deadline_stays_and_he_reads_why(session: Session, take: Take, hazard: Hazard) -> None:
    done(take("worker", hazard, "ask-extension", until=in_days(9), reason="等材料"))
    refused_one = done(take("admin", hazard, "refuse-extension", reason="材料昨天已到"))
    session.refresh(hazard)

    assert (hazard.due_at, hazard.asked_due_at, hazard.extensions) == (DUE, None, 0)
    assert refused_one["events"][-1]["note"] == "材料昨天已到"
    assert told(session, "worker") == ["refuse_extension"]
    assert done(take("worker", hazard, "ask-extension", until=in_days(8), reason="下雨"))


@pytest.mark.parametrize("until", [4, 5 + MOST_EXTENDED.days + 1])
def test_it_ends_later_and_not_much(take: Take, hazard: Hazard, until: int) -> None:
    answer = take("worker", hazard, "ask-extension", until=in_days(until), reason="等材料")

    assert refused(answer) == (422, "extension_span")


def test_a_deadline_that_is_over_is_put_off_into_the_future_only(session: Session, take: Take) -> None:
    late = write_hazard(session, HazardStatus.ASSIGNED, due_at=now() - timedelta(days=5))
    past = take("worker", late, "ask-extension", until=in_days(-2), reason="等材料")

    assert refused(past) == (422, "extension_span")
    assert done(take("worker", late, "ask-extension", until=in_days(2), reason="等材料"))


def test_it_is_put_off_so_often_and_no_more(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, due_at=DUE, extensions=MOST_EXTENSIONS)
    answer = take("worker", hazard, "ask-extension", until=in_days(9), reason="等材料")

    assert refused(answer) == (409, "extensions_used")


def test_one_wish_waits_at_a_time(take: Take, hazard: Hazard) -> None:
    done(take("worker", hazard, "ask-extension", until=in_days(9), reason="等材料"))
    second = take("worker", hazard, "ask-extension", until=in_days(10), reason="等材料")

    assert refused(second) == (409, "extension_open")


def test_nobody_decides_where_nobody_asked_or_on_his_own(
    session: Session, take: Take, hazard: Hazard
) -> None:
    own = write_hazard(
        session, HazardStatus.ASSIGNED, assignee_id=person("admin").user_id, asked_due_at=LATER
    )

    assert refused(take("admin", hazard, "grant-extension")) == (409, "no_extension_asked")
    assert refused(take("admin", own, "grant-extension")) == (403, "own_extension")
    assert done(take("county", own, "grant-extension"))


def test_on_a_major_one_the_county_decides(be: Be, session: Session, take: Take) -> None:
    major = write_hazard(session, HazardStatus.ASSIGNED, level="major", due_at=DUE)
    done(take("worker", major, "ask-extension", until=in_days(9), reason="等材料"))
    by_admin = be("admin").get(f"/v1/hazards/{major.id}").json["allowed"]

    assert refused(take("admin", major, "grant-extension")) == (403, "major_extension")
    assert "grant_extension" not in by_admin
    assert told(session, "county") == ["ask_extension"]
    assert told(session, "admin") == []
    assert done(take("county", major, "grant-extension"))


def test_only_who_puts_it_right_asks(take: Take, hazard: Hazard) -> None:
    answer = take("colleague", hazard, "ask-extension", until=in_days(9), reason="等材料")

    assert refused(answer) == (403, "not_assignee")


def test_the_county_decides_on_no_general_one_that_its_community_gives_out(
    be: Be, session: Session, take: Take
) -> None:
    general = write_hazard(session, HazardStatus.ASSIGNED, asked_due_at=LATER)

    for verb, sent in (("grant-extension", {}), ("refuse-extension", {"reason": "材料已到"})):
        assert refused(take("county", general, verb, **sent)) == (403, "not_major")
    allowed = be("county").get(f"/v1/hazards/{general.id}").json["allowed"]
    assert {"grant_extension", "refuse_extension"}.isdisjoint(allowed)
    assert done(take("admin", general, "grant-extension"))


def test_where_the_county_has_nobody_the_city_is_told_that_nobody_decides(
    session: Session, take: Take
) -> None:
    """It may not decide itself: it sees to an officer of the county."""
    major = write_hazard(session, HazardStatus.ASSIGNED, level="major", due_at=DUE)
    session.execute(update(Grant).where(Grant.role == Role.COUNTY_OFFICER).values(ended_at=now()))
    session.commit()
    done(take("worker", major, "ask-extension", until=in_days(9), reason="等材料"))
    done(take("admin", major, "report-controls", note="已拉线", photo_ids=[str(named("a photo"))]))

    which = (Notice.user_id == person("city").user_id, Notice.data["hazard_id"].astext == str(major.id))
    notices = session.scalars(select(Notice).where(*which)).all()
    assert [text_of(row.kind, row.data) for row in notices] == ["有一项隐患没有人能决定，请安排人"] * 2
    assert {row.kind for row in notices} == {NoticeKind.HAZARD_MATTER}


def test_a_day_that_is_over_by_now_is_not_granted(be: Be, session: Session, take: Take) -> None:
    waited = {"due_at": now() - timedelta(days=3), "asked_due_at": now() - timedelta(days=1)}
    hazard = write_hazard(session, HazardStatus.ASSIGNED, **waited)
    allowed = be("admin").get(f"/v1/hazards/{hazard.id}").json["allowed"]

    assert refused(take("admin", hazard, "grant-extension")) == (409, "asked_time_over")
    assert "grant_extension" not in allowed
    assert "refuse_extension" in allowed
    assert done(take("admin", hazard, "refuse-extension", reason="请重新申请"))
    assert done(take("worker", hazard, "ask-extension", until=in_days(3), reason="等材料"))


def test_what_is_overdue_for_too_long_is_given_out_anew(be: Be, session: Session, take: Take) -> None:
    late = write_hazard(session, HazardStatus.ASSIGNED, due_at=now() - MOST_EXTENDED)
    answer = take("worker", late, "ask-extension", until=in_days(2), reason="等材料")

    assert refused(answer) == (409, "too_late_to_extend")
    assert "ask_extension" not in be("worker").get(f"/v1/hazards/{late.id}").json["allowed"]
    given = {"assignee_id": str(person("colleague").user_id), "note": "换人", "due_at": LATER.isoformat()}
    assert done(take("admin", late, "assign", former_id=str(person("worker").user_id), **given))


@pytest.mark.parametrize("way", ["rectify", "reassign"])
def test_a_wish_goes_with_the_work_of_who_asked(
    session: Session, take: Take, hazard: Hazard, way: str
) -> None:
    done(take("worker", hazard, "ask-extension", until=in_days(9), reason="等材料"))
    if way == "rectify":
        done(take("worker", hazard, "rectify", note="清走了"))
    else:
        given = {"assignee_id": str(person("colleague").user_id), "note": "换人"}
        done(take("admin", hazard, "assign", former_id=str(person("worker").user_id), **given))
    session.refresh(hazard)

    assert hazard.asked_due_at is None
