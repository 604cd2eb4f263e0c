"""Pick-up codes that somebody shows for another end with his right to act for him."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Grant, Guardianship, Proxy
from tests.cast import person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.points_world import give_points, order_body, refused, write_reward
from tests.proxy_world import acting, confirmed


@pytest.fixture
def clerk(be: Callable[[str], Client]) -> Client:
    """Be the shop's clerk."""
    return be("clerk")


@pytest.fixture
def neighbour(be: Callable[[str], Client]) -> Client:
    """Be the resident next door."""
    return be("neighbour")


@pytest.fixture
def shown(worker: Client, resident: Client, session: Session) -> tuple[str, str, str]:
    """Let the worker order for the head and show a code: the proxy's id, the order's path, the code."""
    proxy_id = confirmed(worker, resident)
    give_points(session, 100)
    order = f"/v1/redemptions/{new_id()}"
    assert worker.put(order, json=order_body(write_reward(session)), **acting()).status_code == 201
    answer = worker.post(f"{order}/pickup-code", json={"version": 0}, **acting())
    assert answer.status_code == 200, answer.text
    return proxy_id, order, answer.json["code"]


def test_a_code_that_somebody_shows_for_another_is_good(clerk: Client, shown: tuple[str, str, str]) -> None:
    _, order, code = shown

    assert clerk.post(f"{order}/hand-over", json={"code": code}).status_code == 200


@pytest.mark.parametrize("by", ["admin", "resident", "worker"])
def test_a_code_ends_with_the_proxy_under_which_it_was_shown(
    be: Callable[[str], Client], clerk: Client, resident: Client, shown: tuple[str, str, str], by: str
) -> None:
    """S-41: not a request longer. Another is shown by who is entitled, and a new proxy wakes none."""
    proxy_id, order, code = shown
    path = f"/v1/proxies/{proxy_id}/end" if by == "admin" else f"/v1/me/proxies/{proxy_id}/end"
    assert be(by).post(path).status_code == 200
    ended = clerk.post(f"{order}/hand-over", json={"code": code})
    confirmed(be("worker"), resident)
    anew = clerk.post(f"{order}/hand-over", json={"code": code})
    own = resident.post(f"{order}/pickup-code", json={"version": 1}).json["code"]

    assert refused(ended) == refused(anew) == (409, "pickup_code_refused")
    assert clerk.post(f"{order}/hand-over", json={"code": own}).status_code == 200


def test_a_code_is_shown_again_to_nobody_else(
    worker: Client, resident: Client, shown: tuple[str, str, str]
) -> None:
    """Else somebody would keep, past his proxy, the code that the resident showed himself."""
    _, order, code = shown
    own = resident.post(f"{order}/pickup-code", json={"version": 1})
    foreign = worker.post(f"{order}/pickup-code", json={"version": 1}, **acting())

    assert own.status_code == 200
    assert own.json["code"] != code
    assert refused(foreign) == (409, "pickup_version")


def test_staff_show_no_code_past_their_post(
    clerk: Client, session: Session, shown: tuple[str, str, str]
) -> None:
    _, order, code = shown
    session.execute(update(Proxy).values(relation="staff"))
    session.execute(update(Grant).where(Grant.user_id == person("worker").user_id).values(ended_at=now()))

    answer = clerk.post(f"{order}/hand-over", json={"code": code})

    assert refused(answer) == (409, "pickup_code_refused")


def test_a_guardians_code_ends_with_the_guardianship(
    neighbour: Client, clerk: Client, session: Session
) -> None:
    child = write_child(session)
    write_guardian(session, child, of="neighbour")
    give_points(session, 100)
    order = f"/v1/redemptions/{new_id()}"
    for_child = acting(child)
    assert neighbour.put(order, json=order_body(write_reward(session)), **for_child).status_code == 201
    codes = []
    for version in (0, 1):
        answer = neighbour.post(f"{order}/pickup-code", json={"version": version}, **for_child)
        codes.append(answer.json["code"])
    session.execute(update(Guardianship).values(ended_at=now()))

    answer = clerk.post(f"{order}/hand-over", json={"code": codes[-1]})

    assert refused(answer) == (409, "pickup_code_refused")
