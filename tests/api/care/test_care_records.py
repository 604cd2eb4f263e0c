from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import CareCategory, CareRecord, Grant, PresenceState, User
from tests.care_world import NOON, TODAY, write_care, write_resident
from tests.cast import named, person
from tests.child_world import write_guarded_child
from tests.client import Answer, Client
from tests.counting import statements

Become = Callable[[str | None], Client]


def _body(**fields: Any) -> dict[str, Any]:
    return {
        "resident_id": str(named("resident")),
        "category": "elderly",
        "level": "medium",
        "worker_id": str(person("worker").user_id),
        "reason": "独居",
        **fields,
    }


def _put(client: Client, **fields: Any) -> Answer:
    return client.put(f"/v1/care-records/{new_id()}", json=_body(**fields))


def _names(answer: Answer) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [item["resident_name"] for item in answer.json["items"]]


def test_a_record_is_opened_once(admin: Client, session: Session) -> None:
    path = f"/v1/care-records/{new_id()}"

    first, again = admin.put(path, json=_body()), admin.put(path, json=_body())
    other = admin.put(path, json=_body(level="high"))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == admin.get(path).json
    assert first.json["every_days"] == 14
    assert (first.json["started_on"], first.json["next_due_on"]) == ("2027-01-31", "2027-02-14")
    assert (first.json["last_visited_on"], first.json["overdue_days"]) == (None, 0)
    assert (first.json["place_name"], first.json["door"]) == ("1号楼", "1单元101")
    assert (other.status_code, other.json["code"]) == (409, "other_content")
    assert session.scalar(select(func.count()).select_from(CareRecord)) == 1


def test_a_resident_is_looked_after_once_in_a_category(admin: Client, session: Session) -> None:
    write_care(session)

    answer = _put(admin)

    assert (answer.status_code, answer.json["code"]) == (409, "care_open")
    assert _put(admin, category="disabled").status_code == 201


@pytest.mark.parametrize(
    "fields, every_days, due",
    [
        ({"level": "high"}, 7, "2027-01-31"),
        ({"level": "high", "every_days": 2}, 2, "2027-01-31"),
        ({"level": "low"}, 30, "2027-03-02"),
        ({"level": "low", "every_days": 10}, 10, "2027-02-10"),
        ({"level": "general"}, 31, "2027-03-03"),
        ({"level": "general", "category": "left_behind_woman"}, 92, "2027-05-03"),
    ],
)
def test_the_level_says_how_often(admin: Client, fields: dict[str, Any], every_days: int, due: str) -> None:
    answer = _put(admin, **fields)

    assert (answer.status_code, answer.json["every_days"], answer.json["next_due_on"]) == (
        201,
        every_days,
        due,
    )


@pytest.mark.parametrize(
    "category, level, age, most",
    [
        ("elderly", "general", 70, 31),
        ("disabled", "general", 40, 31),
        ("left_behind_child", "general", 10, 31),
        ("monitored", "general", 17, 31),
        ("monitored", "general", 18, 92),
        ("elderly", "low", 70, 30),
        ("elderly", "medium", 70, 14),
        ("left_behind_child", "high", 10, 7),
    ],
)
def test_nobody_is_visited_less_often_than_the_law_and_the_level_say(
    admin: Client, session: Session, category: str, level: str, age: int, most: int
) -> None:
    born = TODAY.replace(year=TODAY.year - age)
    child = age < 14
    somebody = write_guarded_child(session, born) if child else write_resident(session, birth_date=born)
    fields = {"resident_id": str(somebody), "category": category, "level": level}

    if most < 92:
        answer = _put(admin, **fields, every_days=most + 1)
        assert (answer.status_code, answer.json["code"]) == (422, "too_seldom")
        assert answer.json["errors"] == {
            "every_days": [f"这位对象最少每{most}天要走访一次，间隔请不要超过{most}天"]
        }
    assert _put(admin, **fields, every_days=most).status_code == 201


@pytest.mark.parametrize("every_days", [0, 93, -1, 7.5, "7", True])
def test_days_are_whole_and_bounded(admin: Client, every_days: Any) -> None:
    answer = _put(admin, category="monitored", level="general", every_days=every_days)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["every_days"])


@pytest.mark.parametrize("who", ["lead", "county", "far_worker", "resident", "next_admin"])
def test_the_worker_works_there(admin: Client, who: str) -> None:
    answer = _put(admin, worker_id=str(person(who).user_id))

    assert (answer.status_code, answer.json["code"]) == (422, "not_staff_here")
    assert list(answer.json["errors"]) == ["worker_id"]


def test_a_grant_that_is_over_and_a_disabled_user_do_not_count(admin: Client, session: Session) -> None:
    session.get_one(Grant, named("grant worker")).valid_until = NOON
    session.get_one(User, person("colleague").user_id).disabled_at = NOON
    session.commit()

    for who in ("worker", "colleague"):
        assert _put(admin, worker_id=str(person(who).user_id)).status_code == 422
    assert _put(admin, worker_id=str(new_id())).status_code == 422
    assert _put(admin, worker_id=str(person("admin").user_id)).status_code == 201


def test_only_the_areas_admin_opens_and_ends(be: Become, session: Session) -> None:
    record = write_care(session)
    for who in ("worker", "county", "resident"):
        assert _put(be(who)).status_code == 403
        assert (
            be(who)
            .post(f"/v1/care-records/{record}/end", json={"ended_on": "2027-01-31", "why": "other"})
            .status_code
            == 403
        )
    answer = _put(be("far_admin"))
    assert (answer.status_code, list(answer.json["errors"])) == (404, ["resident_id"])
    far = be("far_admin").post(
        f"/v1/care-records/{record}/end", json={"ended_on": "2027-01-31", "why": "other"}
    )
    assert far.status_code == 404


def test_who_may_read(be: Become, session: Session) -> None:
    path = f"/v1/care-records/{write_care(session)}"

    statuses = {
        who: be(who).get(path).status_code
        for who in (
            "worker",
            "admin",
            "colleague",
            "county",
            "city",
            "lead",
            "resident",
            "far_worker",
            "far_admin",
        )
    }

    assert statuses == {
        "worker": 200,
        "admin": 200,
        "colleague": 403,
        "county": 403,
        "city": 403,
        "lead": 403,
        "resident": 403,
        "far_worker": 404,
        "far_admin": 404,
    }
    assert be("colleague").get(path).json["code"] == "not_responsible"
    assert be(None).get(path).status_code == 401


def test_the_list_holds_what_somebody_answers_for(be: Become, session: Session) -> None:
    write_care(session, of="resident", worker="worker")
    write_care(session, of="neighbour", worker="colleague")

    assert _names(be("worker").get("/v1/care-records")) == ["王桂兰"]
    assert _names(be("colleague").get("/v1/care-records")) == ["李德福"]
    assert sorted(_names(be("admin").get("/v1/care-records"))) == ["李德福", "王桂兰"]
    assert _names(be("far_admin").get("/v1/care-records")) == []
    assert be("county").get("/v1/care-records").status_code == 403


def test_the_longest_overdue_come_first_and_pages_lose_nobody(admin: Client, session: Session) -> None:
    days = [3, 0, -2, 5, 0, -40]
    for number, away in enumerate(days):
        somebody = write_resident(session, name=f"居民{number}")
        write_care(session, resident_id=somebody, next_due_on=TODAY + timedelta(days=away))

    seen: list[tuple[str, int]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        answer = admin.get("/v1/care-records", query_string=query).json
        seen += [(item["next_due_on"], item["overdue_days"]) for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]

    assert seen == [
        ("2026-12-22", 40),
        ("2027-01-29", 2),
        ("2027-01-31", 0),
        ("2027-01-31", 0),
        ("2027-02-03", 0),
        ("2027-02-05", 0),
    ]


def test_filters_narrow_the_list(admin: Client, session: Session) -> None:
    write_care(session, next_due_on=TODAY)
    write_care(session, of="neighbour", category=CareCategory.DISABLED, next_due_on=TODAY + timedelta(days=1))

    def names(**query: Any) -> list[str]:
        return _names(admin.get("/v1/care-records", query_string=query))

    assert names(due_by="2027-01-31") == ["王桂兰"]
    assert names(due_by="2027-02-01") == ["王桂兰", "李德福"]
    assert names(category="disabled") == ["李德福"]
    assert admin.get("/v1/care-records", query_string={"due_by": "soon"}).status_code == 422
    assert admin.get("/v1/care-records", query_string={"cursor": "IjEi"}).status_code == 422


def test_who_lives_elsewhere_is_not_due(admin: Client, session: Session) -> None:
    for presence in PresenceState:
        somebody = write_resident(session, name=presence.value, presence=presence)
        write_care(session, resident_id=somebody, next_due_on=date(2027, 1, 1))

    due = admin.get("/v1/care-records")
    away = admin.get("/v1/care-records", query_string={"presence": "away"})

    assert sorted(_names(due)) == ["holiday", "home"]
    assert {item["overdue_days"] for item in due.json["items"]} == {30}
    assert (_names(away), away.json["items"][0]["overdue_days"]) == (["away"], 0)


def test_care_ends_with_a_day_and_may_begin_anew(admin: Client, session: Session) -> None:
    record = write_care(session, next_due_on=date(2027, 1, 2))
    path = f"/v1/care-records/{record}/end"

    for wrong in ("2026-12-31", "2027-02-01"):
        answer = admin.post(path, json={"ended_on": wrong, "why": "other"})
        assert (answer.status_code, answer.json["code"]) == (422, "end_day")
    first, again = (admin.post(path, json={"ended_on": "2027-01-30", "why": "other"}) for _ in range(2))
    other = admin.post(path, json={"ended_on": "2027-01-29", "why": "other"})

    assert (first.status_code, first.json["ended_on"], first.json["overdue_days"]) == (200, "2027-01-30", 0)
    assert (again.status_code, again.json) == (200, first.json)
    assert (other.status_code, other.json["code"]) == (409, "illegal_step")
    assert _names(admin.get("/v1/care-records")) == []
    assert _put(admin).status_code == 201


def test_a_longer_list_takes_no_more_queries(
    worker: Client, session: Session, connection: Connection
) -> None:
    def counted() -> int:
        with statements(connection) as seen:
            assert worker.get("/v1/care-records").status_code == 200
        return len(seen)

    write_care(session)
    few = counted()
    for _ in range(6):
        write_care(session, resident_id=write_resident(session))

    assert len(worker.get("/v1/care-records").json["items"]) == 7
    assert counted() == few
