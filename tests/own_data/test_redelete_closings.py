"""A closing that is done again takes from nobody else, hides nothing, and leaves no number in a text."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.jobs.work import copy_removals
from app.models import (
    FROZEN_TOO,
    Binding,
    BindingEnd,
    Closing,
    ClosingState,
    Consent,
    Hazard,
    HazardStatus,
    Proxy,
    ProxyEnd,
    ProxyState,
    RemovalKind,
    Resident,
    User,
)
from app.own_data import ROUNDS, Outcome, Removed, Tools, closing_again, redelete
from app.own_data.closing import shut
from app.people import Numbers, numbers_of, sealed_numbers
from tests.cast import named, person
from tests.hazard_world import write_hazard
from tests.matrix.stage import Stage
from tests.own_data.closing import PHONE, in_his_own_words
from tests.own_data.place import Place
from tests.own_data_world import photos_of
from tests.sealer import SEALER


@pytest.fixture
def tools(app: Flask) -> Tools:
    return Tools(SEALER, photos_of(app))


def closed(user_id: UUID, bound_to: UUID | None) -> Removed:
    """Give the line of a closing."""
    facts = {
        "user_id": str(user_id),
        "asked_by": str(user_id),
        "ward_id": None,
        "bound_to": str(bound_to) if bound_to else None,
    }
    return Removed(new_id(), now(), RemovalKind.CLOSING_BEGUN, new_id(), facts, 1)


def ended(row_id: UUID, reason: str) -> Removed:
    """Give the line of a binding that an admin ended."""
    facts = {"ended_by": str(person("admin").user_id), "end_reason": reason}
    return Removed(new_id(), now(), RemovalKind.BINDING_ENDED, row_id, facts, 2)


def phoned(session: Session) -> tuple[UUID, UUID]:
    """Give the resident a phone on the roster, and a report that names it; give resident and report."""
    user = session.get_one(User, person("resident").user_id)
    resident = session.get_one(Resident, named("resident"))
    columns = sealed_numbers(SEALER, resident.id, resident.area_code, Numbers(PHONE))
    for name, value in columns.items():
        setattr(resident, name, value)
    hazard = write_hazard(session, HazardStatus.REPORTED, reported_by=user.id)
    hazard.text = in_his_own_words()
    session.commit()
    return resident.id, hazard.id


@pytest.mark.parametrize("bound_to", ["neighbour", None])
def test_a_closing_takes_nothing_from_whom_the_account_was_bound_to_no_more(
    session: Session, tools: Tools, bound_to: str | None
) -> None:
    """S-81: he is another resident, whose account, numbers and consents are his own."""
    resident, hazard = phoned(session)
    own = Stage(session).consent()
    user_id = person("resident").user_id
    line = closed(user_id, named(bound_to) if bound_to else None)
    session.commit()
    outcome = redelete(session, tools, line)
    session.commit()
    session.expunge_all()
    there = session.get_one(Resident, resident)

    assert outcome is Outcome.DONE
    assert session.get_one(User, user_id).closed_at is not None
    assert numbers_of(SEALER, there).phone == PHONE
    assert PHONE in session.get_one(Hazard, hazard).text
    assert session.get_one(Consent, own).withdrawn_at is None
    assert session.get_one(Closing, line.row_id).bound_to == (named(bound_to) if bound_to else None)


@pytest.mark.parametrize("reason", [BindingEnd.MISTAKE, BindingEnd.DECEASED, BindingEnd.MOVED_AWAY])
def test_a_binding_keeps_its_reason_though_the_account_was_closed(
    session: Session, tools: Tools, reason: BindingEnd
) -> None:
    """S-78, S-81: was_not_him, and the retention of who moved away or died, go by it."""
    user_id, binding = person("resident").user_id, named("binding resident")
    lines = [closed(user_id, None), ended(binding, reason)]
    for kinds in ROUNDS:
        for line in lines:
            if line.what in kinds:
                assert redelete(session, tools, line) is Outcome.DONE
                session.commit()
                session.expunge_all()
    query = select(Binding).where(Binding.id == binding)
    row = session.scalars(query, execution_options={FROZEN_TOO: True}).one()

    assert (row.end_reason, row.ended_by) == (reason, person("admin").user_id)
    assert row.frozen_by is not None


def test_what_a_closing_froze_is_ended_all_the_same(session: Session, tools: Tools) -> None:
    """S-78, S-81: where it failed at first and is done after the closing."""
    user_id, binding = person("resident").user_id, named("binding resident")
    redelete(session, tools, closed(user_id, None))
    session.commit()
    session.expunge_all()
    line = ended(binding, BindingEnd.MISTAKE)

    assert redelete(session, tools, line) is Outcome.DONE


def test_a_closing_that_fails_keeps_the_numbers_that_it_needs(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-81: the second run takes them out of the person's texts; other people's removals do not wait."""
    with Session(place.engine) as session:
        resident, hazard = phoned(session)
    backup = place.backup()
    user_id = person("resident").user_id
    with Session(place.engine) as session:
        user = session.get_one(User, user_id)
        row = closing_again.asked(session, user, closed(user_id, resident))
        session.add(row)
        session.flush()
        shut(session, SEALER, row, user, resident)
        neighbour = session.get_one(User, person("neighbour").user_id)
        neighbour.phone_index, neighbour.phone_sealed = b"before", b"x"
        session.flush()
        neighbour.phone_index = neighbour.phone_sealed = None
        session.commit()
    copy_removals(place.means)
    old = place.restored(backup)
    with monkeypatch.context() as broken:
        broken.setattr("app.own_data.closing_again.shut", _fail)
        first = old.run("redelete")
    with Session(old.engine) as session:
        kept = numbers_of(SEALER, session.get_one(Resident, resident)).phone
    second = old.run("redelete")
    with Session(old.engine) as session:
        text = session.get_one(Hazard, hazard).text
        gone = numbers_of(SEALER, session.get_one(Resident, resident)).phone
        states = session.scalars(select(Closing.state)).all()
    old.engine.dispose()

    assert (first.exit_code, second.exit_code) == (1, 0), first.output + second.output
    assert "failed: 1." in first.output
    assert "wait for those that failed" in first.output
    assert kept == PHONE
    assert PHONE not in text
    assert gone is None
    assert states == [ClosingState.DONE]


def test_an_account_waits_for_the_end_of_its_proxy(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """S-81: the line names whose it was; else the closing would end it first, for another reason."""
    user_id = person("clerk").user_id
    with Session(place.engine) as session:
        proxy = Stage(session).proxy(is_confirmed=True)
        session.commit()
    backup = place.backup()
    with Session(place.engine) as session:
        row = session.get_one(Proxy, proxy)
        row.advance(ProxyState.ENDED)
        row.ended_at, row.end_reason = now(), ProxyEnd.RESIDENT
        session.flush()
        user = session.get_one(User, user_id)
        wish = closing_again.asked(session, user, closed(user_id, None))
        session.add(wish)
        session.flush()
        shut(session, SEALER, wish, user, None)
        session.commit()
    copy_removals(place.means)
    old = place.restored(backup)
    with monkeypatch.context() as broken:
        broken.setattr("app.identity.again.end_proxy", _fail)
        first = old.run("redelete")
    with Session(old.engine) as session:
        waited = session.get_one(User, user_id).closed_at is None
    second = old.run("redelete")
    with Session(old.engine) as session:
        over = select(Proxy.end_reason).where(Proxy.id == proxy)
        reason = session.scalar(over, execution_options={FROZEN_TOO: True})
        is_closed = session.get_one(User, user_id).closed_at is not None
    old.engine.dispose()

    assert (first.exit_code, second.exit_code) == (1, 0), first.output + second.output
    assert (waited, is_closed, reason) == (True, True, ProxyEnd.RESIDENT)


def _fail(*_: object) -> None:
    raise RuntimeError("no")
