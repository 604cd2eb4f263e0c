"""Who is told that a hazard waits for him: who triages, who rechecks, and the county of a major one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from app import hazards as product
from app.clock import now, set_to
from app.ids import new_id
from app.models import Checklist, Grant, HazardLevel, HazardStatus, Notice, NoticeKind
from app.notices.links import link_of
from app.notices.words import text_of
from tests.care_world import move_in
from tests.cast import named, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import (
    FIVE_FIXED,
    Take,
    done,
    file,
    inspection_body,
    problem,
    report_body,
    write_checklist,
    write_hazard,
)

Be = Callable[[str], Client]
ALARM, MATTER, STEP = NoticeKind.HAZARD_ALARM, NoticeKind.HAZARD_MATTER, NoticeKind.HAZARD_STEP
BEHIND = "1单元101堆了很多纸箱"


def told(session: Session, name: str) -> list[tuple[NoticeKind, str]]:
    """Give what somebody was told of hazards: the kind, and what or which step."""
    return [(row.kind, row.data.get("what") or row.data.get("step", "")) for row in notices(session, name)]


def notices(session: Session, name: str) -> list[Notice]:
    query = select(Notice).where(Notice.user_id == person(name).user_id).order_by(Notice.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def take_away(session: Session, *names: str) -> None:
    session.execute(delete(Grant).where(Grant.user_id.in_([person(name).user_id for name in names])))
    session.commit()


@pytest.mark.parametrize("name", ["resident", "lead", "worker"])
def test_a_report_is_told_to_those_who_triage_and_to_nobody_else(be: Be, session: Session, name: str) -> None:
    hazard_id = str(new_id())
    assert be(name).put(f"/v1/hazards/{hazard_id}", json=report_body()).status_code == 201

    (notice,) = notices(session, "admin")
    assert (notice.kind, notice.data["step"], notice.data["hazard_id"]) == (MATTER, "report", hazard_id)
    assert text_of(notice.kind, notice.data) == "有新报的隐患，请受理"
    for other in ("worker", "colleague", "lead", "county", "city", "next_admin", "far_admin", name):
        assert notices(session, other) == []


def test_the_same_report_again_is_told_once(be: Be, session: Session) -> None:
    hazard_id, body = new_id(), report_body()
    codes = [be("resident").put(f"/v1/hazards/{hazard_id}", json=body).status_code for _ in range(2)]

    assert (codes, len(notices(session, "admin"))) == ([201, 200], 1)


def test_who_reports_and_triages_himself_is_not_told_nor_is_the_office(be: Be, session: Session) -> None:
    be("admin").put(f"/v1/hazards/{new_id()}", json=report_body())

    assert (told(session, "admin"), told(session, "county")) == ([], [])


def test_nobody_is_told_of_what_is_behind_his_own_door(be: Be, session: Session) -> None:
    move_in(session, "admin")
    be("resident").put(f"/v1/hazards/{new_id()}", json=report_body(text=BEHIND))

    assert (told(session, "admin"), told(session, "county")) == ([], [(MATTER, "nobody_decides")])


def test_without_an_admin_the_office_above_is_told_that_nobody_decides(be: Be, session: Session) -> None:
    take_away(session, "admin", "county")
    be("resident").put(f"/v1/hazards/{new_id()}", json=report_body())

    assert told(session, "city") == [(MATTER, "nobody_decides")]


def test_an_inspection_with_many_problems_is_one_notice(
    be: Be, session: Session, checklist: Checklist
) -> None:
    filed = file(be("worker"), inspection_body(checklist, _1=problem(), _3=problem()))

    (notice,) = notices(session, "admin")
    found = [one["hazard_id"] for one in filed.json["answers"] if one["hazard_id"]]
    assert (notice.kind, notice.data["step"], notice.data["count"]) == (MATTER, "report", 2)
    assert sorted(notice.data["hazard_ids"]) == sorted(found)
    link = link_of(notice.data)
    assert link is not None
    assert (link.kind, link.id) == ("inspection", filed.json["id"])
    assert told(session, "county") == []


def test_telling_costs_the_same_for_one_problem_and_for_many(
    be: Be, session: Session, connection: Connection
) -> None:
    """However many it finds, one statement asks who lives behind their doors, and one who triages."""
    one, many = (write_checklist(session) for _ in range(2))
    asked = []
    for checklist, odd in ((one, {"_1": problem()}), (many, {"_1": problem(), "_3": problem()})):
        with statements(connection) as sent:
            assert file(be("worker"), inspection_body(checklist, **odd)).status_code == 201
        reads = [" ".join(one.split()) for one in sent if one.startswith("SELECT")]
        asked.append([one for one in reads if "JOIN households" in one or "FROM grants JOIN" in one])

    assert len(asked[0]) == len(asked[1]) == 2


def test_of_one_behind_his_door_and_others_an_admin_is_told_of_the_others(
    be: Be, session: Session, checklist: Checklist
) -> None:
    move_in(session, "admin")
    file(be("worker"), inspection_body(checklist, _1=problem("1单元101堆了纸箱"), _3=problem("灯不亮")))

    (notice,) = notices(session, "admin")
    assert (notice.data["count"], told(session, "county")) == (1, [(MATTER, "nobody_decides")])
    assert notice.data["hazard_id"] != notices(session, "county")[0].data["hazard_id"]


def test_what_is_found_once_more_is_not_told_as_new(be: Be, session: Session, checklist: Checklist) -> None:
    for name in ("worker", "colleague"):
        file(be(name), inspection_body(checklist, _1=problem()))

    assert told(session, "admin") == [(MATTER, "report")]


def test_a_major_one_that_is_found_is_an_alarm_to_county_and_admins(
    be: Be, session: Session, checklist: Checklist
) -> None:
    file(be("worker"), inspection_body(checklist, _1=problem(), _2=problem("裂缝")))

    (of_admin,), (of_county,) = notices(session, "admin"), notices(session, "county")
    assert (of_admin.kind, of_admin.data["count"], of_admin.data["level"]) == (ALARM, 2, "major")
    assert (of_county.kind, of_county.data["count"], of_county.data["level"]) == (ALARM, 1, "major")
    assert text_of(of_county.kind, of_county.data) == "发现了重大隐患，请马上处理"
    assert told(session, "city") == []


@pytest.mark.parametrize("level, sent", [("major", {}), ("general", {"level": "major"})])
def test_the_county_is_told_at_once_of_what_is_accepted_as_major(
    session: Session, take: Take, level: str, sent: dict[str, Any]
) -> None:
    hazard = write_hazard(session, level=HazardLevel(level))
    done(take("admin", hazard, "accept", **sent))

    (notice,) = notices(session, "county")
    assert (notice.kind, notice.data["step"], notice.data["level"]) == (ALARM, "accept", "major")
    assert text_of(notice.kind, notice.data) == "受理了重大隐患，24小时内要管控"


def test_the_county_is_not_told_of_a_general_one_nor_of_what_it_accepts_itself(
    session: Session, take: Take
) -> None:
    done(take("admin", write_hazard(session), "accept"))
    done(take("county", write_hazard(session), "accept", level="major"))

    assert told(session, "county") == []


def test_where_the_county_has_nobody_the_city_is_told_of_a_major_one(session: Session, take: Take) -> None:
    take_away(session, "county")
    done(take("admin", write_hazard(session), "accept", level="major"))

    assert told(session, "city") == [(ALARM, "nobody_decides")]


def test_who_may_recheck_is_asked_to_once_the_work_is_done(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING)
    done(take("worker", hazard, "rectify", note="清走了"))

    for name in ("colleague", "admin"):
        (notice,) = notices(session, name)
        assert (notice.kind, notice.data["step"]) == (MATTER, "rectify")
        assert text_of(notice.kind, notice.data) == "有一项隐患整改好了，请复查"
    assert [told(session, name) for name in ("worker", "lead", "county")] == [[]] * 3


def test_who_answers_for_a_department_does_not_recheck_and_others_are_asked_to(
    session: Session, take: Take
) -> None:
    hazard = write_hazard(session, HazardStatus.TRANSFERRED)
    done(take("admin", hazard, "department-answer", done=True, note="已换新线"))

    assert told(session, "admin") == []
    assert told(session, "worker") == told(session, "colleague") == [(MATTER, "rectify")]


def test_where_nobody_else_may_recheck_the_office_is_told(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING)
    take_away(session, "colleague", "admin")
    done(take("worker", hazard, "rectify", note="清走了"))

    assert told(session, "county") == [(MATTER, "nobody_decides")]


def test_the_county_is_asked_to_close_a_major_one_that_passed_its_recheck(
    session: Session, take: Take
) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFIED, level=HazardLevel.MAJOR, five_fixed=FIVE_FIXED)
    done(take("colleague", hazard, "verify", passed=True))

    (notice,) = notices(session, "county")
    assert (notice.kind, notice.data["step"]) == (MATTER, "verify")
    assert text_of(notice.kind, notice.data) == "重大隐患复查通过了，请县里复核"


def test_a_recheck_that_closes_tells_the_reporter_once(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFIED)
    major = write_hazard(session, HazardStatus.RECTIFIED, level=HazardLevel.MAJOR)
    done(take("colleague", hazard, "verify", passed=True))
    done(take("colleague", major, "verify", passed=True))

    assert told(session, "resident") == [(STEP, "close"), (STEP, "verify")]


def test_nothing_that_is_told_of_a_report_says_what_or_by_whom(be: Be, session: Session) -> None:
    """S-59: ids and codes alone, also of words that name a door."""
    be("resident").put(f"/v1/hazards/{new_id()}", json=report_body(text=BEHIND))

    (notice,) = notices(session, "admin")
    assert set(notice.data) == {"hazard_id", "step", "status", "level", "count"}
    assert str(named("user resident")) not in str(notice.data)


def test_what_lies_for_days_until_it_is_rechecked_is_told_once_a_day(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING)
    done(take("worker", hazard, "rectify", note="清走了"))
    figures = []
    for spent in (timedelta(hours=47), timedelta(hours=49), timedelta(hours=49)):
        with set_to(now() + spent):
            figures.append(product.tell_unchecked(session, limit=10)[0])
            session.commit()

    assert figures == [0, 1, 0]
    assert told(session, "admin") == [(MATTER, "rectify"), (MATTER, "unchecked")]
