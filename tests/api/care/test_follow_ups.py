from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import FollowUp, Notice, NoticeKind
from tests.care_world import NOON, visit, write_care, write_form
from tests.cast import person
from tests.client import Client
from tests.counting import statements

Become = Callable[[str | None], Client]


@pytest.fixture
def needs(worker: Client, session: Session) -> Callable[..., list[str]]:
    """File a visit of ``worker`` that showed these needs (what, due day, owner); give their ids."""
    record, form = write_care(session), write_form(session)

    def file(*wanted: tuple[str, str, str | None]) -> list[str]:
        rows = [
            {"need": need, "due_on": due_on, "owner_id": str(person(owner).user_id) if owner else None}
            for need, due_on, owner in wanted
        ]
        answer = worker.put(f"/v1/visits/{new_id()}", json=visit(record, form, follow_ups=rows))
        assert answer.status_code == 201, answer.json
        return [one["id"] for one in answer.json["follow_ups"]]

    return file


def _listed(client: Client, **query: Any) -> list[str]:
    answer = client.get("/v1/follow-ups", query_string=query)
    assert answer.status_code == 200, answer.json
    return [item["need"] for item in answer.json["items"]]


def test_each_sees_his_own_and_the_admin_the_area(be: Become, needs: Callable[..., list[str]]) -> None:
    needs(
        ("买药", "2027-02-03", None),
        ("修扶手", "2027-02-01", "colleague"),
        ("申请低保", "2027-02-02", "admin"),
    )

    assert _listed(be("worker")) == _listed(be("worker"), whose="area") == ["买药"]
    assert _listed(be("colleague"), whose="area") == ["修扶手"]
    assert _listed(be("admin")) == ["申请低保"]
    assert _listed(be("admin"), whose="area") == ["修扶手", "申请低保", "买药"]
    assert _listed(be("far_admin"), whose="area") == []
    for who in ("county", "lead", "resident"):
        assert be(who).get("/v1/follow-ups").status_code == 403


def test_pages_go_by_the_day_they_are_due(admin: Client, needs: Callable[..., list[str]]) -> None:
    days = ["2027-02-03", "2027-02-01", "2027-02-01", "2027-02-09", "2027-02-02"]
    needs(*((f"第{number}件", day, None) for number, day in enumerate(days)))
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2, "whose": "area"}
    while True:
        answer = admin.get("/v1/follow-ups", query_string=query).json
        seen += [item["due_on"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]

    assert seen == sorted(days)


def test_a_need_may_wait_from_the_day_of_the_visit_for_a_year(
    worker: Client, needs: Callable[..., list[str]]
) -> None:
    """The days on either side are refused: test_visit_input.py."""
    needs(("马上", "2027-01-31", None), ("明年", "2028-02-01", None))

    assert _listed(worker) == ["马上", "明年"]


def test_a_follow_up_is_finished_once(
    worker: Client, admin: Client, session: Session, needs: Callable[..., list[str]]
) -> None:
    (one,) = needs(("买药", "2027-02-03", None))
    path = f"/v1/follow-ups/{one}/finish"

    first, again = (worker.post(path, json={"result": "已经送到"}) for _ in range(2))
    other = worker.post(path, json={"result": "没送到"})
    somebody_else = admin.post(path, json={"result": "已经送到"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json
    assert (first.json["result"], first.json["done_by"]) == ("已经送到", str(person("worker").user_id))
    assert first.json["resident_name"] == "王桂兰"
    for late in (other, somebody_else):
        assert (late.status_code, late.json["code"]) == (409, "illegal_step")
    assert session.get_one(FollowUp, UUID(one)).done_at == NOON
    assert (_listed(worker), _listed(worker, done="all")) == ([], ["买药"])


def test_who_may_finish(be: Become, needs: Callable[..., list[str]]) -> None:
    mine, admins = needs(("买药", "2027-02-03", "colleague"), ("申请低保", "2027-02-03", "colleague"))
    path, done = f"/v1/follow-ups/{mine}/finish", {"result": "办好了"}

    refused = {
        who: be(who).post(path, json=done).status_code
        for who in ("worker", "county", "resident", "far_worker", "far_admin")
    }

    assert refused == {"worker": 403, "county": 403, "resident": 403, "far_worker": 404, "far_admin": 404}
    assert be("worker").post(f"/v1/follow-ups/{new_id()}/finish", json=done).status_code == 404
    assert be("colleague").post(path, json=done).status_code == 200
    assert be("admin").post(f"/v1/follow-ups/{admins}/finish", json=done).status_code == 200


def test_an_owner_is_told_unless_he_was_there(session: Session, needs: Callable[..., list[str]]) -> None:
    _, his = needs(("买药", "2027-02-03", "worker"), ("修扶手", "2027-02-01", "colleague"))

    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.FOLLOW_UP_ASSIGNED)).all()

    assert [(row.user_id, row.data["follow_up_id"]) for row in rows] == [(person("colleague").user_id, his)]
    assert "修扶手" not in str(rows[0].data)


@pytest.mark.parametrize("result", ["", "长" * 501, None, 5])
def test_the_result_is_told_in_words(
    worker: Client, session: Session, needs: Callable[..., list[str]], result: Any
) -> None:
    (one,) = needs(("买药", "2027-02-03", None))

    answer = worker.post(f"/v1/follow-ups/{one}/finish", json={"result": result})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["result"])
    assert session.get_one(FollowUp, UUID(one)).done_at is None


def test_a_longer_list_takes_no_more_queries(
    worker: Client, connection: Connection, needs: Callable[..., list[str]]
) -> None:
    def counted() -> int:
        with statements(connection) as seen:
            assert worker.get("/v1/follow-ups").status_code == 200
        return len(seen)

    needs(("买药", "2027-02-03", None))
    few = counted()
    needs(*((f"第{number}件", "2027-02-03", None) for number in range(8)))

    assert len(_listed(worker)) == 9
    assert counted() == few
