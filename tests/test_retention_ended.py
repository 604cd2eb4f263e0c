"""Bindings and proxies that ended, and wishes that were answered, go after three years."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import retention
from app.clock import now, set_to
from app.ids import new_id
from app.models import (
    Absence,
    AbsenceReason,
    Base,
    Binding,
    BindingEnd,
    BindingRequest,
    BindingRequestState,
    Correction,
    Deletion,
    OwnRequestState,
    Proxy,
    ProxyEnd,
    ProxyState,
    Removal,
    RemovalKind,
    User,
)
from tests.cast import HOME, named, person
from tests.matrix.stage import Stage
from tests.test_retention_categories import AT, DAY, MONTHS, applied

IN_36_MONTHS = AT.replace(year=2030)


def ended_binding(session: Session) -> UUID:
    session.get_one(User, person("resident").user_id).resident_id = None
    row = session.get_one(Binding, named("binding resident"))
    row.ended_at, row.end_reason = AT, BindingEnd.LEFT
    return row.id


def ended_proxy(session: Session) -> UUID:
    made = Stage(session).proxy()
    row = session.get_one(Proxy, made)
    row.advance(ProxyState.ENDED)
    row.ended_at, row.end_reason = AT, ProxyEnd.RESIDENT
    return made


def proxy_that_ran_out(session: Session) -> UUID:
    made = Stage(session).proxy(is_confirmed=True)
    session.get_one(Proxy, made).valid_until = AT.date()
    return made


def absence_that_is_over(session: Session) -> UUID:
    row = Absence(
        id=new_id(),
        area_code=HOME,
        worker_id=person("worker").user_id,
        substitute_id=person("colleague").user_id,
        from_on=AT.date() - DAY,
        until_on=AT.date(),
        reason=AbsenceReason.LEAVE,
        recorded_by=person("admin").user_id,
        created_at=AT,
        content_hash=b"",
    )
    session.add(row)
    return row.id


def rejected_request(session: Session) -> UUID:
    made = Stage(session).binding_request()
    row = session.get_one(BindingRequest, made)
    row.advance(BindingRequestState.REJECTED)
    row.decided_at, row.decided_by = AT, person("admin").user_id
    return made


def refused_correction(session: Session) -> UUID:
    return _answered(session, Correction, Stage(session).correction())


def refused_deletion(session: Session) -> UUID:
    return _answered(session, Deletion, Stage(session).deletion())


def _answered(session: Session, model: type[Correction] | type[Deletion], made: UUID) -> UUID:
    values = {
        "state": OwnRequestState.REFUSED,
        "decided_at": AT,
        "decided_by": person("admin").user_id,
        "decision_note": "名册上是对的",
    }
    session.execute(update(model).where(model.id == made).values(values))
    return made


@pytest.mark.parametrize(
    "name, model, write",
    [
        ("ended bindings", Binding, ended_binding),
        ("ended proxies", Proxy, ended_proxy),
        ("ended proxies", Proxy, proxy_that_ran_out),
        ("absences that are over", Absence, absence_that_is_over),
        ("answered binding requests", BindingRequest, rejected_request),
        ("answered corrections", Correction, refused_correction),
        ("answered deletions", Deletion, refused_deletion),
    ],
)
def test_what_ended_goes_after_three_years(
    session: Session, name: str, model: type[Base], write: Callable[[Session], UUID]
) -> None:
    """S-81: a day too early nothing, then the row and no other."""
    with set_to(AT - 2 * DAY):
        made = write(session)
    session.commit()
    others = set(session.scalars(select(model.id))) - {made}  # type: ignore[attr-defined]
    with set_to(IN_36_MONTHS - DAY):
        assert applied(session, name) == 0
    with set_to(IN_36_MONTHS + 2 * DAY):
        assert (applied(session, name), applied(session, name)) == (1, 0)

    assert set(session.scalars(select(model.id))) == others  # type: ignore[attr-defined]


def test_whose_a_removal_was_goes_after_three_years_and_its_id_stays(session: Session) -> None:
    """S-81: the id is what an older backup is told by."""
    facts = {"user_id": str(person("resident").user_id), "resident_id": str(named("resident"))}
    kept = {"at": AT, "what": RemovalKind.BINDING_ENDED, "row_id": named("binding resident"), "facts": facts}
    _give_numbers_to_others(session)
    listed = Removal(id=new_id(), copied_at=AT, number=10**9 - 1, **kept)
    session.add(listed)
    session.commit()
    with set_to(IN_36_MONTHS - DAY):
        applied(session, "facts of removals")
    session.refresh(listed)
    before = listed.facts
    with set_to(IN_36_MONTHS + 2 * DAY):
        again = [applied(session, "facts of removals") for _ in range(2)][1]
    session.refresh(listed)

    assert (before, listed.facts, again) == (facts, {}, 0)


def _give_numbers_to_others(session: Session) -> None:
    """Let a list have what other tests removed for good: the database keeps it else, by its own clock."""
    for number, row in enumerate(session.scalars(select(Removal).where(Removal.number.is_(None))), 10**9):
        row.number, row.copied_at = number, now()


def test_facts_that_no_list_has_stay_as_long_as_a_backup_may_lack_the_removal(session: Session) -> None:
    """S-81: also where all else goes after a month, and the list was not written for as long."""
    kept = {"what": RemovalKind.BINDING_ENDED, "row_id": named("binding resident"), "facts": {"a": "b"}}
    ages = (89, 91)
    rows = [Removal(id=new_id(), at=now() - age * DAY, **kept) for age in ages]
    session.add_all(rows)
    session.commit()
    (rule,) = (one for one in retention.rules(replace(MONTHS, ended=1)) if one.name == "facts of removals")
    assert retention.apply(session, rule, limit=9) == 1
    session.expire_all()

    assert [row.facts for row in rows] == [{"a": "b"}, {}]


def test_what_goes_on_does_not_go(session: Session) -> None:
    """S-81: open bindings, proxies and wishes stay however old they are, and so does what tells of a move."""
    with set_to(AT):
        stage = Stage(session)
        stage.binding_request()
        stage.correction()
        stage.deletion()
        proxy = session.get_one(Proxy, stage.proxy(is_confirmed=True))
    proxy.valid_until = date(2099, 1, 1)
    moved = session.get_one(Binding, ended_binding(session))
    moved.end_reason = BindingEnd.MOVED_AWAY
    session.commit()
    names = [rule.name for rule in retention.rules(MONTHS) if rule.name.startswith(("ended ", "answered "))]
    with set_to(AT.replace(year=2046)):
        assert [(name, applied(session, name)) for name in names] == [(name, 0) for name in names]
    assert len(names) == 5


@pytest.mark.parametrize("reason", [BindingEnd.MISTAKE, BindingEnd.DISPUTE])
def test_what_keeps_an_account_and_a_resident_apart_stays(session: Session, reason: BindingEnd) -> None:
    """S-81: it holds until an admin has looked, else the account could bind itself again."""
    made = ended_binding(session)
    session.get_one(Binding, made).end_reason = reason
    session.commit()
    with set_to(AT.replace(year=2046)):
        assert applied(session, "ended bindings") == 0


def test_why_a_binding_ended_goes_after_ninety_days(session: Session) -> None:
    """S-81: the words go, the kind of end stays."""
    row = session.get_one(Binding, ended_binding(session))
    row.end_note = "另一个人来说他才是"
    session.commit()
    with set_to(AT + timedelta(days=89)):
        assert applied(session, "words on ended bindings") == 0
    with set_to(AT + timedelta(days=91)):
        assert [applied(session, "words on ended bindings") for _ in range(2)] == [1, 0]

    assert (row.end_note, row.end_reason) == ("", BindingEnd.LEFT)
