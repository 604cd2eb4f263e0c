"""An office urges a hazard over HTTP, and is answered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now, set_to
from app.hazards import take_alarms
from app.ids import new_id
from app.models import Grant, Hazard, HazardStatus, Notice, NoticeKind
from tests.cast import person
from tests.client import Client
from tests.hazard_world import SIDE_VERBS, Take, done, in_days, refused, steps, write_hazard

Be = Callable[[str], Client]


def told(session: Session, name: str) -> list[str]:
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.HAZARD_MATTER)
    return [row.data["step"] for row in session.scalars(select(Notice).where(*which))]


@pytest.mark.parametrize("status", list(HazardStatus))
@pytest.mark.parametrize("verb", list(SIDE_VERBS))
def test_a_verb_that_moves_nothing_starts_from_its_own_states_only(
    session: Session, take: Take, verb: str, status: HazardStatus
) -> None:
    name, starts, sent, more = SIDE_VERBS[verb]
    hazard = write_hazard(session, status, **{"level": "major", **more})
    answer = take(name, hazard, verb, **sent)
    session.refresh(hazard)

    assert hazard.status is status
    if status in starts:
        assert answer.status_code == 200, answer.text
        assert answer.json["events"][-1]["step"] == verb.replace("-", "_")
    else:
        assert refused(answer) == (409, "illegal_step")


@pytest.mark.parametrize("verb", list(SIDE_VERBS))
def test_the_same_one_again_is_taken_once(session: Session, take: Take, verb: str) -> None:
    name, _, sent, more = SIDE_VERBS[verb]
    hazard = write_hazard(session, HazardStatus.ASSIGNED, **{"level": "major", **more})
    step_id = new_id()
    first, again = (take(name, hazard, verb, step_id=step_id, **sent) for _ in range(2))

    assert (first.status_code, again.json) == (200, first.json)
    assert len(first.json["events"]) == 1


def test_the_office_writes_and_the_answer_comes_back(be: Be, session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.RECTIFYING)
    urged = done(take("county", hazard, "supervise", note="三天内报结果"))
    allowed = be("worker").get(f"/v1/hazards/{hazard.id}").json["allowed"]
    answered = done(take("worker", hazard, "answer", note="明天完工"))

    assert urged["supervised_at"] is not None
    assert urged["answered_at"] is None
    assert "answer" in allowed
    assert answered["answered_at"] is not None
    assert "answer" not in answered["allowed"]
    assert steps(answered) == [(1, "supervise", "rectifying"), (2, "answer", "rectifying")]
    assert [one["note"] for one in answered["events"]] == ["三天内报结果", "明天完工"]
    assert told(session, "worker") == told(session, "admin") == ["supervise"]
    assert told(session, "county") == ["answer"]
    assert told(session, "resident") == told(session, "city") == []


def test_where_nobody_wrote_the_office_itself_is_answered(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, supervised_at=now())
    done(take("admin", hazard, "answer", note="已催"))

    assert told(session, "county") == ["answer"]


def test_offices_that_its_time_went_to_are_answered(session: Session, take: Take) -> None:
    due = now() + timedelta(days=2)
    hazard = write_hazard(session, HazardStatus.ASSIGNED, due_from=now(), due_at=due, alarm_at=due)
    done(take("county", hazard, "supervise", note="请抓紧"))
    done(take("worker", hazard, "answer", note="明天完工"))
    with set_to(now() + timedelta(days=30)):
        take_alarms(session, limit=200)
    session.commit()
    done(take("admin", hazard, "answer", note="已催"))

    assert (told(session, "county"), told(session, "city")) == (["answer", "answer"], ["answer"])


def test_each_office_that_waits_is_answered(session: Session, take: Take) -> None:
    """One answer is for all that urged since the last one."""
    hazard = write_hazard(session, HazardStatus.ASSIGNED)
    done(take("county", hazard, "supervise", note="请抓紧"))
    done(take("city", hazard, "supervise", note="市里也要看"))
    done(take("admin", hazard, "answer", note="已催"))
    done(take("city", hazard, "supervise", note="还没有看到结果"))
    done(take("admin", hazard, "answer", note="明天完工"))

    assert (told(session, "county"), told(session, "city")) == (["answer"], ["answer", "answer"])


def test_where_who_wrote_has_no_post_any_more_his_office_is_answered(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED)
    done(take("city", hazard, "supervise", note="请抓紧"))
    session.execute(update(Grant).where(Grant.role == Role.CITY_OFFICER).values(ended_at=now()))
    session.commit()
    done(take("admin", hazard, "answer", note="已催"))

    assert (told(session, "county"), told(session, "city")) == (["answer"], [])


@pytest.mark.parametrize("more", [{}, {"supervised_at": now(), "answered_at": now()}])
def test_nothing_is_answered_twice_or_unasked(session: Session, take: Take, more: dict[str, Any]) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, **more)

    assert refused(take("worker", hazard, "answer", note="好")) == (409, "not_supervised")


def test_who_has_nothing_to_do_with_it_does_not_answer(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ASSIGNED, supervised_at=now())

    assert refused(take("colleague", hazard, "answer", note="好")) == (403, "not_assignee")


def test_the_list_finds_what_was_urged_and_is_not_ended(be: Be, session: Session) -> None:
    urged = write_hazard(session, HazardStatus.ASSIGNED, supervised_at=now())
    write_hazard(session, HazardStatus.ASSIGNED)
    write_hazard(session, HazardStatus.CLOSED, supervised_at=now())
    found = be("county").get("/v1/hazards?supervised=true").json["items"]

    assert [one["id"] for one in found] == [str(urged.id)]


def test_who_reported_it_gets_no_notice_of_what_offices_write(session: Session, take: Take) -> None:
    """He reads that there was such a step; his notices tell him what moved."""
    hazard = write_hazard(session, HazardStatus.ASSIGNED)
    done(take("county", hazard, "supervise", note="请抓紧"))
    kinds = select(Notice.kind).where(Notice.user_id == person("resident").user_id)

    assert session.get_one(Hazard, hazard.id).reported_by == person("resident").user_id
    assert list(session.scalars(kinds)) == []


def test_who_reported_it_reads_no_words_and_names_of_what_passes_between_offices_and_staff(
    be: Be, session: Session, take: Take
) -> None:
    """As on a visitor's receipt; what moves the hazard, and what he said himself, he reads."""
    hazard = write_hazard(session, HazardStatus.RECTIFYING, due_at=now() + timedelta(days=2))
    photo = str(new_id())
    done(take("county", hazard, "supervise", note="督促张三"))
    done(take("worker", hazard, "answer", note="人手不够", photo_ids=[photo]))
    done(take("worker", hazard, "ask-extension", until=in_days(9), reason="没有钱"))
    done(take("worker", hazard, "rectify", note="清走了"))
    done(take("colleague", hazard, "verify", passed=True))
    done(be("resident").step(f"/v1/hazards/{hazard.id}/rate", {"faces": 3, "note": "谢谢"}))

    path = f"/v1/hazards/{hazard.id}"
    for events in (
        be("resident").get(path).json["events"],
        be("resident").get(f"{path}/timeline").json["entries"],
    ):
        said = [(one["step"], one["note"], one["actor_name"], len(one["photos"])) for one in events]
        assert said == [
            ("supervise", "", None, 0),
            ("answer", "", None, 0),
            ("ask_extension", "", None, 0),
            ("rectify", "清走了", "worker", 0),
            ("verify", "", "colleague", 0),
            ("close", "", "colleague", 0),
            ("rate", "谢谢", None, 0),
        ]
    assert [one["data"] for one in be("resident").get(path).json["events"][:3]] == [{}] * 3
    assert be("admin").get(path).json["events"][1]["note"] == "人手不够"
