"""Whoever decides on a viewing ticket reads in words who asks and of whom, and nothing more of the minor."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Household, Place, Resident, User
from tests.care_world import write_resident
from tests.cast import HOME, NEXT, named, person
from tests.child_world import write_guarded_child
from tests.client import Answer, Client
from tests.counting import statements

ADMIN_POST = {"role": "community_admin", "area_code": HOME, "area_name": "家园社区"}


@pytest.fixture
def child(session: Session) -> UUID:
    """Give a child whose guardian agreed to visits."""
    return write_guarded_child(session)


def ask(client: Client, child: UUID) -> Answer:
    body = {"resident_id": str(child), "purpose": "核对帮扶情况", "days": 7}
    answer = client.put(f"/v1/viewing-tickets/{new_id()}", json=body)
    assert answer.status_code == 201, answer.text
    return answer


def move(session: Session, child: UUID, area_code: str, place: str) -> None:
    household = Household(
        id=new_id(), area_code=area_code, place_id=named(place), door="9", content_hash=b"",
        created_at=session.get_one(Resident, child).created_at,
    )  # fmt: skip
    session.add(household)
    session.flush()
    session.execute(
        update(Resident).where(Resident.id == child).values(area_code=area_code, household_id=household.id)
    )
    session.commit()


def listed(client: Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/v1/viewing-tickets").json["items"]
    return items


def test_the_county_officer_reads_who_asks_and_of_whom(be: Any, child: UUID) -> None:
    """S-95: enough to decide, and neither the whole name nor the birthday nor the door of a child."""
    ticket = ask(be("admin"), child).json
    (shown,) = listed(be("county"))

    assert (shown["id"], shown["area_name"]) == (ticket["id"], "第一网格")
    assert shown["asker"] == {"name": "admin", "posts": [ADMIN_POST]}
    assert shown["minor"] == {"name": "王**", "age_group": "child", "area_name": "第一网格", "place": "1号楼"}
    assert shown["text"] == "查看王**（不满14周岁，住第一网格1号楼）的资料，看7天"
    text = json.dumps(shown, ensure_ascii=False)
    assert not [secret for secret in ("王小明", "2016", "1单元") if secret in text]
    assert be("county").get(f"/v1/residents/{child}").status_code == 403, "he could not look it up"
    decided = be("county").post(f"/v1/viewing-tickets/{ticket['id']}/decide", json={"approved": True})
    assert (decided.json["asker"], decided.json["minor"]) == (shown["asker"], shown["minor"])


def test_the_admin_reads_the_workers_name_as_it_is_now(be: Any, child: UUID, session: Session) -> None:
    ask(be("worker"), child)
    session.get_one(User, person("worker").user_id).name = "张三"
    session.commit()

    (shown,) = listed(be("admin"))

    post = {"role": "grid_worker", "area_code": HOME + "001", "area_name": "第一网格"}
    assert shown["asker"] == {"name": "张三", "posts": [post]}
    assert listed(be("worker")) == [shown], "who asked reads the same"
    assert listed(be("colleague")) == listed(be("next_admin")) == []


def test_who_moved_within_the_county_is_told_of_where_the_home_is(
    be: Any, child: UUID, session: Session
) -> None:
    """The ticket keeps the area where it was asked for; a building of another one is not there."""
    ask(be("admin"), child)
    move(session, child, NEXT, "next_block")

    (shown,) = listed(be("county"))

    place = session.get_one(Place, named("next_block")).name
    assert (shown["area_name"], shown["minor"]["area_name"]) == ("第一网格", "邻近社区")
    assert shown["text"] == f"查看王**（不满14周岁，住邻近社区{place}）的资料，看7天"


def test_who_moved_away_is_not_told_of_any_more(be: Any, child: UUID, session: Session) -> None:
    """S-95: where a child lives now is nothing for those whom it left."""
    ask(be("worker"), child)
    move(session, child, NEXT, "next_block")

    for name in ("worker", "admin"):
        (shown,) = listed(be(name))
        assert shown["minor"] is None
        assert shown["text"] == "查看一个孩子的资料，看7天；这个孩子现在不住在您的辖区"


def test_a_longer_list_takes_no_more_statements(
    be: Any, child: UUID, session: Session, connection: Connection
) -> None:
    def sent(count: int) -> int:
        with statements(connection) as seen:
            assert len(listed(be("admin"))) == count
        return len(seen)

    born = session.get_one(Resident, child).birth_date
    ask(be("worker"), child)
    few = sent(1)
    for name in ("worker", "colleague", "worker"):
        ask(be(name), write_resident(session, name="王小红", birth_date=born))
    assert sent(4) == few
