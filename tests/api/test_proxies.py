"""Acting for a resident: asked for, confirmed, ended, and what it gives."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import ProxyFunction
from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import (
    Proxy,
)
from tests.binding_world import write_unbound
from tests.cast import named, person
from tests.child_world import write_child
from tests.client import Client
from tests.points_world import claim_body, give_points, order_body, refused, write_reward, write_rule
from tests.proxy_world import ACCOUNT, acting, ask, confirmed, told_of


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


def test_who_asked_does_not_confirm_as_staff(
    admin: Client, clerk: Client, resident: Client, session: Session
) -> None:
    """Two people stand behind a proxy of somebody without a phone: one asks, another heard him."""
    phoneless, helper = write_unbound(session), str(person("clerk").user_id)
    asked = ask(admin, user_id=helper, resident_id=str(phoneless)).json["id"]
    with_phone = ask(admin, user_id=helper).json["id"]
    refusals = [
        admin.post(f"/v1/proxies/{asked}/confirm", json={"how": how}) for how in ("in_person", "by_phone")
    ]
    by_himself = resident.post(f"/v1/me/proxies/{with_phone}/confirm")

    assert [refused(one) for one in refusals] == [(403, "asked_proxy")] * 2
    assert "另一位" in refusals[0].json["title"]
    assert session.get_one(Proxy, UUID(asked), populate_existing=True).state == "asked"
    assert refused(clerk.get(ACCOUNT, **acting(phoneless))) == (404, "not_found")
    assert (by_himself.status_code, by_himself.json["confirmed_how"]) == (200, "own_phone")


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
