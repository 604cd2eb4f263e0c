"""The inbox: words, groups, what is unread, and reading many at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.audit import AuditResult
from app.clock import SHANGHAI, now
from app.ids import new_id
from app.models import Notice, NoticeKind
from tests.cast import GRID, HOME, NEXT
from tests.client import Client
from tests.counting import statements
from tests.notices.world import notice
from tests.trail import entries_of

ASSIGNED, STEP, ALERT = NoticeKind.HAZARD_ASSIGNED, NoticeKind.HAZARD_STEP, NoticeKind.ACCOUNT_ALERT


@pytest.fixture
def post(session: Session) -> Any:
    """Write a notice to the worker."""

    def written(kind: NoticeKind = ASSIGNED, **more: Any) -> Notice:
        made = notice("worker", kind, **more)
        session.add(made)
        session.commit()
        return made

    return written


def summary(client: Client, tag: str | None = None) -> Any:
    return client.get("/v1/me/notices/summary", headers={"If-None-Match": tag} if tag else {})


def ids(client: Client, **query: Any) -> list[str]:
    answer = client.get("/v1/me/notices", query_string=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json["items"]]


def test_a_notice_comes_with_title_sentence_and_link(worker: Client, post: Any) -> None:
    """Phone and console show the same words, made here."""
    hazard_id = new_id()
    post(STEP, hazard_id=hazard_id, step="rectify", status="rectified")

    (shown,) = worker.get("/v1/me/notices").json["items"]
    assert (shown["title"], shown["text"]) == ("隐患进展", "隐患已整改，待复查")
    assert shown["link"] == {"kind": "hazard", "id": str(hazard_id)}


def test_what_is_unread_is_counted_by_kind(worker: Client, admin: Client, post: Any) -> None:
    post()
    post(read_at=now())
    newest = post(ALERT, what="granted")
    post()

    found = summary(worker).json
    assert found["unread"] == 3
    assert {one["kind"]: (one["title"], one["unread"]) for one in found["kinds"]} == {
        "hazard_assigned": ("隐患待整改", 2),
        "account_alert": ("账号提醒", 1),
    }
    assert found["newest_id"] > str(newest.id)
    assert summary(admin).json == {"unread": 0, "newest_id": None, "kinds": []}


def test_who_has_the_newest_count_gets_no_body_again(worker: Client, post: Any) -> None:
    """A phone asks all day: 304 until something comes or is read."""
    post()
    first = summary(worker)
    again = summary(worker, first.headers["ETag"])
    post()
    changed = summary(worker, first.headers["ETag"])

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (changed.status_code, changed.json["unread"]) == (200, 2)
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_the_count_is_answered_from_an_index(
    session: Session, connection: Connection, worker: Client
) -> None:
    """However many were read before: two questions, none of them reads the table from end to end."""
    session.add_all(notice("worker", read_at=now()) for _ in range(300))
    session.commit()
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    with statements(connection) as seen:
        assert summary(worker).status_code == 200
    asked = [one for one in seen if "FROM notices" in one]
    plan = connection.exec_driver_sql(
        "EXPLAIN SELECT kind, count(*) FROM notices WHERE user_id = gen_random_uuid() AND read_at IS NULL "
        "GROUP BY kind"
    )

    assert len(asked) == 2
    assert "ix_notices_unread" in "\n".join(row[0] for row in plan)


def test_groups_are_of_one_kind_community_and_day(worker: Client, post: Any) -> None:
    """Many of a kind are one line: how many, how many unread, the newest; and each can be read."""
    yesterday = now() - timedelta(days=1)
    first, second = post(area_code=GRID), post(area_code=HOME, read_at=now())
    post(area_code=NEXT)
    post(created_at=yesterday)
    alone = post(ALERT, what="granted")

    groups = worker.get("/v1/me/notice-groups").json["items"]
    today = now().astimezone(SHANGHAI).date().isoformat()
    shown = {(one["kind"], one["area_code"], one["day"]): one for one in groups}
    assert len(groups) == len(shown) == 4
    assert groups[0]["newest"]["id"] == str(alone.id)
    assert (groups[0]["text"], groups[0]["count"]) == ("您有了新的岗位", 1)
    group = shown["hazard_assigned", HOME, today]
    assert (group["title"], group["text"]) == ("隐患待整改", "2项隐患待整改")
    assert (group["count"], group["unread"], group["newest"]["id"]) == (2, 1, str(second.id))
    assert ids(worker, kind="hazard_assigned", area_code=HOME, day=today) == [str(second.id), str(first.id)]
    assert ids(worker, kind="hazard_assigned", area_code=HOME, day=today, unread="true") == [str(first.id)]


def test_groups_come_in_pages_each_once(worker: Client, post: Any) -> None:
    for days in range(5):
        for _ in range(2):
            post(created_at=now() - timedelta(days=days))
    query: dict[str, Any] = {"limit": 2}
    seen: list[str] = []
    while True:
        found = worker.get("/v1/me/notice-groups", query_string=query).json
        seen += [one["day"] for one in found["items"]]
        if found["next_cursor"] is None:
            break
        query["cursor"] = found["next_cursor"]

    assert len(seen) == len(set(seen)) == 5


def test_questions_do_not_grow_with_the_groups(worker: Client, post: Any, connection: Connection) -> None:
    counts = []
    for days in range(3):
        post(created_at=now() - timedelta(days=days))
        with statements(connection) as seen:
            assert len(worker.get("/v1/me/notice-groups").json["items"]) == days + 1
        counts.append(len(seen))

    assert len(set(counts)) == 1


def test_all_up_to_one_are_read_at_once_and_a_late_copy_reads_no_more(
    session: Session, worker: Client, post: Any
) -> None:
    """What came after the one that was seen stays unread, also when the same is sent again."""
    older, seen, newer = post(), post(ALERT, what="granted"), post()
    with entries_of(session) as left:
        first = worker.post("/v1/me/notices/read", json={"until": str(seen.id)})
    later = post()
    again = worker.post("/v1/me/notices/read", json={"until": str(seen.id)})

    assert (first.status_code, first.json["unread"]) == (200, 1)
    assert (again.status_code, again.json["unread"]) == (200, 2)
    assert ids(worker, unread="true") == [str(later.id), str(newer.id)]
    assert str(older.id) not in ids(worker, unread="true")
    assert [(one.result, one.object_kind, one.object_id) for one in left] == [
        (AuditResult.DONE, "notice", seen.id)
    ]


def test_a_group_is_read_without_the_others(worker: Client, post: Any) -> None:
    other = post(ALERT, what="granted")
    seen = post()
    group = {"kind": "hazard_assigned", "area_code": HOME, "day": seen.created_at.astimezone(SHANGHAI).date()}
    answer = worker.post(
        "/v1/me/notices/read", json={"until": str(seen.id), **group, "day": group["day"].isoformat()}
    )

    assert answer.status_code == 200, answer.text
    assert ids(worker, unread="true") == [str(other.id)]


def test_nobody_reads_by_a_notice_of_somebody_else(session: Session, worker: Client, post: Any) -> None:
    mine, theirs = post(), notice("admin")
    session.add(theirs)
    session.commit()

    assert worker.post("/v1/me/notices/read", json={"until": str(theirs.id)}).status_code == 404
    assert ids(worker, unread="true") == [str(mine.id)]
