"""Whoever lives somewhere decides on nothing there, whatever his post, nor acts as his kin by a code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import Binding, ConsentPurpose, Resident, User, ViewingTicket
from app.people import SHIPPED_TEXTS
from tests.binding_world import ask, write_newcomer
from tests.care_world import move_in, write_resident
from tests.cast import named, person
from tests.child_world import write_child, write_consent, write_guardian
from tests.client import Answer, Client
from tests.proxy_world import ask as ask_proxy

SIXTEEN = date(2010, 6, 1)
"""Born then, nobody needs a guardian's consent to be looked after, and is a minor yet."""
BORN = date(1990, 5, 1)
ACCOUNTS = {"home": "resident", "neighbour": "neighbour"}


@dataclass
class Stage:
    """An admin who lives in the household ``home``, and what he may be asked to decide in one of the two."""

    app: Flask
    session: Session
    admin: Client
    home: str

    def member(self, **columns: Any) -> UUID:
        """Write somebody who lives there."""
        return write_resident(self.session, household_id=named(f"household {self.home}"), **columns)

    def child(self) -> UUID:
        """Write a child who lives there, and whose guardian does."""
        child = write_child(self.session, household_id=named(f"household {self.home}"))
        write_guardian(self.session, child, of=ACCOUNTS[self.home])
        return child


Act = Callable[[Stage], Answer]


def approve_binding(stage: Stage) -> Answer:
    asks, request = Client(stage.app, write_newcomer(stage.session)), new_id()
    assert ask(asks, request).status_code == 201
    body = {"resident_id": str(stage.member(name="李小芳", birth_date=BORN))}
    return stage.admin.post(f"/v1/binding-requests/{request}/approve", json=body)


def end_binding(stage: Stage) -> Answer:
    who = person(ACCOUNTS[stage.home]).user_id
    binding = stage.session.scalars(select(Binding.id).where(Binding.user_id == who)).one()
    return stage.admin.post(f"/v1/bindings/{binding}/end", json={"reason": "dispute", "note": "不是本人"})


def end_guardianship(stage: Stage) -> Answer:
    child = write_child(stage.session, household_id=named("household neighbour"))
    guardianship = write_guardian(stage.session, child, of=ACCOUNTS[stage.home])
    return stage.admin.post(f"/v1/guardianships/{guardianship}/end")


def agree_on_paper(stage: Stage) -> Answer:
    text = SHIPPED_TEXTS[ConsentPurpose.MINORS]
    body = {
        "text_id": str(text.id),
        "given": True,
        "resident_id": str(stage.child()),
        "decided_by": str(named(ACCOUNTS[stage.home])),
    }
    return stage.admin.put(f"/v1/consents/{new_id()}", json=body)


def withdraw_on_paper(stage: Stage) -> Answer:
    consent = write_consent(stage.session, stage.child(), by=ACCOUNTS[stage.home])
    return stage.admin.post(f"/v1/consents/{consent}/withdraw")


def put_numbers(stage: Stage) -> Answer:
    who = stage.member(name="李小芳", birth_date=BORN)
    body = {"phone": "13900770077", "id_number": None}
    return stage.admin.put(f"/v1/residents/{who}/numbers", json=body)


def end_helper_of(stage: Stage) -> Answer:
    worker, whose = Client(stage.app, person("worker")), str(named(ACCOUNTS[stage.home]))
    proxy = ask_proxy(worker, resident_id=whose).json["id"]
    return stage.admin.post(f"/v1/proxies/{proxy}/end")


def end_helper_from(stage: Stage) -> Answer:
    helped = write_resident(stage.session, household_id=named("household neighbour"))
    user = str(person(ACCOUNTS[stage.home]).user_id)
    worker = Client(stage.app, person("worker"))
    proxy = ask_proxy(worker, resident_id=str(helped), user_id=user).json["id"]
    return stage.admin.post(f"/v1/proxies/{proxy}/end")


def open_care(stage: Stage) -> Answer:
    return put_care(stage.admin, stage.member(birth_date=SIXTEEN))


def put_care(client: Client, resident_id: UUID, record_id: UUID | None = None, **fields: Any) -> Answer:
    """Let the worker look after somebody."""
    body = {
        "resident_id": str(resident_id),
        "category": "destitute",
        "level": "low",
        "worker_id": str(person("worker").user_id),
        "reason": "家里有困难",
    }
    return client.put(f"/v1/care-records/{record_id or new_id()}", json=body | fields)


def ask_for_ticket(stage: Stage) -> Answer:
    body = {
        "resident_id": str(stage.member(birth_date=SIXTEEN)),
        "purpose": "核对帮扶情况",
        "days": 7,
    }
    return stage.admin.put(f"/v1/viewing-tickets/{new_id()}", json=body)


def hand_out_code(stage: Stage) -> Answer:
    whose = stage.member(name="李小芳", birth_date=BORN)
    return stage.admin.post(f"/v1/residents/{whose}/sign-in-codes", json={"id": str(new_id())})


REFUSALS: dict[Act, str] = {
    approve_binding: "own_household",
    end_binding: "own_household",
    end_guardianship: "own_side",
    agree_on_paper: "own_household",
    withdraw_on_paper: "own_household",
    put_numbers: "own_household",
    end_helper_of: "own_household",
    end_helper_from: "own_household",
    open_care: "own_household",
    ask_for_ticket: "own_household",
    hand_out_code: "own_household",
}


@pytest.fixture
def lives_there(session: Session, app: Flask) -> Client:
    """Be the community's admin, who lives with the resident."""
    move_in(session, "admin")
    return Client(app, person("admin"))


@pytest.mark.parametrize("act", REFUSALS)
def test_nobody_decides_on_his_own_home(app: Flask, session: Session, lives_there: Client, act: Act) -> None:
    """S-38, S-91: with what he may decide there he would shut every eye on a child."""
    answer = act(Stage(app, session, lives_there, "home"))

    assert (answer.status_code, answer.json["code"]) == (403, REFUSALS[act])


@pytest.mark.parametrize("act", REFUSALS)
def test_he_decides_next_door(app: Flask, session: Session, lives_there: Client, act: Act) -> None:
    answer = act(Stage(app, session, lives_there, "neighbour"))

    assert answer.status_code in {200, 201}, answer.text


def test_on_paper_a_grown_up_of_his_home_may_agree(session: Session, lives_there: Client) -> None:
    """S-74: of grown-ups a signature is nothing that he could hide."""
    text = SHIPPED_TEXTS[ConsentPurpose.LOCATION]
    whose = str(named("resident"))
    body = {"text_id": str(text.id), "given": True, "resident_id": whose, "decided_by": whose}

    assert lives_there.put(f"/v1/consents/{new_id()}", json=body).status_code == 201
    assert session.get_one(Resident, named("resident")).household_id == named("household home")


def test_the_care_of_a_grown_up_of_his_home_he_may_begin(lives_there: Client) -> None:
    assert put_care(lives_there, named("resident"), category="elderly").status_code == 201


def test_who_ended_a_helper_and_moved_in_may_send_it_again(
    admin: Client, worker: Client, session: Session
) -> None:
    path = f"/v1/proxies/{ask_proxy(worker).json['id']}/end"
    assert admin.post(path).status_code == 200
    move_in(session, "admin")

    assert admin.post(path).json["end_reason"] == "admin"


def test_a_refused_code_leaves_neither_account_nor_notice(
    app: Flask, session: Session, lives_there: Client
) -> None:
    before = session.scalar(select(func.count()).select_from(User))

    assert hand_out_code(Stage(app, session, lives_there, "home")).status_code == 403
    assert session.scalar(select(func.count()).select_from(User)) == before


def test_who_asked_or_handed_out_before_he_moved_in_gets_the_answer_again(
    admin: Client, session: Session
) -> None:
    minor = str(write_resident(session, birth_date=SIXTEEN))
    ticket, code = f"/v1/viewing-tickets/{new_id()}", f"/v1/residents/{named('resident')}/sign-in-codes"
    wish, handed = {"resident_id": minor, "purpose": "核对帮扶情况", "days": 7}, {"id": str(new_id())}
    first = [admin.put(ticket, json=wish), admin.post(code, json=handed)]
    move_in(session, "admin")

    again = [admin.put(ticket, json=wish), admin.post(code, json=handed)]
    assert [one.status_code for one in [*first, *again]] == [201, 201, 200, 201]
    assert again[1].json["code"] == first[1].json["code"]


def test_nobody_is_given_the_care_of_a_minor_he_lives_with(admin: Client, session: Session) -> None:
    """S-95: with the care comes the leave to read what is written of it; of a grown-up there is none."""
    minor = write_resident(session, birth_date=SIXTEEN)
    before = new_id()
    given = put_care(admin, minor, before)
    move_in(session, "worker")

    refused = put_care(admin, write_resident(session, birth_date=SIXTEEN))
    code, fields = refused.json["code"], list(refused.json["errors"])
    assert (given.status_code, refused.status_code, code, fields) == (
        201,
        403,
        "own_household",
        ["worker_id"],
    )
    assert session.scalars(select(ViewingTicket.resident_id)).all() == [minor]
    next_door = write_resident(session, birth_date=SIXTEEN, household_id=named("household neighbour"))
    others = [
        put_care(admin, minor, before),
        put_care(admin, next_door),
        put_care(admin, named("resident"), category="elderly"),
    ]
    assert [one.status_code for one in others] == [200, 201, 201]
