"""Whoever of the staff made the way into an account may sit in it: others decide on what comes from there."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.actors import Role
from app.ids import new_id
from app.models import (
    BindingRequest,
    Claim,
    Correction,
    Notice,
    Proxy,
    Redemption,
    SignIn,
    User,
)
from app.people import Numbers
from tests.api.sign_in.conftest import LetIn, grant, refused
from tests.binding_world import ask as ask_binding
from tests.binding_world import write_unbound
from tests.cast import Person, named, person, sign_in_again
from tests.client import Client
from tests.own_data import correcting, deleting
from tests.points_world import claim_body, give_points, order_body, write_reward, write_rule
from tests.proxy_world import ask as ask_proxy
from tests.proxy_world import told_of
from tests.trail import entries_of

Become = Callable[[str | None], Client]
PASSWORD = "Kiesel 7 Fjordlampe"
STEPS = {"text": "扫了三层楼道"}


def test_who_handed_out_the_code_decides_on_no_correction_asked_by_it(
    admin: Client, second: Client, let_in: LetIn, session: Session
) -> None:
    """One admin alone puts nothing right in somebody's name: another is told, and decides."""
    asked = correcting.asked(let_in(admin))

    assert refused(correcting.decide(admin, asked)) == (403, "own_correction")
    assert refused(correcting.decide(admin, asked, "refuse")) == (403, "own_correction")
    assert refused(correcting.decide(second, asked)) == (200, "")
    assert session.get_one(Correction, UUID(asked)).let_in_by == person("admin").user_id
    assert [correcting.told(session, one) for one in ("admin", "colleague")] == [[], ["correction_asked"]]


def test_who_handed_out_the_code_decides_on_no_deletion_asked_by_it(
    admin: Client, second: Client, let_in: LetIn
) -> None:
    asked = deleting.ask(let_in(admin), "numbers")

    assert refused(deleting.decide(admin, asked)) == (403, "own_deletion")
    assert refused(deleting.decide(second, asked)) == (200, "")


def test_a_session_that_goes_on_keeps_whose_code_it_was(
    app: Flask, admin: Client, second: Client, visitor: Client, session: Session
) -> None:
    """However often its phone goes on by itself."""
    resident = person("resident")
    code = admin.post(f"/v1/residents/{resident.resident_id}/sign-in-codes", json={"id": str(new_id())})
    opened = visitor.post("/v1/sessions/code", json={"code": code.json["code"]}).json
    for _ in range(2):
        opened = visitor.post("/v1/sessions/refresh", json={"refresh_token": opened["refresh_token"]}).json
    asked = correcting.asked(Client(app, Person(resident.user_id, opened["token"])))

    assert refused(correcting.decide(admin, asked)) == (403, "own_correction")
    assert refused(correcting.decide(second, asked)) == (200, "")
    by_code = session.scalars(select(SignIn.let_in_by).where(SignIn.let_in_by.is_not(None))).all()
    assert by_code == [person("admin").user_id] * 3


def test_who_asks_by_his_own_way_in_is_decided_on_as_ever(
    admin: Client, resident: Client, let_in: LetIn
) -> None:
    """A code that somebody hands out takes nothing from what the resident asks for by another session."""
    let_in(admin)

    assert refused(correcting.decide(admin, correcting.asked(resident))) == (200, "")


def test_whose_invitation_set_the_password_decides_on_nothing_asked_within_a_year(
    be: Become, second: Client, resident: Client, session: Session
) -> None:
    """He had the token before its owner, and so may know the password."""
    asked = correcting.asked(resident)
    user = session.get_one(User, person("resident").user_id)
    user.invited_by, user.invited_at = person("admin").user_id, clock.now()
    session.commit()
    admin = be("admin")
    assert refused(correcting.decide(admin, asked)) == (403, "own_correction")

    user.invited_at = clock.now() - timedelta(days=366)
    session.commit()
    assert refused(correcting.decide(admin, asked)) == (200, "")
    other = correcting.asked(resident, field="sex", value="male")
    user.invited_at = clock.now()
    session.commit()
    assert refused(correcting.decide(second, other)) == (200, "")


def test_an_accepted_invitation_keeps_who_made_it(be: Become, visitor: Client, session: Session) -> None:
    """And one that waits says nothing yet."""
    correcting.give_numbers(session, "resident", Numbers(correcting.PHONE, None))
    user_id = person("resident").user_id
    invited = be("system").put(f"/v1/invitations/{new_id()}", json={"user_id": str(user_id)})
    waiting = session.get_one(User, user_id).invited_by
    sent = {"token": invited.json["token"], "password": PASSWORD}
    done = visitor.post("/v1/invitations/accept", json=sent)

    assert (refused(invited), refused(done)) == ((201, ""), (204, ""))
    user = session.get_one(User, user_id, populate_existing=True)
    assert (waiting, user.invited_by) == (None, person("system").user_id)
    assert user.invited_at is not None


def test_who_handed_out_the_code_neither_verifies_nor_approves_what_was_claimed_by_it(
    worker: Client, colleague: Client, admin: Client, let_in: LetIn, session: Session
) -> None:
    rule = write_rule(session)
    by_worker, by_admin = (f"/v1/claims/{new_id()}" for _ in range(2))
    assert refused(let_in(worker).put(by_worker, json=claim_body(rule))) == (201, "")
    assert refused(let_in(admin).put(by_admin, json=claim_body(rule))) == (201, "")

    assert refused(worker.step(f"{by_worker}/verify")) == (403, "own_submission")
    assert refused(worker.step(f"{by_worker}/return", {"reason": "说清楚些"})) == (403, "own_submission")
    assert refused(colleague.step(f"{by_worker}/verify")) == (200, "")
    assert refused(admin.step(f"{by_worker}/approve")) == (200, "")
    assert refused(colleague.step(f"{by_admin}/verify")) == (200, "")
    assert refused(admin.step(f"{by_admin}/approve")) == (403, "own_submission")
    assert session.get_one(Claim, UUID(by_admin[-36:])).let_in_by == person("admin").user_id


def test_what_was_sent_again_by_a_code_counts_for_each_who_handed_one_out(
    be: Become, worker: Client, colleague: Client, resident: Client, let_in: LetIn, session: Session
) -> None:
    """She claimed by herself; two of the staff handed out codes since, and both stay out of it."""
    claim = f"/v1/claims/{new_id()}"
    assert refused(resident.put(claim, json=claim_body(write_rule(session)))) == (201, "")
    for staff in (worker, colleague):
        assert refused(be("lead").step(f"{claim}/return", {"reason": "说清楚些"})) == (200, "")
        assert refused(let_in(staff).step(f"{claim}/resubmit", STEPS)) == (200, "")

    for staff in (worker, colleague):
        assert refused(staff.step(f"{claim}/verify")) == (403, "own_submission")
    assert refused(be("lead").step(f"{claim}/verify")) == (200, "")


def test_who_filed_for_another_household_by_his_post_does_not_approve_it(
    admin: Client, worker: Client, session: Session
) -> None:
    """By a proxy or by his post: it is his own claim for another."""
    claim = f"/v1/claims/{new_id()}"
    assert refused(admin.put(claim, json=claim_body(write_rule(session)))) == (201, "")
    assert refused(worker.step(f"{claim}/verify")) == (200, "")
    assert refused(admin.step(f"{claim}/approve")) == (403, "own_submission")


def test_who_handed_out_the_code_hands_nothing_over_for_a_code_shown_in_it(
    be: Become, worker: Client, let_in: LetIn, session: Session
) -> None:
    """He could have ordered, and fetched it from himself."""
    grant(session, person("worker").user_id, role=Role.SHOP_CLERK)
    sign_in_again(session, "worker")
    give_points(session, 100)
    order = f"/v1/redemptions/{new_id()}"
    she = let_in(worker)
    assert refused(she.put(order, json=order_body(write_reward(session)))) == (201, "")
    shown = she.post(f"{order}/pickup-code", json={"version": 0}).json

    refusal = refused(worker.post(f"{order}/hand-over", json={"code": shown["code"]}))
    assert refusal == (403, "own_order")
    assert refused(be("clerk").post(f"{order}/hand-over", json={"code": shown["code"]})) == (200, "")
    kept = session.get_one(Redemption, UUID(order[-36:]))
    assert kept.pickup_let_in_by == person("worker").user_id


def test_a_pick_up_code_of_another_session_is_not_shown_again(
    resident: Client, worker: Client, let_in: LetIn, session: Session
) -> None:
    """Who sits in her account by a code sees none that she showed by herself, and makes a new one instead."""
    give_points(session, 100)
    order = f"/v1/redemptions/{new_id()}"
    assert refused(resident.put(order, json=order_body(write_reward(session)))) == (201, "")
    first = resident.post(f"{order}/pickup-code", json={"version": 0})
    again = let_in(worker).post(f"{order}/pickup-code", json={"version": 0})

    assert (refused(first)[0], refused(again)) == (first.status_code, (409, "pickup_version"))


def test_who_showed_the_pick_up_code_by_his_post_does_not_take_it(be: Become, session: Session) -> None:
    """A building lead who serves at the counter as well gives himself nothing."""
    grant(session, person("lead").user_id, role=Role.SHOP_CLERK)
    sign_in_again(session, "lead")
    lead = be("lead")
    give_points(session, 100)
    order = f"/v1/redemptions/{new_id()}"
    body = order_body(write_reward(session)) | {"household_id": str(person("resident").household_id)}
    assert refused(lead.put(order, json=body)) == (201, "")
    shown = lead.post(f"{order}/pickup-code", json={"version": 0}).json

    assert refused(lead.post(f"{order}/hand-over", json={"code": shown["code"]})) == (403, "own_order")


def test_the_trail_of_a_session_that_goes_on_names_whose_code_it_was(
    worker: Client, visitor: Client, session: Session
) -> None:
    resident = person("resident")
    code = worker.post(f"/v1/residents/{resident.resident_id}/sign-in-codes", json={"id": str(new_id())})
    opened = visitor.post("/v1/sessions/code", json={"code": code.json["code"]}).json
    with entries_of(session) as left:
        visitor.post("/v1/sessions/refresh", json={"refresh_token": opened["refresh_token"]})

    assert [one.facts for one in left] == [{"handed_out_by": str(person("worker").user_id)}]


@pytest.mark.parametrize("by", ["lead", "worker"])
def test_who_was_let_in_by_a_code_leaves_no_binding(
    be: Become, resident: Client, let_in: LetIn, session: Session, by: str
) -> None:
    """S-9, S-36: who handed it out would throw the resident out, and be him by the next one."""
    she, path = let_in(be(by)), f"/v1/me/bindings/{named('binding resident')}/end"
    answer = she.post(path, json={"reason": "left"})
    session.execute(update(SignIn).values(checked_at=clock.now()))
    session.commit()

    assert refused(answer) == (403, "let_in_by_code")
    assert refused(she.post(path, json={"reason": "left"})) == (403, "let_in_by_code"), "also with a proof"
    assert resident.get("/v1/me").json["resident_id"] == str(named("resident"))
    assert refused(resident.post(path, json={"reason": "left"})) == (200, "")


def test_who_handed_out_the_code_confirms_no_proxy_asked_by_it(
    admin: Client, second: Client, let_in: LetIn, session: Session
) -> None:
    """Nobody says alone that a resident agreed to somebody in whose account he may sit."""
    asked = ask_proxy(let_in(admin), resident_id=str(write_unbound(session))).json["id"]
    path, heard = f"/v1/proxies/{asked}/confirm", {"how": "in_person"}

    assert refused(admin.post(path, json=heard)) == (403, "asked_proxy")
    assert refused(second.post(path, json=heard)) == (200, "")
    assert session.get_one(Proxy, UUID(asked)).let_in_by == person("admin").user_id
    assert [told_of(session, one) for one in ("admin", "colleague")] == [[], ["asked"]]


def test_who_handed_out_the_code_decides_on_no_binding_asked_by_it(
    admin: Client, second: Client, let_in: LetIn, session: Session
) -> None:
    she = let_in(admin)
    end = {"reason": "moved_away", "note": "搬走了"}
    assert refused(second.post(f"/v1/bindings/{named('binding resident')}/end", json=end)) == (200, "")
    path = f"/v1/binding-requests/{ask_binding(she, name='王桂兰').json['id']}"
    found = {"resident_id": str(named("resident"))}

    assert refused(admin.post(f"{path}/approve", json=found)) == (403, "own_binding_request")
    assert refused(admin.post(f"{path}/reject", json={"note": "不像"})) == (403, "own_binding_request")
    asked = Notice.data["request_id"].astext == path[-36:]
    told = session.scalars(select(Notice.user_id).where(asked)).all()
    assert told == [person("colleague").user_id]
    assert refused(second.post(f"{path}/approve", json=found)) == (200, "")
    assert session.get_one(BindingRequest, UUID(path[-36:])).let_in_by == person("admin").user_id


def test_the_trail_says_of_each_step_whose_code_let_in_who_took_it(
    worker: Client, let_in: LetIn, session: Session
) -> None:
    """S-100: also of what is refused."""
    she = let_in(worker)
    with entries_of(session) as left:
        correcting.asked(she)
        she.post(f"/v1/me/bindings/{named('binding resident')}/end", json={"reason": "left"})

    assert [one.result for one in left] == ["done", "refused"]
    assert [one.facts["handed_out_by"] for one in left] == [str(person("worker").user_id)] * 2


def test_who_invited_is_no_hand_that_gave_a_code(resident: Client, session: Session) -> None:
    """S-100: the trail says of no step of an invited person that a code let him in, and he may leave."""
    user = session.get_one(User, person("resident").user_id)
    user.invited_by, user.invited_at = person("system").user_id, clock.now()
    session.commit()
    with entries_of(session) as left:
        correcting.asked(resident)
        ended = resident.post(f"/v1/me/bindings/{named('binding resident')}/end", json={"reason": "left"})

    assert refused(ended) == (200, "")
    assert [one for one in left if "handed_out_by" in one.facts] == []
