"""What was said on visits goes after the care, and who moved away or died becomes a masked name."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import retention
from app.clock import set_to
from app.ids import new_id
from app.models import (
    FROZEN_TOO,
    Base,
    Binding,
    BindingEnd,
    BindingWay,
    CareRecord,
    Consent,
    FollowUp,
    HarmCase,
    Resident,
    User,
    Visit,
    VisitBasis,
)
from app.people import Numbers, masked, sealed_numbers
from app.sealing import Cell
from app.visits import answers_of, need_of, note_of
from tests.cast import GRID, named, person
from tests.child_world import write_child, write_consent, write_guardian
from tests.matrix.stage import Stage
from tests.own_data_world import write_closed
from tests.sealer import SEALER
from tests.test_retention_categories import AT, DAY, MONTHS, WORKER, applied

IN_36_MONTHS = AT.replace(year=2030)
CARE = ("words of visits", "words of follow-ups")
GONE = "residents who moved away or died"


def state(row: Base) -> dict[str, Any]:
    """Give all columns of a row."""
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


@pytest.fixture
def told(session: Session) -> tuple[Visit, FollowUp]:
    """Give a visit of a care that ended at AT, with what followed from it, done before."""
    with set_to(AT - 3 * DAY):
        visit_id, follow_up_id = Stage(session).visit()
    visit, follow_up = session.get_one(Visit, visit_id), session.get_one(FollowUp, follow_up_id)
    visit.note_sealed = SEALER.seal("腿还疼", Cell("visits", "note_sealed", visit_id))
    follow_up.done_at, follow_up.done_by = AT - DAY, WORKER
    follow_up.result_sealed = SEALER.seal("药送到了", Cell("follow_ups", "result_sealed", follow_up_id))
    session.get_one(CareRecord, visit.care_record_id).ended_on = AT.date()
    session.commit()
    return visit, follow_up


def both(session: Session) -> list[int]:
    return [applied(session, name) for name in CARE]


def test_what_was_said_on_visits_goes_after_the_care(session: Session, told: tuple[Visit, FollowUp]) -> None:
    """S-81: on the last day all stays, the day after the words are gone and nothing else of the rows."""
    visit, follow_up = told
    before = state(visit), state(follow_up)
    with set_to(IN_36_MONTHS):
        assert both(session) == [0, 0]
    with set_to(IN_36_MONTHS + DAY):
        assert (both(session), both(session)) == ([1, 1], [0, 0])

    assert state(visit) == before[0] | {"answers_sealed": None, "note_sealed": None}
    assert state(follow_up) == before[1] | {"need_sealed": None, "result_sealed": None}
    assert (answers_of(SEALER, visit), note_of(SEALER, visit), need_of(SEALER, follow_up)) == ({}, "", "")


def test_a_dry_run_counts_the_words_and_leaves_them(session: Session, told: tuple[Visit, FollowUp]) -> None:
    """S-81: what would go is reported."""
    before = state(told[0])
    with set_to(IN_36_MONTHS + DAY):
        counted = {rule.name: retention.overdue(session, rule) for rule in retention.rules(MONTHS)}
    session.expire_all()

    assert [counted[name] for name in CARE] == [1, 1]
    assert state(told[0]) == before


def _care_goes_on(session: Session, visit: Visit) -> None:
    session.get_one(CareRecord, visit.care_record_id).ended_on = None


def _harm(session: Session, visit: Visit) -> None:
    record = session.get_one(CareRecord, visit.care_record_id)
    session.add(
        HarmCase(
            id=new_id(),
            area_code=GRID,
            resident_id=record.resident_id,
            visit_id=visit.id,
            told_id=visit.id,
            signals=["flag"],
            opened_at=AT,
            opened_by=WORKER,
        )
    )


def _harm_to_somebody_else(session: Session, visit: Visit) -> None:
    """Tell of harm to a child on a visit to a grown-up: the case names no resident."""
    _harm(session, visit)
    session.flush()
    session.execute(update(HarmCase).values(resident_id=None))


def _had_to_be_reported(_: Session, visit: Visit) -> None:
    visit.basis = VisitBasis.MANDATORY_REPORT


@pytest.mark.parametrize("needed_by", [_care_goes_on, _harm, _harm_to_somebody_else, _had_to_be_reported])
def test_words_that_are_needed_stay(
    session: Session, told: tuple[Visit, FollowUp], needed_by: Callable[[Session, Visit], None]
) -> None:
    """S-81, S-98: as long as the care lasts, and as evidence of harm for good."""
    needed_by(session, told[0])
    session.commit()
    with set_to(AT.replace(year=2046)):
        assert both(session) == [0, 0]


def test_a_follow_up_stays_until_it_was_done_or_due(session: Session, told: tuple[Visit, FollowUp]) -> None:
    """S-81: one that nobody did does not stay for ever."""
    follow_up = told[1]
    follow_up.done_at, follow_up.done_by = None, None
    follow_up.due_on = AT.date() + 10 * DAY
    session.commit()
    with set_to(IN_36_MONTHS + 10 * DAY):
        assert both(session) == [1, 0]
    with set_to(IN_36_MONTHS + 12 * DAY):
        assert both(session) == [0, 1]


def test_a_childs_consent_goes_once_no_words_rest_on_it(
    session: Session, told: tuple[Visit, FollowUp]
) -> None:
    """S-81: it proves that they may be on record; afterwards it goes, like any that ended."""
    visit, child = told[0], write_child(session)
    write_guardian(session, child)
    consent = session.get_one(Consent, write_consent(session, child, decided_at=AT - DAY))
    consent.withdrawn_at, consent.withdrawn_by = AT - DAY, WORKER
    visit.basis = VisitBasis.GUARDIAN_CONSENT
    session.get_one(CareRecord, visit.care_record_id).resident_id = child
    session.commit()
    with set_to(IN_36_MONTHS + DAY):
        for name in CARE:
            assert applied(session, "consents that ended") == 0, "words of either kind rest on it"
            assert applied(session, name) == 1
        assert applied(session, "consents that ended") == 1


@pytest.fixture
def gone(session: Session) -> Resident:
    """Give a resident with numbers whose binding ended at AT because she moved away."""
    row = session.get_one(Resident, named("resident"))
    numbers = Numbers("13900001234", "000000195503080020")
    for name, value in sealed_numbers(SEALER, row.id, GRID, numbers).items():
        setattr(row, name, value)
    row.content_hash = b"of her name"
    session.get_one(User, person("resident").user_id).resident_id = None
    binding = session.get_one(Binding, named("binding resident"))
    binding.ended_at, binding.end_reason, binding.ended_by = AT, BindingEnd.MOVED_AWAY, WORKER
    session.commit()
    return row


@pytest.mark.parametrize("why", [BindingEnd.MOVED_AWAY, BindingEnd.DECEASED])
def test_who_moved_away_or_died_is_a_masked_name_in_the_ledger(
    session: Session, gone: Resident, why: BindingEnd
) -> None:
    """S-81: a year and a day later numbers, name and birthday are gone; the row stays, for others name it."""
    session.get_one(Binding, named("binding resident")).end_reason = why
    session.commit()
    before = state(gone)
    with set_to(AT.replace(year=2028) - DAY):
        assert applied(session, GONE) == 0
    with set_to(AT.replace(year=2028) + DAY):
        assert (applied(session, GONE), applied(session, GONE)) == (1, 0)

    sealed = ("phone_sealed", "phone_index", "phone_tail_index", "id_number_sealed", "id_number_index")
    numbers = dict.fromkeys(sealed)
    who = {"name": masked("王桂兰"), "birth_date": date(1955, 12, 31), "content_hash": b""}
    assert state(gone) == before | numbers | who


def _left_by_himself(session: Session, _: Resident) -> None:
    session.get_one(Binding, named("binding resident")).end_reason = BindingEnd.LEFT


def _said_it_himself(session: Session, _: Resident) -> None:
    session.get_one(Binding, named("binding resident")).ended_by = person("resident").user_id


def _back(session: Session, row: Resident, **ended: Any) -> None:
    session.add(
        Binding(
            id=new_id(),
            area_code=GRID,
            user_id=WORKER,
            resident_id=row.id,
            way=BindingWay.STAFF,
            begun_at=AT + DAY,
            **ended,
        )
    )


def _was_back(session: Session, row: Resident) -> None:
    _back(session, row, ended_at=AT + 9 * DAY, end_reason=BindingEnd.LEFT)


def _looked_after(session: Session, _: Resident) -> None:
    Stage(session).care_record()


def _guardian(session: Session, row: Resident) -> None:
    write_guardian(session, write_child(session), guardian_id=row.id, valid_until=date(2099, 1, 1))


def _case_of_harm(session: Session, _: Resident) -> None:
    with set_to(AT):
        visit = session.get_one(Visit, Stage(session).visit()[0])
    session.get_one(CareRecord, visit.care_record_id).ended_on = AT.date()
    _harm(session, visit)


@pytest.mark.parametrize(
    "needed_by",
    [_left_by_himself, _said_it_himself, _back, _was_back, _looked_after, _guardian, _case_of_harm],
)
def test_who_is_here_or_needed_stays_as_he_is(
    session: Session, gone: Resident, needed_by: Callable[[Session, Resident], None]
) -> None:
    """S-81: who left the account only, said himself that he moved, came back, or is needed."""
    needed_by(session, gone)
    session.commit()
    with set_to(AT.replace(year=2036)):
        assert applied(session, GONE) == 0


@pytest.mark.parametrize("reason", [BindingEnd.MISTAKE, BindingEnd.DISPUTE])
def test_somebody_else_who_was_bound_to_him_is_no_return(
    session: Session, gone: Resident, reason: BindingEnd
) -> None:
    """S-81: the new owner of his number, say; what that binding shows goes with its own time."""
    _back(session, gone, ended_at=AT + 2 * DAY, end_reason=reason)
    session.commit()
    with set_to(AT.replace(year=2036)):
        assert [applied(session, name) for name in ("ended bindings", GONE, "ended bindings")] == [0, 1, 0]
    assert gone.phone_sealed is None


def _came_back_and_closed(session: Session, row: Resident) -> None:
    """Close the account of who came back: the binding is frozen then."""
    at = AT + 9 * DAY
    _back(session, row, ended_at=at, end_reason=BindingEnd.LEFT, frozen_by=write_closed(session, WORKER, at))


def _came_back_and_closed_the_old_one_late(session: Session, row: Resident) -> None:
    """Close the account before the move after all: what tells of the move goes later than its turn."""
    _was_back(session, row)
    closed = write_closed(session, person("resident").user_id, AT.replace(year=2029))
    session.get_one(Binding, named("binding resident")).frozen_by = closed


@pytest.mark.parametrize(
    "returned", [_was_back, _came_back_and_closed, _came_back_and_closed_the_old_one_late]
)
def test_who_came_back_is_not_taken_for_gone_once_the_proof_is_old(
    session: Session, gone: Resident, returned: Callable[[Session, Resident], None]
) -> None:
    """S-81: what tells of a move goes first, then what shows the return; he stays on the roster as he is."""
    returned(session, gone)
    session.commit()
    before = state(gone)
    for year in (2031, 2032, 2033):
        with set_to(AT.replace(year=year)):
            for rule in retention.rules(MONTHS):
                if rule.name != "facts of removals":  # the database keeps these by its own clock
                    applied(session, rule.name)

    assert state(gone) == before
    his = select(Binding.id).where(Binding.resident_id == gone.id)
    assert session.scalars(his, execution_options={FROZEN_TOO: True}).all() == [], "neither is kept for ever"
