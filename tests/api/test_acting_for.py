"""What is done for a resident: his, with both names, and over when the proxy is."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    AutomaticSource,
    Claim,
    Grant,
    Guardianship,
    Hazard,
    Proxy,
    Redemption,
    User,
)
from tests.binding_world import write_unbound
from tests.cast import HOME, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.points_world import claim_body, give_points, order_body, refused, write_reward, write_rule
from tests.proxy_world import ACCOUNT, HEAD, acting, ask, confirmed, told_of
from tests.trail import entries_of


@pytest.fixture
def clerk(be: Callable[[str], Client]) -> Client:
    """Be the shop's clerk."""
    return be("clerk")


@pytest.fixture
def lead(be: Callable[[str], Client]) -> Client:
    """Be the building lead."""
    return be("lead")


@pytest.fixture
def neighbour(be: Callable[[str], Client]) -> Client:
    """Be the resident next door."""
    return be("neighbour")


def test_what_is_done_names_both_and_the_resident_is_told(
    worker: Client, resident: Client, session: Session
) -> None:
    """S-100: the trail names who acted and for whom; so do the records and the statement."""
    confirmed(worker, resident)
    give_points(session, 100)
    rule, reward = write_rule(session), write_reward(session)
    claim_id, order_id = new_id(), new_id()
    with entries_of(session) as left:
        claim = worker.put(f"/v1/claims/{claim_id}", json=claim_body(rule), **acting())
        order = worker.put(f"/v1/redemptions/{order_id}", json=order_body(reward), **acting())
        own = worker.put(f"/v1/claims/{claim_id}", json=claim_body(rule))
    shown = resident.get(f"/v1/redemptions/{order_id}").json

    assert [(one.actor_id, one.facts.get("acted_for")) for one in left[:2]] == [
        (person("worker").user_id, str(HEAD))
    ] * 2
    assert (claim.status_code, order.status_code) == (201, 201)
    assert refused(own) == (409, "other_content")
    assert claim.json["acted_for"] == str(HEAD)
    assert (shown["acted_for"], shown["made_by"]) == (str(HEAD), str(person("worker").user_id))
    assert (
        session.get_one(Claim, claim_id).acted_for == session.get_one(Redemption, order_id).acted_for == HEAD
    )
    assert told_of(session, "resident") == ["asked", "claimed", "redeemed"]


def test_who_filed_for_another_neither_verifies_nor_approves_nor_hands_over(
    colleague: Client, admin: Client, lead: Client, resident: Client, session: Session
) -> None:
    confirmed(admin, resident)
    confirmed(lead, resident)
    rule, reward = write_rule(session), write_reward(session)
    give_points(session, 100)
    claim = f"/v1/claims/{new_id()}"
    assert admin.put(claim, json=claim_body(rule), **acting()).status_code == 201
    assert colleague.step(f"{claim}/verify").status_code == 200
    assert refused(admin.step(f"{claim}/approve")) == (403, "own_submission")

    order = f"/v1/redemptions/{new_id()}"
    assert lead.put(order, json=order_body(reward), **acting()).status_code == 201
    handed = lead.post(f"{order}/hand-over", json={"code": "x" * 22})
    assert refused(handed) == (403, "own_order")

    mended = f"/v1/claims/{new_id()}"
    assert resident.put(mended, json=claim_body(rule)).status_code == 201
    assert colleague.step(f"{mended}/return", {"reason": "说清楚些"}).status_code == 200
    again = {"step_id": str(new_id()), "text": "扫了三层楼道"}
    assert admin.post(f"{mended}/resubmit", json=again, **acting()).status_code == 200
    assert colleague.step(f"{mended}/verify").status_code == 200
    assert refused(admin.step(f"{mended}/approve")) == (403, "own_submission")

    other = f"/v1/claims/{new_id()}"
    assert resident.put(other, json=claim_body(rule)).status_code == 201
    assert colleague.step(f"{other}/return", {"reason": "说清楚些"}).status_code == 200
    assert (
        lead.post(f"{other}/resubmit", json=again | {"step_id": str(new_id())}, **acting()).status_code == 200
    )
    assert refused(lead.step(f"{other}/verify")) == (403, "own_submission")


def test_the_statement_says_who_acted(
    worker: Client, colleague: Client, admin: Client, resident: Client, session: Session
) -> None:
    confirmed(worker, resident)
    rule = write_rule(session)
    claim = f"/v1/claims/{new_id()}"
    assert worker.put(claim, json=claim_body(rule), **acting()).status_code == 201
    assert refused(worker.step(f"{claim}/verify")) == (403, "own_submission")
    assert colleague.step(f"{claim}/verify").status_code == 200
    assert admin.step(f"{claim}/approve").status_code == 200
    own = f"/v1/claims/{new_id()}"
    assert resident.put(own, json=claim_body(rule)).status_code == 201
    assert worker.step(f"{own}/verify").status_code == 200
    assert admin.step(f"{own}/approve").status_code == 200

    entries = resident.get("/v1/points/entries").json["items"]
    assert [one["acted_by"] for one in entries] == [None, "worker"]


def test_a_report_is_the_residents_and_so_is_what_it_earns(
    worker: Client, admin: Client, resident: Client, session: Session
) -> None:
    confirmed(worker, resident)
    write_rule(session, automatic=AutomaticSource.HAZARD_REPORT_ACCEPTED)
    hazard_id = new_id()
    body = {
        "place_id": str(named("block")),
        "category": "fire",
        "text": "楼道堆了杂物",
        "captured_at": now().isoformat(),
    }
    answer = worker.put(f"/v1/hazards/{hazard_id}", json=body, **acting())
    hazard = session.get_one(Hazard, hazard_id)

    assert answer.status_code == 201, answer.text
    assert (hazard.acted_for, hazard.source) == (HEAD, "resident")
    assert admin.step(f"/v1/hazards/{hazard_id}/accept").status_code == 200
    earned = session.scalars(select(Claim).where(Claim.source_id == hazard_id)).one()
    assert (earned.resident_id, earned.household_id) == (HEAD, person("resident").household_id)


def test_it_ends_with_the_post_the_binding_and_the_account(
    worker: Client, colleague: Client, resident: Client, be: Callable[[str], Client], session: Session
) -> None:
    phoneless = write_unbound(session)
    staff = confirmed(worker, resident, relation="staff")
    other = ask(colleague, resident_id=str(phoneless)).json["id"]
    assert worker.get(ACCOUNT, **acting()).status_code == 200
    session.execute(update(Grant).where(Grant.user_id == person("worker").user_id).values(ended_at=now()))
    session.commit()
    assert refused(worker.get(ACCOUNT, **acting())) == (404, "not_found")

    binding = resident.get("/v1/me/binding").json["binding"]["id"]
    assert resident.post(f"/v1/me/bindings/{binding}/end", json={"reason": "left"}).status_code == 200
    step = {"step_id": str(new_id()), "note": "离职"}
    closed = be("system").post(f"/v1/users/{person('colleague').user_id}/disable", json=step)
    assert closed.status_code == 200, closed.text
    ends = {
        str(one.id): one.end_reason
        for one in session.scalars(select(Proxy).execution_options(populate_existing=True))
    }
    assert ends == {staff: "binding", other: "account"}


def test_a_guardian_acts_for_his_child_until_the_guardianship_ends(
    neighbour: Client, session: Session
) -> None:
    """S-41, S-91, S-94: a child has no proxy, its verified guardian acts for it."""
    child = write_child(session)
    guardianship = write_guardian(session, child, of="neighbour")
    during = neighbour.get(ACCOUNT, **acting(child))
    wards = neighbour.get("/v1/me/wards").json["items"]
    session.execute(
        update(Guardianship).where(Guardianship.id == guardianship).values(ended_at=now(), ended_by=None)
    )
    session.commit()

    assert during.status_code == 200
    assert [one["resident_id"] for one in wards] == [str(child)]
    assert refused(neighbour.get(ACCOUNT, **acting(child))) == (404, "not_found")
    assert neighbour.get("/v1/me/wards").json["items"] == []


def test_a_guardian_is_shown_his_own_wards_one_page_after_another(
    resident: Client, neighbour: Client, session: Session
) -> None:
    """S-41, S-92: nobody learns from the list of the children of others."""
    first, second, other = (write_child(session) for _ in range(3))
    for child in (first, second):
        write_guardian(session, child, of="neighbour")
    write_guardian(session, other, of="resident")

    def page(client: Client, cursor: str = "") -> tuple[list[str], str | None]:
        shown = client.get(f"/v1/me/wards?limit=1{cursor}").json
        return [one["resident_id"] for one in shown["items"]], shown["next_cursor"]

    newest, cursor = page(neighbour)

    assert newest == [str(second)]
    assert page(neighbour, f"&cursor={cursor}") == ([str(first)], None)
    assert page(resident) == ([str(other)], None)


def test_both_sides_and_the_admin_find_it(
    worker: Client, resident: Client, neighbour: Client, admin: Client
) -> None:
    proxy_id = confirmed(worker, resident)
    lists = {
        "for the resident": resident.get("/v1/me/proxies?side=for_me"),
        "by the worker": worker.get("/v1/me/proxies?side=by_me"),
        "by the resident": resident.get("/v1/me/proxies?side=by_me"),
        "for the neighbour": neighbour.get("/v1/me/proxies?side=for_me"),
        "of the community": admin.get("/v1/proxies?state=confirmed"),
        "ended": admin.get("/v1/proxies?state=ended"),
    }

    assert {name: [one["id"] for one in answer.json["items"]] for name, answer in lists.items()} == {
        "for the resident": [proxy_id],
        "by the worker": [proxy_id],
        "by the resident": [],
        "for the neighbour": [],
        "of the community": [proxy_id],
        "ended": [],
    }


def test_a_family_member_of_the_household_asks_for_himself(
    resident: Client, admin: Client, session: Session
) -> None:
    """S-191: a phoneless resident is served by his family, with his word on record and no shared password."""
    phoneless = write_unbound(session)
    made = ask(resident, resident_id=str(phoneless), relation="child", functions=["see"])
    heard = admin.post(f"/v1/proxies/{made.json['id']}/confirm", json={"how": "by_phone"})

    assert (made.status_code, heard.status_code) == (201, 200)
    assert resident.get(ACCOUNT, **acting(phoneless)).status_code == 200
    assert session.scalar(select(User.id).where(User.resident_id == phoneless)) is None
    assert made.json["area_code"].startswith(HOME)
