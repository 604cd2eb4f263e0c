from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app import clock, points
from app.clock import now
from app.ids import new_id
from app.models import Household, Redemption, Reward, StockMovement, Transfer
from tests.cast import FAR, GRID, person
from tests.client import Client
from tests.counting import statements
from tests.points_world import (
    Be,
    move_out,
    order_body,
    ordered,
    refused,
    rows,
    standing,
    stock_of,
    write_reward,
)


def move_house(session: Session) -> None:
    """Let the resident's old household be of another county from now on, and commit."""
    old = Household.id == person("resident").household_id
    session.execute(update(Household).where(old).values(area_code=FAR))
    session.commit()


def test_an_order_holds_points_and_takes_stock(
    resident: Client, reward: Reward, account_id: UUID, session: Session
) -> None:
    path = f"/v1/redemptions/{new_id()}"
    answer = resident.put(path, json=order_body(reward, 2))
    shown = dict(answer.json)

    assert answer.status_code == 201
    assert shown.pop("made_at") <= now().isoformat()
    assert shown == {
        "id": path.rpartition("/")[2],
        "area_code": GRID,
        "household_id": str(person("resident").household_id),
        "reward_id": str(reward.id),
        "made_by": str(person("resident").user_id),
        "acted_for": None,
        "reward_name": "肥皂",
        "unit": "块",
        "quantity": 2,
        "points": 6,
        "status": "held",
        "pickup_version": 0,
        "ended_at": None,
    }
    assert standing(session, account_id) == (20, 6)
    assert stock_of(session, reward) == 8
    assert rows(session, Transfer, source_id=UUID(shown["id"])) == 0


def test_the_same_order_again_is_the_same(
    resident: Client, reward: Reward, account_id: UUID, session: Session
) -> None:
    path = f"/v1/redemptions/{new_id()}"
    first = resident.put(path, json=order_body(reward, 2))
    again = resident.put(path, json=order_body(reward, 2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert standing(session, account_id) == (20, 6)
    assert stock_of(session, reward) == 8


@pytest.mark.parametrize("name", ["resident", "lead"])
def test_the_same_order_again_after_the_resident_moved_is_the_same(
    be: Be, reward: Reward, account_id: UUID, session: Session, name: str
) -> None:
    path = f"/v1/redemptions/{new_id()}"
    body = order_body(reward, 2, household_id=str(person("resident").household_id))
    first = be(name).put(path, json=body)
    move_out(session)
    move_house(session)

    again = be(name).put(path, json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert standing(session, account_id) == (20, 6)


def test_other_content_is_refused(resident: Client, order: str, reward: Reward) -> None:
    assert refused(resident.put(order, json=order_body(reward, 3))) == (409, "other_content")


def test_an_order_keeps_its_price(resident: Client, order: str, reward: Reward, session: Session) -> None:
    reward.price = 9
    session.commit()

    assert resident.get(order).json["points"] == 6


def test_too_few_points_are_refused_and_nothing_happens(
    resident: Client, reward: Reward, account_id: UUID, session: Session
) -> None:
    answer = resident.put(f"/v1/redemptions/{new_id()}", json=order_body(reward, 7))

    assert refused(answer) == (409, "insufficient_points")
    assert answer.json["title"] == "积分不够：可以用的有20分，这次要21分，请减少"
    assert (standing(session, account_id), stock_of(session, reward)) == ((20, 0), 10)
    assert rows(session, Redemption) == 0


def test_points_that_are_held_are_not_held_again(resident: Client, order: str, reward: Reward) -> None:
    assert order
    assert refused(resident.put(f"/v1/redemptions/{new_id()}", json=order_body(reward, 5))) == (
        409,
        "insufficient_points",
    )


def test_out_of_stock_is_refused_and_nothing_happens(
    resident: Client, account_id: UUID, session: Session
) -> None:
    scarce = write_reward(session, stock=1)
    answer = resident.put(f"/v1/redemptions/{new_id()}", json=order_body(scarce, 2))

    assert refused(answer) == (409, "out_of_stock")
    assert answer.json["title"] == "库存不够，还剩1件，请减少件数"
    assert (standing(session, account_id), stock_of(session, scarce)) == ((20, 0), 1)
    assert rows(session, Redemption) == 0


def test_a_month_has_its_limit(resident: Client, account_id: UUID, session: Session) -> None:
    assert account_id
    limited = write_reward(session, limit_per_month=2)
    with clock.set_to(datetime(2027, 1, 31, 15, 59, tzinfo=UTC)):
        cancelled = ordered(resident, limited)
        resident.post(f"{cancelled}/cancel")
        ordered(resident, limited, 2)
        answer = resident.put(f"/v1/redemptions/{new_id()}", json=order_body(limited))
    with clock.set_to(datetime(2027, 1, 31, 16, 0, tzinfo=UTC)):
        ordered(resident, limited, 2)

    assert refused(answer) == (409, "limit_reached")
    assert answer.json["title"] == "这件商品每户每月最多换2件，这个月已经换了2件，请减少"


@pytest.mark.parametrize("quantity", [0, -1, 101, "1"])
def test_a_strange_quantity_is_refused(resident: Client, reward: Reward, quantity: object) -> None:
    answer = resident.put(
        f"/v1/redemptions/{new_id()}", json={"reward_id": str(reward.id), "quantity": quantity}
    )

    assert refused(answer) == (422, "invalid")
    assert list(answer.json["errors"]) == ["quantity"]


def test_goods_of_another_community_or_withdrawn_are_not_found(
    resident: Client, account_id: UUID, reward: Reward, session: Session
) -> None:
    assert account_id
    far = write_reward(session, FAR)
    reward.withdrawn_at = now()
    session.commit()

    for goods in (far, reward):
        answer = resident.put(f"/v1/redemptions/{new_id()}", json=order_body(goods))
        assert refused(answer) == (404, "not_found")
        assert list(answer.json["errors"]) == ["reward_id"]


def test_a_lead_orders_for_a_household_of_his_area(
    lead: Client, reward: Reward, account_id: UUID, session: Session
) -> None:
    path = ordered(lead, reward, household_id=str(person("resident").household_id))
    made_by = session.scalars(select(Redemption.made_by)).one()

    assert made_by == person("lead").user_id
    assert standing(session, account_id) == (20, 3)
    assert lead.post(f"{path}/cancel").json["status"] == "cancelled"


def test_nobody_orders_for_another_household(be: Be, reward: Reward, account_id: UUID) -> None:
    assert account_id
    for_resident = order_body(reward, household_id=str(person("resident").household_id))
    path = f"/v1/redemptions/{new_id()}"

    for name in ("neighbour", "far_resident", "far_lead"):
        assert refused(be(name).put(path, json=for_resident)) == (404, "not_found")
    for name in ("worker", "clerk", "admin", "county"):
        assert refused(be(name).put(path, json=for_resident)) == (403, "forbidden")
    assert refused(be("lead").put(path, json=order_body(reward))) == (404, "not_found")


def test_cancelling_frees_points_and_stock_once(
    resident: Client, order: str, account_id: UUID, reward: Reward, session: Session
) -> None:
    first = resident.post(f"{order}/cancel")
    again = resident.post(f"{order}/cancel")

    assert (first.json["status"], again.json) == ("cancelled", first.json)
    assert standing(session, account_id) == (20, 0)
    assert stock_of(session, reward) == 10
    assert rows(session, StockMovement, redemption_id=UUID(first.json["id"])) == 2
    assert points.reconcile(session) == []


def test_somebody_elses_cancelling_again_is_out_of_order(resident: Client, lead: Client, order: str) -> None:
    resident.post(f"{order}/cancel")

    assert refused(lead.post(f"{order}/cancel")) == (409, "illegal_step")


@pytest.mark.parametrize("verb", ["pickup-code", "cancel"])
def test_another_households_order_is_not_found(be: Be, order: str, verb: str) -> None:
    for name in ("neighbour", "far_resident", "far_lead"):
        assert refused(be(name).post(f"{order}/{verb}", json={"version": 0})) == (404, "not_found")
    for name in ("clerk", "worker", "admin"):
        assert refused(be(name).post(f"{order}/{verb}", json={"version": 0})) == (403, "forbidden")


def test_orders_are_listed_and_filtered(be: Be, resident: Client, order: str, reward: Reward) -> None:
    open_id = order.rpartition("/")[2]
    done = ordered(resident, reward)
    resident.post(f"{done}/cancel")
    done_id = done.rpartition("/")[2]

    def found(name: str, query: str = "") -> list[str]:
        return [one["id"] for one in be(name).get(f"/v1/redemptions?{query}").json["items"]]

    for name in ("resident", "lead", "clerk", "admin"):
        assert found(name) == [done_id, open_id]
    assert found("clerk", "status=held") == [open_id]
    assert found("clerk", f"household_id={person('neighbour').household_id}") == []
    assert found("clerk", f"area_code={GRID}") == [done_id, open_id]
    for name in ("neighbour", "far_clerk", "far_resident"):
        assert found(name) == []
        assert refused(be(name).get(order)) == (404, "not_found")


def test_orders_are_read_page_by_page(resident: Client, reward: Reward, account_id: UUID) -> None:
    assert account_id
    made = [ordered(resident, reward).rpartition("/")[2] for _ in range(3)]
    first = resident.get("/v1/redemptions?limit=2").json
    rest = resident.get(f"/v1/redemptions?limit=2&cursor={first['next_cursor']}").json

    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]


def test_the_queries_do_not_grow_with_the_orders(
    resident: Client, order: str, session: Session, connection: Connection
) -> None:
    assert order
    with statements(connection) as few:
        resident.get("/v1/redemptions")
    for _ in range(3):
        ordered(resident, write_reward(session))
    with statements(connection) as many:
        assert len(resident.get("/v1/redemptions").json["items"]) == 4

    assert len(few) == len(many)
