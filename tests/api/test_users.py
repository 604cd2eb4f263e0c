"""Making and reading users."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import User
from tests.cast import FAR, GRID, HOME, NEXT, named, person
from tests.client import Answer, Client
from tests.counting import statements

Become = Callable[[str | None], Client]
NEW = {"area_code": HOME, "phone": "13900001111", "name": "赵六"}


@pytest.fixture
def system(be: Become) -> Client:
    """Be the system administrator of the city."""
    return be("system")


def user_path() -> str:
    return f"/v1/users/{new_id()}"


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_a_user_is_made_once(system: Client, session: Session) -> None:
    path = user_path()

    first, again = system.put(path, json=NEW), system.put(path, json=NEW)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == system.get(path).json
    assert first.json == {
        "id": path.rsplit("/", 1)[1],
        "area_code": HOME,
        "name": "赵六",
        "phone": "139******11",
        "resident_id": None,
        "disabled_at": None,
        "last_signed_in_at": None,
        "grants": [],
    }
    assert session.scalar(select(func.count()).where(User.name == NEW["name"])) == 1


@pytest.mark.parametrize("changes", [{"name": "钱七"}, {"area_code": NEXT}])
def test_the_same_id_for_somebody_else_is_other_content(system: Client, changes: dict[str, str]) -> None:
    path = user_path()
    system.put(path, json=NEW)

    assert outcome(system.put(path, json=NEW | changes)) == (409, "other_content")


def test_a_phone_belongs_to_one_user(system: Client) -> None:
    system.put(user_path(), json=NEW)

    answer = system.put(user_path(), json=NEW | {"name": "钱七"})

    assert outcome(answer) == (409, "phone_taken")
    assert answer.json["errors"] == {"phone": [answer.json["title"]]}


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"password": "一个够长的密码一个够长的"}, "password"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "２３９００００１１１１"}, "phone"),
        ({"name": "   "}, "name"),
        ({"name": "名" * 41}, "name"),
        ({"area_code": "42122"}, "area_code"),
        ({"resident_id": str(named("resident"))}, "resident_id"),
        ({"role": "city_officer"}, "role"),
        ({"disabled_at": None}, "disabled_at"),
    ],
)
def test_a_field_filled_in_wrongly_is_named(system: Client, changes: dict[str, Any], field: str) -> None:
    answer = system.put(user_path(), json=NEW | changes)

    assert outcome(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize(
    "name, status",
    [("system", 201), ("admin", 403), ("security", 403), ("city", 403), ("auditor", 403), (None, 401)],
)
def test_only_the_system_administrator_makes_users(be: Become, name: str | None, status: int) -> None:
    assert be(name).put(user_path(), json=NEW).status_code == status


def test_nobody_makes_users_outside_his_area(be: Become) -> None:
    answer = be("far_system").put(user_path(), json=NEW)

    assert outcome(answer) == (404, "not_found")
    assert list(answer.json["errors"]) == ["area_code"]


def test_users_are_read_within_reach(be: Become) -> None:
    path = f"/v1/users/{person('worker').user_id}"

    seen = {
        name: be(name).get(path).status_code
        for name in ("admin", "system", "security", "far_admin", "worker")
    }

    assert seen == {"admin": 200, "system": 200, "security": 200, "far_admin": 404, "worker": 403}


def test_a_list_of_users_holds_those_within_reach(admin: Client) -> None:
    items = admin.get("/v1/users", query_string={"limit": 100}).json["items"]

    assert {item["area_code"] for item in items} == {HOME, GRID}
    ids = [item["id"] for item in items]
    assert ids == sorted(ids, reverse=True)


def test_users_are_found_by_role_and_area(be: Become, admin: Client) -> None:
    """In his own areas as before; a post counts where it is, an account where it lies."""

    def found(client: Client, **asked: str) -> set[str]:
        items = client.get("/v1/users", query_string={"limit": 100, **asked}).json["items"]
        return {item["name"] for item in items}

    workers = found(admin, role="grid_worker")
    assert workers == {"worker", "colleague"}
    assert found(admin, role="grid_worker", area_code=GRID) == {"worker"}
    assert found(admin, role="community_admin", area_code=GRID) == set()
    assert "worker" in found(admin, area_code=GRID)
    residents = {"resident", "neighbour"}
    assert found(admin, role="resident") == found(admin, role="resident", area_code=GRID) == residents
    assert found(admin, role="resident", area_code=FAR) == set()
    assert found(admin, area_code=FAR) == found(be("far_admin"), area_code=HOME) == set()
    assert admin.get("/v1/users", query_string={"role": "nobody"}).status_code == 422


def test_a_longer_list_of_users_takes_no_more_statements(admin: Client, connection: Connection) -> None:
    def sent(limit: int) -> int:
        with statements(connection) as seen:
            assert len(admin.get("/v1/users", query_string={"limit": limit}).json["items"]) == limit
        return len(seen)

    assert sent(2) == sent(6)


def test_a_user_in_an_area_that_is_not_there_is_refused(system: Client) -> None:
    answer = system.put(user_path(), json=NEW | {"area_code": GRID[:-1] + "9"})

    assert outcome(answer) == (422, "area_unknown")
