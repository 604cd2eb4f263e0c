from typing import Any

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Grant, Reward, StockMovement
from tests.cast import FAR, GRID, HOME, person
from tests.client import Client
from tests.counting import statements
from tests.points_world import Be, refused, rows, stock_of, write_reward


def body(**more: Any) -> dict[str, Any]:
    return {"area_code": HOME, "name": "洗洁精", "unit": "瓶", "price": 15, "cost_fen": 1200, **more}


def test_an_admin_offers_goods_once(admin: Client) -> None:
    path = f"/v1/rewards/{new_id()}"
    first = admin.put(path, json=body(limit_per_month=2, own_producer=True))
    again = admin.put(path, json=body(limit_per_month=2, own_producer=True))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json == {
        "id": path.rpartition("/")[2],
        "area_code": HOME,
        "name": "洗洁精",
        "unit": "瓶",
        "price": 15,
        "stock": 0,
        "limit_per_month": 2,
        "own_producer": True,
    }


def test_other_content_is_refused(admin: Client) -> None:
    path = f"/v1/rewards/{new_id()}"
    admin.put(path, json=body())

    assert refused(admin.put(path, json=body(price=16))) == (409, "other_content")


@pytest.mark.parametrize(
    "sent, code",
    [
        ({"area_code": FAR}, (404, "not_found")),
        ({"area_code": GRID}, (422, "area_unknown")),
        ({"area_code": HOME + "999"}, (422, "area_unknown")),
        ({"price": 0}, (422, "invalid")),
        ({"price": 100_001}, (422, "invalid")),
        ({"cost_fen": -1}, (422, "invalid")),
        ({"limit_per_month": 0}, (422, "invalid")),
        ({"name": " "}, (422, "invalid")),
        ({"stock": 5}, (422, "invalid")),
    ],
)
def test_goods_that_make_no_sense_are_refused(
    admin: Client, session: Session, sent: dict[str, Any], code: tuple[int, str]
) -> None:
    answer = admin.put(f"/v1/rewards/{new_id()}", json=body(**sent))

    assert refused(answer) == code
    assert list(answer.json["errors"]) == list(sent)
    assert rows(session, Reward) == 0


@pytest.mark.parametrize("name", ["resident", "lead", "worker", "clerk", "county"])
def test_others_offer_and_deliver_nothing(be: Be, reward: Reward, name: str) -> None:
    delivery = {"id": str(new_id()), "quantity": 5}

    assert refused(be(name).put(f"/v1/rewards/{new_id()}", json=body())) == (403, "forbidden")
    assert refused(be(name).post(f"/v1/rewards/{reward.id}/deliveries", json=delivery)) == (403, "forbidden")


@pytest.mark.parametrize("name", ["resident", "lead", "worker", "clerk", "admin"])
def test_the_community_reads_its_shop(be: Be, session: Session, reward: Reward, name: str) -> None:
    write_reward(session, FAR)

    assert [(one["id"], one["stock"]) for one in be(name).get("/v1/rewards").json["items"]] == [
        (str(reward.id), 10)
    ]
    assert be(name).get(f"/v1/rewards?area_code={FAR}").json["items"] == []


def test_what_is_withdrawn_is_not_offered(resident: Client, session: Session, reward: Reward) -> None:
    reward.withdrawn_at = now()
    session.commit()

    assert resident.get("/v1/rewards").json["items"] == []


def test_a_delivery_reaches_the_stock_once(admin: Client, session: Session, reward: Reward) -> None:
    path, delivery = f"/v1/rewards/{reward.id}/deliveries", {"id": str(new_id()), "quantity": 5}
    first = admin.post(path, json=delivery)
    again = admin.post(path, json=delivery)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert (first.json["reward_id"], first.json["quantity"]) == (str(reward.id), 5)
    assert stock_of(session, reward) == 15
    assert rows(session, StockMovement, reward_id=reward.id) == 2


def test_a_delivery_whose_reply_was_lost_is_answered_though_the_area_is_another_since(
    admin: Client, session: Session, reward: Reward
) -> None:
    path, delivery = f"/v1/rewards/{reward.id}/deliveries", {"id": str(new_id()), "quantity": 5}
    first = admin.post(path, json=delivery)
    session.execute(update(Grant).where(Grant.user_id == person("admin").user_id).values(area_code=FAR))
    session.commit()

    again = admin.post(path, json=delivery)
    assert (again.status_code, again.json) == (200, first.json)
    assert refused(admin.post(path, json=delivery | {"id": str(new_id())})) == (404, "not_found")
    assert stock_of(session, reward) == 15


def test_nothing_is_delivered_of_what_is_withdrawn(admin: Client, session: Session, reward: Reward) -> None:
    path, first = f"/v1/rewards/{reward.id}/deliveries", {"id": str(new_id()), "quantity": 5}
    sent = admin.post(path, json=first)
    reward.withdrawn_at = now()
    session.commit()

    assert refused(admin.post(path, json=first | {"id": str(new_id())})) == (404, "not_found")
    again = admin.post(path, json=first)
    assert (again.status_code, again.json, stock_of(session, reward)) == (200, sent.json, 15)


def test_a_delivery_with_other_content_is_refused(admin: Client, session: Session, reward: Reward) -> None:
    path, delivery_id = f"/v1/rewards/{reward.id}/deliveries", str(new_id())
    admin.post(path, json={"id": delivery_id, "quantity": 5})

    assert refused(admin.post(path, json={"id": delivery_id, "quantity": 6})) == (409, "other_content")
    assert stock_of(session, reward) == 15


@pytest.mark.parametrize("quantity", [0, -5, 1.5, 100_001])
def test_a_delivery_of_nothing_is_refused(
    admin: Client, session: Session, reward: Reward, quantity: float
) -> None:
    sent = {"id": str(new_id()), "quantity": quantity}

    assert refused(admin.post(f"/v1/rewards/{reward.id}/deliveries", json=sent)) == (422, "invalid")
    assert stock_of(session, reward) == 10


def test_a_delivery_to_another_community_is_not_found(be: Be, reward: Reward) -> None:
    sent = {"id": str(new_id()), "quantity": 5}

    assert refused(be("far_admin").post(f"/v1/rewards/{reward.id}/deliveries", json=sent)) == (
        404,
        "not_found",
    )


def test_the_queries_do_not_grow_with_the_goods(
    resident: Client, session: Session, reward: Reward, connection: Connection
) -> None:
    assert reward
    with statements(connection) as few:
        resident.get("/v1/rewards")
    for _ in range(4):
        write_reward(session)
    with statements(connection) as many:
        resident.get("/v1/rewards")

    assert len(few) == len(many)
