"""No administrator or officer decides on the account or posts of somebody with whom he lives."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import AccountEvent, Grant, User
from tests.approval_world import WHY, Become, admin_grant, approved, asked, granted, outcome
from tests.care_world import write_resident
from tests.cast import GRID, HOME, LONG_AGO, named, person
from tests.client import Answer, Client

Act = Callable[[Client, str], Answer]


def give_a_role(client: Client, who: str) -> Answer:
    return granted(client, admin_grant(who, role="grid_worker", area_code=GRID), None)


def ask_for_a_role(client: Client, who: str) -> Answer:
    body = {"admin_grant": admin_grant(who), "reason": WHY}
    return client.put(f"/v1/approvals/{new_id()}", json=body)


def end_a_role(client: Client, who: str) -> Answer:
    return client.post(f"/v1/grants/{named(f'held by {who}')}/end")


def disable(client: Client, who: str) -> Answer:
    return client.step(f"/v1/users/{person(who).user_id}/disable")


def enable(client: Client, who: str) -> Answer:
    return client.step(f"/v1/users/{person(who).user_id}/enable")


def reset_second_factor(client: Client, who: str) -> Answer:
    return client.step(f"/v1/users/{person(who).user_id}/second-factor/reset")


DONE_BY: dict[Act, str] = {
    give_a_role: "security",
    ask_for_a_role: "security",
    end_a_role: "security",
    disable: "system",
    enable: "system",
    reset_second_factor: "system",
}


def move_in(session: Session, name: str) -> None:
    """Let somebody of the staff live with the resident, away from the neighbour."""
    lives = update(User).where(User.id == person(name).user_id)
    session.execute(lives.values(resident_id=write_resident(session, name="赵同住")))
    session.commit()


@pytest.fixture
def held(session: Session) -> None:
    """Let the resident and the neighbour be clerks."""
    values: dict[str, Any] = {"role": "shop_clerk", "area_code": HOME, "valid_from": LONG_AGO}
    for who in ("resident", "neighbour"):
        one = Grant(id=named(f"held by {who}"), user_id=person(who).user_id, **values)
        one.content_hash, one.created_at = b"", LONG_AGO
        session.add(one)
    session.commit()


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("act", [act for act in DONE_BY if act is not ask_for_a_role])
def test_nobody_decides_on_whom_he_lives_with(be: Become, session: Session, act: Act) -> None:
    """S-38, S-39: a post for one of his home, or one's way in anew, is his own as well."""
    client = be(DONE_BY[act])
    move_in(session, DONE_BY[act])

    refused, next_door = act(client, "resident"), act(client, "neighbour")

    assert outcome(refused) == (403, "own_household")
    assert next_door.status_code in {200, 201}, next_door.text
    whose = {person(who).user_id for who in ("resident", "neighbour")}
    taken = set(session.scalars(select(AccountEvent.user_id).where(AccountEvent.user_id.in_(whose))))
    assert person("resident").user_id not in taken, "what is refused is no step"


def test_nobody_asks_for_a_role_of_his_housemate(be: Become, session: Session) -> None:
    """S-40: what would be refused whoever agrees is refused when it is asked for."""
    security = be("security")
    move_in(session, "security")

    assert outcome(ask_for_a_role(security, "resident")) == (403, "own_household")
    assert ask_for_a_role(security, "neighbour").status_code == 201


@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_an_officer_does_not_decide_on_a_role_of_his_housemate(
    be: Become, session: Session, step: str
) -> None:
    """S-40: the other officer over the area does."""
    security, county, city = be("security"), be("county"), be("city")
    move_in(session, "county")
    approval, next_door = asked(security, admin_grant=admin_grant("resident")), admin_grant("neighbour")
    path, body = f"/v1/approvals/{approval}/{step}", {"note": "不合适"} if step == "refuse" else {}

    assert outcome(county.post(path, json=body)) == (403, "own_household")
    assert city.post(path, json=body).status_code == 200
    assert approved(security, county, admin_grant=next_door)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("act", [give_a_role, end_a_role])
def test_what_was_done_before_he_moved_in_is_answered_again(be: Become, session: Session, act: Act) -> None:
    security = be("security")
    new = admin_grant("resident", role="grid_worker", area_code=GRID)

    def send() -> int:
        return (granted(security, new, None) if act is give_a_role else act(security, "resident")).status_code

    first = send()
    move_in(session, "security")

    assert (first, send()) == (201 if act is give_a_role else 200, 200)


@pytest.mark.usefixtures("held")
def test_another_administrator_stops_one_at_once(be: Become, session: Session) -> None:
    """S-39: who may not end his housemate's post leaves it to whoever disables accounts."""
    move_in(session, "security")

    assert outcome(end_a_role(be("security"), "resident")) == (403, "own_household")
    assert disable(be("system"), "resident").status_code == 200
