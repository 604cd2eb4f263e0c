"""Each kind of removal is written down by whichever code does it, and done again by its ids alone."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    Base,
    Binding,
    BindingEnd,
    Closing,
    ClosingState,
    Consent,
    Correction,
    CorrectionField,
    Deletion,
    DeletionKind,
    Guardianship,
    HarmCase,
    OwnRequestState,
    Removal,
    RemovalKind,
    Resident,
    User,
    Visit,
)
from app.own_data import Outcome, Removed, Tools, not_in_database, redelete
from app.people import Numbers, keep_numbers
from tests.breaking import break_sealed
from tests.cast import named, person
from tests.child_world import write_guarded_child
from tests.client import Client
from tests.own_data.deleting import visited
from tests.own_data_world import photos_of
from tests.sealer import SEALER

HOME = "421224100001"
NUMBERS = count(1)


@pytest.fixture
def tools(app: Flask) -> Tools:
    return Tools(SEALER, photos_of(app))


def listed(session: Session, what: RemovalKind, row_id: UUID) -> Removed:
    """Give the line of a removal that a trigger wrote."""
    which = select(Removal).where(Removal.what == what, Removal.row_id == row_id)
    row = session.scalars(which.order_by(Removal.at.desc()).limit(1)).one()
    return Removed(new_id(), row.at, row.what, row.row_id, row.facts, next(NUMBERS))


def again(session: Session, tools: Tools, one: Removed) -> Outcome:
    """Do it again, as the command does, in a session that knows no row yet."""
    session.expunge_all()
    assert not_in_database(session, [one]) == [one]
    outcome = redelete(session, tools, one)
    session.commit()
    session.execute(text("SET LOCAL gongdi.redeleting = 'off'"))
    assert not_in_database(session, [one]) == []
    return outcome


def asked(session: Session, kind: type[Base], **columns: Any) -> UUID:
    row_id = new_id()
    by = person("resident").user_id
    session.add(
        kind(
            id=row_id, area_code=HOME, asked_by=by, asked_at=now(), due_at=now(), content_hash=b"", **columns
        )
    )
    session.commit()
    return row_id


def test_a_consent_taken_back_or_refused_is_none_again(session: Session, tools: Tools) -> None:
    """S-74, S-81: a lost no ends every yes before it, as the no did."""
    child = write_guarded_child(session)
    yes = session.scalars(select(Consent).where(Consent.resident_id == child)).one()
    yes.withdrawn_at, yes.withdrawn_by = now(), yes.recorded_by
    session.commit()
    taken_back = listed(session, RemovalKind.CONSENT_WITHDRAWN, yes.id)
    values = {column.name: getattr(yes, column.name) for column in Consent.__table__.columns}
    no = new_id()
    session.add(Consent(**values | {"id": no, "given": False, "withdrawn_at": None, "withdrawn_by": None}))
    session.commit()
    refused = listed(session, RemovalKind.CONSENT_REFUSED, no)
    for line in (taken_back, refused):
        yes.withdrawn_at = yes.withdrawn_by = None
        session.commit()
        assert again(session, tools, line) is Outcome.DONE
        yes = session.get_one(Consent, yes.id)
        assert yes.withdrawn_at is not None


def test_a_number_that_does_not_open_goes_again(session: Session, tools: Tools) -> None:
    """S-81, S-108: neither it nor the one beside it is opened, and that one stays as it is."""
    both = Numbers("13900001234", "000000195503081029")
    keep_numbers(SEALER, session.get_one(Resident, named("resident")), both)
    session.commit()
    keep_numbers(SEALER, session.get_one(Resident, named("resident")), Numbers())
    session.commit()
    line = listed(session, RemovalKind.PHONE_OF_RESIDENT, named("resident"))
    keep_numbers(SEALER, session.get_one(Resident, named("resident")), both)
    session.commit()
    break_sealed(session, "residents", "phone_sealed", "id_number_sealed")
    kept = session.get_one(Resident, named("resident")).id_number_sealed

    assert again(session, tools, line) is Outcome.DONE
    left = session.get_one(Resident, named("resident"))
    assert (left.phone_sealed, left.phone_index, left.id_number_sealed) == (None, None, kept)


def test_a_guardianship_and_a_wish_that_ended_are_over_again(session: Session, tools: Tools) -> None:
    """S-81, S-94: nobody acts for a child by a backup, and what was taken back is not carried out."""
    child = write_guarded_child(session)
    guards = session.scalars(select(Guardianship).where(Guardianship.child_id == child)).one()
    by, resident = person("resident").user_id, named("resident")
    closing = asked(session, Closing, user_id=by, carry_out_at=now())
    deletion = asked(session, Deletion, resident_id=resident, what=DeletionKind.NOTES)
    correction = asked(
        session,
        Correction,
        resident_id=resident,
        field=CorrectionField.NAME,
        wanted_sealed=b"w",
        said_sealed=b"s",
    )
    over = {"state": OwnRequestState.WITHDRAWN, "decided_at": now(), "decided_by": by}
    open_again = {"state": OwnRequestState.OPEN, "decided_at": None, "decided_by": None}
    steps: list[tuple[RemovalKind, type[Any], UUID, dict[str, Any], dict[str, Any]]] = [
        (
            RemovalKind.GUARDIANSHIP_ENDED,
            Guardianship,
            guards.id,
            {"ended_at": now(), "ended_by": by},
            {"ended_at": None},
        ),
        (
            RemovalKind.CLOSING_WITHDRAWN,
            Closing,
            closing,
            {"state": ClosingState.WITHDRAWN, "ended_at": now()},
            {"state": ClosingState.OPEN, "ended_at": None},
        ),
        (RemovalKind.DELETION_WITHDRAWN, Deletion, deletion, over, open_again),
        (RemovalKind.CORRECTION_WITHDRAWN, Correction, correction, over, open_again),
    ]
    for what, model, row_id, ended, before in steps:
        session.execute(update(model).where(model.id == row_id).values(ended))
        line = listed(session, what, row_id)
        session.execute(update(model).where(model.id == row_id).values(before))
        session.commit()
        assert again(session, tools, line) is Outcome.DONE, what
        assert (
            again(session, tools, Removed(new_id(), line.at, what, row_id, line.facts, next(NUMBERS)))
            is Outcome.NOTHING
        )
        row = session.get_one(model, row_id, populate_existing=True)
        assert (row.ended_at if hasattr(row, "ended_at") else row.decided_at) is not None
    assert session.get_one(Correction, correction, populate_existing=True).wanted_sealed is None


@pytest.mark.parametrize("reason", [BindingEnd.MOVED_AWAY, BindingEnd.MISTAKE])
def test_a_binding_and_a_proxy_that_ended_let_nobody_in_again(
    session: Session, tools: Tools, reason: BindingEnd
) -> None:
    """S-78, S-81: whoever was found to be somebody else reads nothing of the resident by a backup."""
    user = session.get_one(User, person("resident").user_id)
    bound = session.scalars(
        select(Binding).where(Binding.user_id == user.id, Binding.ended_at.is_(None))
    ).one()
    session.execute(
        update(Binding)
        .where(Binding.id == bound.id)
        .values(ended_at=now(), ended_by=person("admin").user_id, end_reason=reason)
    )
    line = listed(session, RemovalKind.BINDING_ENDED, bound.id)
    session.execute(
        update(Binding).where(Binding.id == bound.id).values(ended_at=None, ended_by=None, end_reason=None)
    )
    session.commit()
    outcome = again(session, tools, line)
    user, bound = session.get_one(User, user.id), session.get_one(Binding, bound.id)

    assert outcome is Outcome.DONE
    assert (user.resident_id, bound.end_reason, bound.ended_by) == (None, reason, person("admin").user_id)


def test_a_death_that_was_said_of_who_had_left_is_said_again(session: Session, tools: Tools) -> None:
    """S-78: the backup knows only that he left; else whoever has his papers comes in for him."""
    user = session.get_one(User, person("resident").user_id)
    which = (Binding.user_id == user.id, Binding.ended_at.is_(None))
    bound, user.resident_id = session.scalars(select(Binding).where(*which)).one(), None
    bound.ended_at, bound.end_reason = now(), BindingEnd.LEFT
    session.flush()
    bound.end_reason = BindingEnd.DECEASED
    session.flush()
    line = listed(session, RemovalKind.BINDING_ENDED, bound.id)
    bound.end_reason = BindingEnd.LEFT
    session.commit()

    assert again(session, tools, line) is Outcome.DONE
    assert session.get_one(Binding, bound.id, populate_existing=True).end_reason is BindingEnd.DECEASED


def test_what_tells_of_harm_stays_though_the_list_names_it(
    session: Session, tools: Tools, worker: Client
) -> None:
    """S-81, S-98: nothing takes from what protects a child, not even a list."""
    child = write_guarded_child(session)
    visit = visited(session, worker, child)
    session.add(
        HarmCase(
            id=new_id(), area_code=HOME, opened_by=visit.worker_id, opened_at=now(), signals=["flag"],
            resident_id=child, visit_id=visit.id, told_id=visit.id,
        )
    )  # fmt: skip
    session.commit()
    line = Removed(new_id(), now(), RemovalKind.WORDS_OF_VISIT, visit.id, {}, 1)

    assert again(session, tools, line) is Outcome.NOTHING
    assert session.get_one(Visit, visit.id, populate_existing=True).note_sealed is not None


def test_a_correction_is_for_people_and_what_is_not_there_is_no_fault(session: Session, tools: Tools) -> None:
    """S-81: what is right stands in no list; rows that came after the backup are gone with it."""
    facts = {"field": "name", "resident_id": str(named("resident"))}
    corrected = Removed(new_id(), now(), RemovalKind.CORRECTED, new_id(), facts, next(NUMBERS))
    someone = {"user_id": str(new_id()), "asked_by": str(new_id()), "ward_id": None, "bound_to": None}
    more = {
        "withdrawn_by": None,
        "recorded_by": None,
        "purpose": "minors",
        "ended_by": str(new_id()),
        "end_reason": "left",
        "field": "name",
        "resident_id": str(new_id()),
    }

    assert again(session, tools, corrected) is Outcome.BY_HAND
    for what in RemovalKind:
        told = someone | more
        if what is RemovalKind.PROXY_ENDED:
            told |= {"end_reason": "proxy"}
        assert (
            again(session, tools, Removed(new_id(), now(), what, new_id(), told, next(NUMBERS)))
            is Outcome.NOTHING
        ), what


def test_a_line_that_tells_too_little_stops_nothing(session: Session, tools: Tools) -> None:
    """S-81: retention empties facts, and older versions wrote fewer; what an id suffices for is done."""
    by_hand = set()
    for what in RemovalKind:
        outcome = again(session, tools, Removed(new_id(), now(), what, new_id(), {}, next(NUMBERS)))
        assert outcome is not Outcome.DONE, what
        if outcome is Outcome.BY_HAND:
            by_hand.add(what)
    bound = select(Binding.id).where(Binding.resident_id == named("resident"), Binding.ended_at.is_(None))
    of_before = {"ended_by": None, "end_reason": BindingEnd.MISTAKE.value}
    outcomes = [
        again(session, tools, Removed(new_id(), now(), RemovalKind.BINDING_ENDED, row_id, of_before, number))
        for row_id, number in ((session.scalars(bound).one(), next(NUMBERS)), (new_id(), next(NUMBERS)))
    ]

    assert by_hand == {
        RemovalKind.CLOSING_BEGUN,
        RemovalKind.CONSENT_WITHDRAWN,
        RemovalKind.CONSENT_REFUSED,
        RemovalKind.BINDING_ENDED,
        RemovalKind.PROXY_ENDED,
        RemovalKind.CORRECTED,
    }
    assert outcomes == [Outcome.DONE, Outcome.BY_HAND]


def test_a_number_that_does_not_open_goes_as_any_other(session: Session, tools: Tools) -> None:
    """S-81: nobody needs to read what is to be gone; the other number stays as it is."""
    himself = Resident.id == named("resident")
    damaged = {"phone_sealed": b"damaged", "id_number_sealed": b"damaged", "phone_index": None}
    session.execute(update(Resident).where(himself).values(damaged))
    session.commit()
    outcomes = [
        again(session, tools, Removed(new_id(), now(), what, named("resident"), {}, next(NUMBERS)))
        for what in [RemovalKind.PHONE_OF_RESIDENT] * 2
    ]
    columns = select(Resident.phone_sealed, Resident.phone_index, Resident.id_number_sealed)

    assert outcomes == [Outcome.DONE, Outcome.NOTHING]
    assert session.execute(columns.where(himself)).one() == (None, None, b"damaged")
