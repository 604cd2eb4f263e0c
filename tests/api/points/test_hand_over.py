from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock, points
from app.clock import now
from app.models import Grant, Redemption, Reward, Transfer
from tests.cast import named, person
from tests.client import Client
from tests.points_world import Be, code_of, move_in, move_out, refused, rows, standing, stock_of


def test_goods_are_handed_over_against_the_code(
    resident: Client, clerk: Client, order: str, account_id: UUID, reward: Reward, session: Session
) -> None:
    answer = clerk.post(f"{order}/hand-over", json={"code": code_of(resident, order)})

    assert (answer.status_code, answer.json["status"]) == (200, "collected")
    assert standing(session, account_id) == (14, 0)
    assert stock_of(session, reward) == 8
    (entry, _) = resident.get("/v1/points/entries").json["items"]
    assert (entry["kind"], entry["change"], entry["note"]) == ("redeem", -6, "肥皂×2")
    assert entry["approved_by"] == "clerk"
    assert points.reconcile(session) == []


def test_the_same_hand_over_again_is_the_same(
    resident: Client, clerk: Client, order: str, session: Session
) -> None:
    sent = {"code": code_of(resident, order)}
    first = clerk.post(f"{order}/hand-over", json=sent)
    again = clerk.post(f"{order}/hand-over", json=sent)

    assert (again.status_code, again.json) == (200, first.json)
    assert rows(session, Transfer, source_id=UUID(first.json["id"])) == 1


def test_a_code_works_once(resident: Client, clerk: Client, lead: Client, order: str) -> None:
    sent = {"code": code_of(resident, order)}
    clerk.post(f"{order}/hand-over", json=sent)

    assert refused(lead.post(f"{order}/hand-over", json=sent)) == (409, "illegal_step")
    assert refused(resident.post(f"{order}/pickup-code", json={"version": 1})) == (409, "illegal_step")
    assert refused(resident.post(f"{order}/cancel")) == (409, "illegal_step")


def test_what_is_sent_again_shows_the_code_it_made_and_comes_too_late_for_a_newer(
    resident: Client, lead: Client, clerk: Client, order: str
) -> None:
    path = f"{order}/pickup-code"
    first, again = (resident.post(path, json={"version": 0}) for _ in range(2))
    second = lead.post(path, json={"version": 1})

    late = resident.post(path, json={"version": 0})

    assert (again.status_code, again.json) == (200, first.json)
    assert second.json["code"] != first.json["code"]
    assert (refused(late), "第2个" in late.json["title"]) == ((409, "pickup_version"), True)
    assert refused(resident.post(path, json={"version": 3})) == (409, "pickup_version")
    assert refused(clerk.post(f"{order}/hand-over", json={"code": first.json["code"]})) == (
        409,
        "pickup_code_refused",
    )
    assert clerk.post(f"{order}/hand-over", json={"code": second.json["code"]}).status_code == 200


def test_a_code_has_128_bits_and_lives_two_minutes(
    resident: Client, clerk: Client, order: str, session: Session
) -> None:
    at = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    with clock.set_to(at):
        shown = resident.post(f"{order}/pickup-code", json={"version": 0}).json
    with clock.set_to(at + timedelta(seconds=120)):
        late = clerk.post(f"{order}/hand-over", json={"code": shown["code"]})
    with clock.set_to(at + timedelta(seconds=119)):
        in_time = clerk.post(f"{order}/hand-over", json={"code": shown["code"]})
    stored = session.scalars(select(Redemption.pickup_hash)).one()

    assert len(shown["code"]) == 22
    assert shown["valid_until"] == "2026-11-24T04:02:00+00:00"
    assert refused(late) == (409, "pickup_code_refused")
    assert in_time.status_code == 200
    assert stored is not None
    assert shown["code"].encode() not in stored


def test_wrong_late_and_missing_codes_look_alike(
    resident: Client, clerk: Client, order: str, session: Session
) -> None:
    never_shown = clerk.post(f"{order}/hand-over", json={"code": "A" * 22})
    old = code_of(resident, order)
    code_of(resident, order)
    replaced = clerk.post(f"{order}/hand-over", json={"code": old})
    wrong = clerk.post(f"{order}/hand-over", json={"code": "码" * 22})
    with clock.set_to(now() - timedelta(minutes=10)):
        past = code_of(resident, order)
    expired = clerk.post(f"{order}/hand-over", json={"code": past})

    answers = [never_shown, replaced, wrong, expired]
    assert {refused(answer) for answer in answers} == {(409, "pickup_code_refused")}
    assert len({answer.json["title"] for answer in answers}) == 1
    assert rows(session, Transfer) == 1


def test_nobody_hands_over_to_his_own_household(
    be: Be, resident: Client, order: str, session: Session
) -> None:
    sent = {"code": code_of(resident, order)}
    for name in ("clerk", "lead"):
        move_in(session, name)
        assert refused(be(name).post(f"{order}/hand-over", json=sent)) == (403, "own_household")


def test_who_may_not_hand_over(be: Be, resident: Client, order: str) -> None:
    sent = {"code": code_of(resident, order)}

    for name in ("resident", "worker", "admin", "county"):
        assert refused(be(name).post(f"{order}/hand-over", json=sent)) == (403, "forbidden")
    for name in ("far_clerk", "far_lead"):
        assert refused(be(name).post(f"{order}/hand-over", json=sent)) == (404, "not_found")


def test_a_cancelled_order_is_not_handed_over(resident: Client, clerk: Client, order: str) -> None:
    code = code_of(resident, order)
    resident.post(f"{order}/cancel")

    assert refused(clerk.post(f"{order}/hand-over", json={"code": code})) == (409, "illegal_step")


def test_a_hand_over_sent_again_shows_the_same_code(resident: Client, clerk: Client, order: str) -> None:
    code = code_of(resident, order)
    path = f"{order}/hand-over"
    assert clerk.post(path, json={"code": code}).status_code == 200

    assert clerk.post(path, json={"code": code}).status_code == 200
    assert refused(clerk.post(path, json={"code": "A" * 22})) == (409, "illegal_step")


@pytest.mark.parametrize("how", ["left", "dispute", "moved"])
def test_a_code_ends_when_who_showed_it_is_of_the_household_no_more(
    be: Be, resident: Client, clerk: Client, order: str, session: Session, how: str
) -> None:
    """S-41: not for the rest of its two minutes."""
    code, binding = code_of(resident, order), named("binding resident")
    if how == "left":
        assert resident.post(f"/v1/me/bindings/{binding}/end", json={"reason": how}).status_code == 200
    elif how == "dispute":
        said = {"reason": how, "note": "不是本人"}
        assert be("admin").post(f"/v1/bindings/{binding}/end", json=said).status_code == 200
    else:
        move_out(session)

    assert refused(clerk.post(f"{order}/hand-over", json={"code": code})) == (409, "pickup_code_refused")


def test_a_code_ends_when_the_account_of_who_showed_it_is_disabled(
    be: Be, resident: Client, clerk: Client, order: str
) -> None:
    """S-41: not for the rest of its two minutes."""
    code, path = code_of(resident, order), f"/v1/users/{person('resident').user_id}"
    assert be("system").step(f"{path}/disable").status_code == 200

    assert refused(clerk.post(f"{order}/hand-over", json={"code": code})) == (409, "pickup_code_refused")


def test_a_building_leads_code_ends_with_his_post(
    lead: Client, clerk: Client, order: str, session: Session
) -> None:
    code = code_of(lead, order)
    session.execute(update(Grant).where(Grant.user_id == person("lead").user_id).values(ended_at=now()))

    assert refused(clerk.post(f"{order}/hand-over", json={"code": code})) == (409, "pickup_code_refused")


def test_a_code_from_before_it_was_kept_who_showed_it_is_good(
    resident: Client, clerk: Client, order: str, session: Session
) -> None:
    code = code_of(resident, order)
    session.execute(update(Redemption).values(pickup_by=None))

    assert clerk.post(f"{order}/hand-over", json={"code": code}).status_code == 200
