"""Accounts come before consents, guardianships and tickets: nobody waits for who waits for him.

Each step is taken beside somebody who holds an account, or a place on the roster, and goes on to the very
row: where the step took the row first, each waits for the other, and the database breaks one of them off.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from app import identity, people, visits
from app.actors import ProxyFunction
from app.clock import business_day, now
from app.identity import children, guardian_notices
from app.identity.sessions import take_turn
from app.ids import new_id
from app.models import (
    BindingEnd,
    Consent,
    ConsentChannel,
    ConsentPurpose,
    GuardianRelation,
    Guardianship,
    Proxy,
    ProxyRelation,
    ProxyState,
    Resident,
    User,
    ViewingTicket,
)
from app.people import SHIPPED_TEXTS, resident_locked
from tests.cast import GRID, LONG_AGO, acting, named, person
from tests.child_world import write_child, write_consent, write_guardian, write_ticket
from tests.races.beside import beside, holding, staff, taking_one
from tests.races.together import Step
from tests.sealer import SEALER

GUARDIAN, HIS_ACCOUNT = named("resident"), person("resident").user_id
WORKER, ADMIN = person("worker").user_id, person("admin").user_id
MINORS = SHIPPED_TEXTS[ConsentPurpose.MINORS].id
OWN = named(f"consent {ConsentPurpose.PHOTO} resident")


@dataclass(frozen=True)
class Child:
    """A child with an account; its guardian agreed in the app, and a ticket to read of it waits."""

    resident_id: UUID
    user_id: UUID
    guardianship_id: UUID
    consent_id: UUID
    ticket_id: UUID


@pytest.fixture(params=["first", "last"])
def child(engine: Engine, request: pytest.FixtureRequest) -> Iterator[Child]:
    """Give a child whose account comes before all others in the order of ids, or after them."""
    user_id = UUID(int=1 if request.param == "first" else (1 << 128) - 1)
    with Session(engine, expire_on_commit=False) as session:
        resident_id = write_child(session)
        user = {"area_code": GRID, "name": "王小明", "content_hash": b"", "created_at": LONG_AGO}
        session.add(User(id=user_id, resident_id=resident_id, **user))
        guardianship_id = write_guardian(session, resident_id, verified=False)
        consent_id = write_consent(session, resident_id)
        in_app = session.get_one(Consent, consent_id)
        in_app.channel, in_app.recorded_by = ConsentChannel.APP, HIS_ACCOUNT
        undecided = dict.fromkeys(("approved", "decided_at", "decided_by", "expires_at"))
        ticket_id = write_ticket(session, resident_id, "worker", **undecided | {"asked_at": now()})
        session.commit()
    yield Child(resident_id, user_id, guardianship_id, consent_id, ticket_id)
    with Session(engine) as session:
        session.execute(delete(ViewingTicket).where(ViewingTicket.id == ticket_id))
        session.execute(delete(Consent).where(Consent.resident_id == resident_id))
        session.execute(delete(Guardianship).where(Guardianship.child_id == resident_id))
        session.execute(delete(User).where(User.id == user_id))
        session.execute(delete(Resident).where(Resident.id == resident_id))
        session.commit()


def turning(user_id: UUID) -> Step:
    """Begin as whoever changes what an account is open by does."""
    return lambda session: take_turn(session, user_id)


def test_a_ward_s_consent_is_taken_back_beside_the_end_of_the_guardian_s_binding(
    engine: Engine, child: Child
) -> None:
    def step(session: Session) -> Any:
        return people.withdraw(session, acting("resident"), child.consent_id).withdrawn_by

    with_guardian(engine, child)
    assert beside(engine, holding(HIS_ACCOUNT), step, taking_one(Consent, child.consent_id)) == HIS_ACCOUNT


def with_guardian(engine: Engine, child: Child) -> None:
    """Verify the guardian, so that he decides for the child."""
    with Session(engine) as session:
        row = session.get_one(Guardianship, child.guardianship_id)
        row.verified_at, row.verified_by = LONG_AGO, ADMIN
        session.commit()


def test_a_consent_is_taken_back_on_paper_beside_the_end_of_his_binding(engine: Engine) -> None:
    def step(session: Session) -> Any:
        row, _ = people.withdraw_on_paper(session, staff("admin"), OWN)
        children.shut_out_child(session, row.resident_id)
        return row.withdrawn_by

    assert beside(engine, holding(HIS_ACCOUNT), step, taking_one(Consent, OWN)) == ADMIN


def in_app(session: Session, child: Child) -> Consent:
    new = people.NewDecision(MINORS, given=False, resident_id=child.resident_id)
    return people.decide(session, acting("resident"), new_id(), new)[0]


def on_paper(session: Session, child: Child) -> Consent:
    new = people.PaperDecision(MINORS, given=False, resident_id=child.resident_id, decided_by=GUARDIAN)
    return people.record_on_paper(session, staff("admin"), new_id(), new)[0]


@pytest.mark.parametrize("decide", [in_app, on_paper])
def test_a_guardian_says_no_beside_who_puts_the_child_s_record_right(
    engine: Engine, child: Child, decide: Callable[[Session, Child], Consent]
) -> None:
    """The decision names the child, whom the other one holds, and shuts the child's account."""

    def step(session: Session) -> bool:
        return children.shut_out_child(session, decide(session, child).resident_id)

    with_guardian(engine, child)
    put_right = beside(
        engine,
        turning(child.user_id),
        step,
        lambda session: resident_locked(session, child.resident_id),
    )
    assert put_right is True


def test_a_guardian_is_verified_beside_who_shuts_his_account(engine: Engine, child: Child) -> None:
    def step(session: Session) -> bool:
        row, is_new = people.verify_guardian(session, staff("admin"), child.guardianship_id)
        guardian_notices.tell_guardian(session, row, ended=False)
        return is_new

    assert beside(engine, holding(HIS_ACCOUNT), step, taking_one(Guardianship, child.guardianship_id)) is True


def test_a_guardianship_ends_beside_who_puts_the_birth_date_right(engine: Engine, child: Child) -> None:
    def step(session: Session) -> bool:
        row, _ = people.end_guardianship(session, staff("admin"), child.guardianship_id)
        return children.shut_out_child(session, row.child_id)

    with_guardian(engine, child)
    go_on = taking_one(Guardianship, child.guardianship_id)
    assert beside(engine, turning(child.user_id), step, go_on) is True


def test_a_guardian_is_recorded_anew_beside_who_puts_the_birth_date_right(
    engine: Engine, child: Child
) -> None:
    """He holds the child, and ends what the record ends first, as it is over."""
    with Session(engine) as session:
        session.get_one(Guardianship, child.guardianship_id).valid_until = date(2026, 1, 31)
        session.commit()

    def step(session: Session) -> bool:
        relation, until = GuardianRelation.GRANDPARENT, business_day() + timedelta(days=30)
        new = people.NewGuardianship(child.resident_id, GUARDIAN, relation, "户口本", until)
        return people.record_guardian(session, staff("worker"), SEALER, new_id(), new)[1]

    go_on = taking_one(Guardianship, child.guardianship_id)
    assert beside(engine, lambda session: resident_locked(session, child.resident_id), step, go_on) is True


def test_a_ticket_is_decided_beside_who_shuts_the_asker_s_account(engine: Engine, child: Child) -> None:
    def step(session: Session) -> Any:
        return visits.decide_ticket(session, staff("admin"), child.ticket_id, approved=False).approved

    assert beside(engine, holding(WORKER), step, taking_one(ViewingTicket, child.ticket_id)) is False


def test_a_binding_ends_as_a_mistake_beside_who_takes_a_ward_s_consent_back(
    engine: Engine, child: Child
) -> None:
    """Its end takes back what he agreed to, and shuts the child's account: that one is locked before."""

    def step(session: Session) -> Any:
        reason, binding_id = BindingEnd.MISTAKE, named("binding resident")
        identity.end_binding(session, staff("admin"), binding_id, reason=reason, note="不是本人")
        return session.get_one(Consent, child.consent_id).withdrawn_by

    with_guardian(engine, child)
    assert beside(engine, turning(child.user_id), step, taking_one(Consent, child.consent_id)) == ADMIN


@pytest.fixture
def proxy_id(engine: Engine) -> Iterator[UUID]:
    """Let the worker act for the resident."""
    row_id = new_id()
    values: dict[str, Any] = {
        "relation": ProxyRelation.OTHER,
        "functions": [ProxyFunction.CLAIM],
        "valid_until": business_day() + timedelta(days=30),
        "consent": "当面说过",
        "state": ProxyState.ASKED,
        "asked_by": WORKER,
        "asked_at": now(),
        "content_hash": b"",
    }
    with Session(engine) as session:
        session.add(Proxy(id=row_id, area_code=GRID, resident_id=GUARDIAN, user_id=WORKER, **values))
        session.commit()
    yield row_id
    with Session(engine) as session:
        session.execute(delete(Proxy).where(Proxy.id == row_id))
        session.commit()


def test_a_resident_leaves_beside_who_shuts_the_account_of_his_proxy(engine: Engine, proxy_id: UUID) -> None:
    """Each end tells the other side, so both accounts are locked before the proxy."""

    def step(session: Session) -> Any:
        left = identity.leave(session, acting("resident"), named("binding resident"), BindingEnd.LEFT)
        return left.end_reason

    go_on = taking_one(Proxy, proxy_id)
    assert beside(engine, holding(WORKER), step, go_on) is BindingEnd.LEFT
