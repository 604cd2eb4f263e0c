"""Who is who, claimed by several at the same moment: one wins."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app import identity, people
from app.errors import NotFoundError
from app.ids import new_id
from app.models import (
    Binding,
    BindingCode,
    BindingEnd,
    BindingRequest,
    Consent,
    ConsentPurpose,
    Notice,
    Resident,
    SignIn,
    SignInTries,
    User,
)
from app.people import SHIPPED_TEXTS
from tests.binding_world import ask, by_id_number, new_code, write_newcomer, write_unbound
from tests.cast import Person, person
from tests.client import Client
from tests.races.beside import staff
from tests.races.together import at_once, one_inside_the_other

MANY = 8


@pytest.fixture
def unbound(engine: Engine) -> Iterator[UUID]:
    """Give a resident without an account; he and all that became of him goes afterwards."""
    with Session(engine) as session:
        resident_id = write_unbound(session)
    yield resident_id
    with Session(engine) as session:
        new = select(User.id).where(User.name.in_(["微信用户", "王小兰"]))
        which = {
            Notice: Notice.kind == "binding",
            BindingRequest: BindingRequest.user_id.in_(new),
            Binding: Binding.user_id.in_(new),
            Consent: Consent.resident_id == resident_id,
            SignInTries: SignInTries.who.is_not(None),
            BindingCode: BindingCode.id.is_not(None),
            SignIn: SignIn.user_id.in_(new),
            User: User.id.in_(new),
            Resident: Resident.id == resident_id,
        }
        for table, condition in which.items():
            session.execute(delete(table).where(condition))
        session.commit()


def newcomers(engine: Engine, number: int) -> list[Person]:
    with Session(engine) as session:
        return [write_newcomer(session) for _ in range(number)]


def test_of_several_with_the_right_proof_one_is_bound(app: Flask, engine: Engine, unbound: UUID) -> None:
    """S-53: nobody is taken over, and a resident never has two accounts."""
    code = new_code(Client(app, person("admin")))
    people = newcomers(engine, MANY)

    answers = at_once([partial(by_id_number, Client(app, one), code) for one in people])

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (MANY - 1)
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"binding_unclear"}
    with Session(engine) as session:
        bound = session.scalars(select(Binding).where(Binding.resident_id == unbound)).one()
        users = session.scalars(select(User.id).where(User.resident_id == unbound)).all()
    assert users == [bound.user_id]


def test_one_who_sends_it_several_times_is_bound_once(app: Flask, engine: Engine, unbound: UUID) -> None:
    code = new_code(Client(app, person("admin")))
    (one,) = newcomers(engine, 1)

    answers = at_once([partial(by_id_number, Client(app, one), code) for _ in range(MANY)])

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 1
    with Session(engine) as session:
        assert len(session.scalars(select(Binding).where(Binding.resident_id == unbound)).all()) == 1
        assert len(session.scalars(select(Consent).where(Consent.resident_id == unbound)).all()) == 1


def test_a_proof_and_a_decision_at_once(app: Flask, engine: Engine, unbound: UUID) -> None:
    """The same user by his proof, and others by the admin: one binding, whoever came first."""
    admin = Client(app, person("admin"))
    code = new_code(admin)
    people = newcomers(engine, MANY)
    asked = [ask(Client(app, one)).json["id"] for one in people]
    approving = [
        partial(
            Client(app, person("admin")).post,
            f"/v1/binding-requests/{request_id}/approve",
            json={"resident_id": str(unbound)},
        )
        for request_id in asked
    ]

    answers = at_once([*approving, *(partial(by_id_number, Client(app, one), code) for one in people)])

    assert {answer.status_code for answer in answers} == {200, 409}
    with Session(engine) as session:
        bound = session.scalars(select(Binding).where(Binding.resident_id == unbound)).one()
        states = {row.user_id: row.state for row in session.scalars(select(BindingRequest))}
    assert states.pop(bound.user_id) == ("approved" if bound.way == "request" else "withdrawn")
    assert set(states.values()) == {"open"}


def test_two_codes_at_once_leave_one(app: Flask, engine: Engine, unbound: UUID) -> None:
    assert unbound
    codes = at_once([partial(new_code, Client(app, person("admin"))) for _ in range(MANY)])

    kept = Client(app, person("admin")).get(f"/v1/households/{person('resident').household_id}/binding-code")
    assert kept.json["code"] in codes
    with Session(engine) as session:
        assert len(session.scalars(select(BindingCode)).all()) == 1


@pytest.mark.parametrize("ended_first", [True, False])
def test_nobody_agrees_in_the_name_of_whom_he_just_ceases_to_be(
    app: Flask, engine: Engine, unbound: UUID, *, ended_first: bool
) -> None:
    """S-72: what a wrong person agreed to is taken back, also what he agrees to at that moment."""
    (one,) = newcomers(engine, 1)
    made = by_id_number(Client(app, one), new_code(Client(app, person("admin"))))
    text_id = SHIPPED_TEXTS[ConsentPurpose.LOCATION].id
    with Session(engine) as session:
        as_resident = identity.actor_of(session, one.token)
    assert as_resident is not None
    assert as_resident.resident_id == unbound

    def end(session: Session) -> None:
        admin = staff("admin")
        binding_id, reason = UUID(made.json["id"]), BindingEnd.MISTAKE
        identity.end_binding(session, admin, binding_id, reason=reason, note="不是本人")

    def agree(session: Session) -> Any:
        try:
            return people.decide(session, as_resident, new_id(), people.NewDecision(text_id, given=True))
        except NotFoundError as refusal:
            session.rollback()
            return refusal

    steps = (end, agree) if ended_first else (agree, end)
    told = one_inside_the_other(engine, *steps)[1 if ended_first else 0]

    assert isinstance(told, NotFoundError) is ended_first
    with Session(engine) as session:
        stands = (Consent.resident_id == unbound, Consent.given, Consent.withdrawn_at.is_(None))
        assert session.scalars(select(Consent.purpose).where(*stands)).all() == []
