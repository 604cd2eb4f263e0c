"""Acting for a resident: asked for, confirmed, used by a header, ended at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import ProxyFunction
from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import (
    Claim,
    Grant,
    Guardianship,
    Hazard,
    Notice,
    NoticeKind,
    Proxy,
    Redemption,
    User,
)
from tests.binding_world import write_unbound
from tests.cast import HOME, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.points_world import claim_body, give_points, order_body, refused, write_reward, write_rule
from tests.trail import entries_of

ACCOUNT = "/v1/points/account"
HEAD = named("resident")


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


def ask(client: Client, proxy_id: UUID | None = None, **told: Any) -> Answer:
    """Ask to act for the head of the first household."""
    body = {
        "resident_id": str(HEAD),
        "relation": "other",
        "functions": sorted(ProxyFunction),
        "valid_until": (business_day() + timedelta(days=30)).isoformat(),
        "consent": "到家里当面说过",
    }
    return client.put(f"/v1/proxies/{proxy_id or new_id()}", json=body | told)


def confirmed(client: Client, by: Client, **told: Any) -> str:
    """Let somebody act for the head, who says so himself; give the proxy's id."""
    made = ask(client, **told)
    assert made.status_code == 201, made.text
    assert by.post(f"/v1/me/proxies/{made.json['id']}/confirm").status_code == 200
    return str(made.json["id"])


def acting(resident_id: UUID = HEAD) -> dict[str, Any]:
    """Give the header that names a resident."""
    return {"headers": {"Gongdi-For": str(resident_id)}}


def told_of(session: Session, name: str) -> list[str]:
    """Give what somebody was told of proxies, the oldest first."""
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.PROXY)
    return [row.data["what"] for row in session.scalars(select(Notice).where(*which).order_by(Notice.id))]


def test_it_is_asked_for_confirmed_by_the_residents_phone_and_ended(
    worker: Client, resident: Client, session: Session
) -> None:
    """S-41: a relation that ended gives nothing at the next request."""
    proxy_id = new_id()
    made, again = ask(worker, proxy_id), ask(worker, proxy_id)
    other = ask(worker, proxy_id, consent="别的话")
    before = worker.get(ACCOUNT, **acting())
    yes = [resident.post(f"/v1/me/proxies/{proxy_id}/confirm") for _ in range(2)]
    during = worker.get(ACCOUNT, **acting())
    ended = [resident.post(f"/v1/me/proxies/{proxy_id}/end") for _ in range(2)]
    after = worker.get(ACCOUNT, **acting())

    assert (made.status_code, again.status_code, again.json) == (201, 200, made.json)
    assert refused(other) == (409, "other_content")
    assert (made.json["state"], made.json["resident_name"]) == ("asked", "王桂兰")
    assert refused(before) == refused(after) == (404, "not_found")
    assert [(one.json["state"], one.json["confirmed_how"]) for one in yes] == [("confirmed", "own_phone")] * 2
    assert (during.status_code, during.json["household_id"]) == (200, str(person("resident").household_id))
    assert [one.status_code for one in ended] == [200, 200]
    assert (ended[1].json["state"], ended[1].json["end_reason"]) == ("ended", "resident")
    assert refused(resident.post(f"/v1/me/proxies/{proxy_id}/confirm")) == (409, "illegal_step")
    assert told_of(session, "resident") == ["asked"]
    assert told_of(session, "worker") == ["confirmed", "ended"]
    assert told_of(session, "admin") == ["asked"]


def test_an_admin_confirms_who_heard_the_resident_and_nobody_for_himself(
    worker: Client, admin: Client, resident: Client, session: Session
) -> None:
    phoneless = write_unbound(session)
    by_worker = ask(worker, resident_id=str(phoneless), relation="staff").json["id"]
    by_admin = ask(admin, resident_id=str(phoneless), relation="staff").json["id"]
    heard = {"how": "in_person"}

    assert admin.post(f"/v1/proxies/{by_worker}/confirm", json={"how": "own_phone"}).status_code == 422
    yes = admin.post(f"/v1/proxies/{by_worker}/confirm", json=heard)
    assert (yes.status_code, yes.json["confirmed_how"]) == (200, "in_person")
    assert yes.json["confirmed_by"] == str(person("admin").user_id)
    assert refused(admin.post(f"/v1/proxies/{by_admin}/confirm", json=heard)) == (403, "own_proxy")
    assert refused(worker.post(f"/v1/me/proxies/{by_worker}/confirm")) == (404, "not_found")
    assert refused(resident.post(f"/v1/me/proxies/{by_worker}/confirm")) == (404, "not_found")
    assert worker.get(ACCOUNT, **acting(phoneless)).status_code == 200
    assert admin.post(f"/v1/proxies/{by_worker}/end").json["end_reason"] == "admin"
    assert refused(worker.get(ACCOUNT, **acting(phoneless))) == (404, "not_found")


def test_who_does_not_fit_is_refused(
    worker: Client, clerk: Client, resident: Client, admin: Client, session: Session
) -> None:
    child, adult = write_child(session), write_unbound(session)
    today = business_day()
    answers = {
        "child": ask(worker, resident_id=str(child)),
        "himself": ask(resident),
        "no post": ask(admin, user_id=str(person("clerk").user_id), relation="staff"),
        "own home": ask(resident, resident_id=str(adult), relation="staff"),
        "over": ask(worker, valid_until=(today - timedelta(days=1)).isoformat()),
        "too long": ask(worker, valid_until=(today + timedelta(days=367)).isoformat()),
        "foreign resident": ask(worker, resident_id=str(named("far_resident"))),
        "foreign user": ask(admin, user_id=str(person("far_worker").user_id)),
        "another's user": ask(resident, resident_id=str(adult), user_id=str(person("neighbour").user_id)),
        "no function": ask(worker, functions=[]),
        "unknown function": ask(worker, functions=["approve"]),
        "no role": ask(clerk),
    }

    assert {name: (one.status_code, one.json["code"]) for name, one in answers.items()} == {
        "child": (422, "proxy_unfit"),
        "himself": (422, "proxy_unfit"),
        "no post": (422, "proxy_unfit"),
        "own home": (422, "proxy_unfit"),
        "over": (422, "proxy_span"),
        "too long": (422, "proxy_span"),
        "foreign resident": (404, "not_found"),
        "foreign user": (404, "not_found"),
        "another's user": (404, "not_found"),
        "no function": (422, "invalid"),
        "unknown function": (422, "invalid"),
        "no role": (403, "forbidden"),
    }
    assert session.scalars(select(Proxy)).all() == []


def test_two_have_one_proxy_and_one_that_is_over_makes_room(
    worker: Client, resident: Client, session: Session
) -> None:
    proxy_id = confirmed(worker, resident)
    second = ask(worker)
    with set_to(now() + timedelta(days=31)):
        over = worker.get(ACCOUNT, **acting())
        anew = ask(worker)

    assert refused(second) == (409, "proxy_open")
    assert refused(over) == (404, "not_found")
    assert anew.status_code == 201
    assert session.get_one(Proxy, UUID(proxy_id), populate_existing=True).end_reason == "over"


@pytest.mark.parametrize(
    "functions, statuses",
    [
        (["see"], (200, 403, 403)),
        (["claim"], (403, 201, 403)),
        (["redeem"], (403, 403, 201)),
        (["report"], (403, 403, 403)),
        (sorted(ProxyFunction), (200, 201, 201)),
    ],
)
def test_only_what_the_proxy_names_is_given(
    worker: Client,
    resident: Client,
    session: Session,
    functions: list[str],
    statuses: tuple[int, int, int],
) -> None:
    confirmed(worker, resident, functions=functions)
    give_points(session, 100)
    rule, reward = write_rule(session), write_reward(session)
    answers = (
        worker.get(ACCOUNT, **acting()),
        worker.put(f"/v1/claims/{new_id()}", json=claim_body(rule), **acting()),
        worker.put(f"/v1/redemptions/{new_id()}", json=order_body(reward), **acting()),
    )

    assert tuple(one.status_code for one in answers) == statuses
    assert {one.json["code"] for one in answers if one.status_code == 403} <= {"forbidden"}


def test_acting_gives_nothing_of_ones_own_posts(worker: Client, resident: Client, session: Session) -> None:
    """Other households of his grid are out of reach in that request, and so is what is only his work."""
    confirmed(worker, resident)
    neighbours = person("neighbour").household_id
    rule = write_rule(session)

    assert worker.get(f"{ACCOUNT}?household_id={neighbours}").status_code == 200
    assert refused(worker.get(f"{ACCOUNT}?household_id={neighbours}", **acting())) == (404, "not_found")
    foreign = worker.put(f"/v1/claims/{new_id()}", json=claim_body(rule, "neighbour"), **acting())
    assert refused(foreign) == (404, "not_found")
    assert refused(worker.get("/v1/households", **acting())) == (422, "acting_not_taken")


@pytest.mark.parametrize("value", ["", "nobody", str(named("neighbour")), str(named("far_resident"))])
def test_whoever_is_not_ones_own_reads_as_nobody(worker: Client, value: str) -> None:
    """S-30, S-41: known, foreign and made-up ids are answered alike."""
    answer = worker.get(ACCOUNT, headers={"Gongdi-For": value})

    assert refused(answer) == (404, "not_found")


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
    assert told_of(session, "resident") == ["asked", "redeemed"]


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


def test_a_report_is_the_residents(worker: Client, resident: Client, session: Session) -> None:
    confirmed(worker, resident)
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
