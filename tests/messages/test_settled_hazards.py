"""Which notices of hazards are settled when they are to be sent: each by what it waits for."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.messages.wording import facts_of, facts_of_all
from app.models import Hazard, HazardEvent, HazardStatus, HazardStep, Notice, NoticeKind
from app.notices.words import WORDS
from tests.cast import person
from tests.hazard_world import write_hazard, write_unit
from tests.notices.world import notice

S, K = HazardStatus, NoticeKind
AT = now() - timedelta(hours=1)
RUNNING = frozenset({S.ACCEPTED, S.ASSIGNED, S.RECTIFYING, S.TRANSFERRED})
IN_HAND = frozenset({S.ASSIGNED, S.RECTIFYING})
OPEN = frozenset(S) - {S.REJECTED, S.DUPLICATE, S.CLOSED}
CONFIRMING = frozenset({S.RECTIFIED, S.VERIFIED})
COLUMNS: dict[str, dict[str, Any]] = {
    "urged": {"supervised_at": AT},
    "answered": {"supervised_at": AT, "answered_at": AT},
    "asked": {"asked_due_at": now() + timedelta(days=9)},
    "shown": {"controls_reported_at": AT},
    "checked": {"controls_reported_at": AT, "controls_checked_at": AT},
    "plain": {},
    "of another": {"assignee_id": person("colleague").user_id},
}
"""What a hazard has besides its state."""
ALL = frozenset(COLUMNS)
MINE = ALL - {"of another"}
UNSHOWN = ALL - {"shown", "checked"}
WAITS: dict[tuple[NoticeKind, str], tuple[frozenset[HazardStatus], frozenset[str]]] = {
    (K.HAZARD_ASSIGNED, ""): (IN_HAND, MINE),
    (K.HAZARD_UNASSIGNED, ""): (frozenset({S.ACCEPTED}), ALL),
    (K.HAZARD_UNASSIGNED, "waiting"): (frozenset({S.REPORTED, S.ACCEPTED}), ALL),
    (K.HAZARD_UNASSIGNED, "away"): (IN_HAND | {S.ACCEPTED}, ALL),
    (K.HAZARD_UNASSIGNED, "nobody_decides"): (IN_HAND | {S.REPORTED, S.ACCEPTED}, ALL),
    (K.HAZARD_ALARM, "remind"): (RUNNING, ALL),
    (K.HAZARD_ALARM, "supervise_county"): (RUNNING, ALL),
    (K.HAZARD_ALARM, "supervise_city"): (RUNNING, ALL),
    (K.HAZARD_ALARM, "remind_controls"): (RUNNING, UNSHOWN),
    (K.HAZARD_ALARM, "controls_missing"): (RUNNING, UNSHOWN),
    (K.HAZARD_ALARM, "report"): (frozenset({S.REPORTED}), ALL),
    (K.HAZARD_ALARM, "accept"): (RUNNING, ALL),
    (K.HAZARD_ALARM, "raise_level"): (OPEN, ALL),
    (K.HAZARD_ALARM, "nobody_decides"): (RUNNING, ALL),
    (K.HAZARD_MATTER, "supervise"): (OPEN, frozenset({"urged"})),
    (K.HAZARD_MATTER, "answer"): (OPEN, frozenset({"answered"})),
    (K.HAZARD_MATTER, "ask_extension"): (IN_HAND, frozenset({"asked"})),
    (K.HAZARD_MATTER, "grant_extension"): (IN_HAND, MINE),
    (K.HAZARD_MATTER, "refuse_extension"): (IN_HAND, MINE),
    (K.HAZARD_MATTER, "transfer"): (frozenset({S.TRANSFERRED}), ALL),
    (K.HAZARD_MATTER, "report_controls"): (RUNNING, frozenset({"shown"})),
    (K.HAZARD_MATTER, "check_controls"): (RUNNING, frozenset({"checked"})),
    (K.HAZARD_MATTER, "controls_refused"): (RUNNING, UNSHOWN),
    (K.HAZARD_MATTER, "unchecked"): (frozenset({S.RECTIFIED}), ALL),
    (K.HAZARD_MATTER, "unclosed"): (frozenset({S.VERIFIED}), ALL),
    (K.HAZARD_MATTER, "rate"): (frozenset({S.CLOSED}), ALL),
    (K.HAZARD_MATTER, "report"): (frozenset({S.REPORTED}), ALL),
    (K.HAZARD_MATTER, "rectify"): (frozenset({S.RECTIFIED}), ALL),
    (K.HAZARD_MATTER, "verify"): (frozenset({S.VERIFIED}), ALL),
    (K.HAZARD_MATTER, "recheck_late"): (CONFIRMING, ALL),
    (K.HAZARD_MATTER, "nobody_decides"): (CONFIRMING, ALL),
}
"""In which states, and with what besides, a hazard waits for what a notice of a kind and code tells of."""
STEPS = {step.value for step in HazardStep}


def told(kind: NoticeKind, code: str, *hazards: Hazard, **more: Any) -> Notice:
    """Make a notice to ``worker`` as it is written: by a step of one hazard, else of several."""
    named: dict[str, Any] = {"step": code} if code in STEPS else {"what": code} if code else {}
    if code in STEPS or kind is K.HAZARD_ASSIGNED:
        named["hazard_id"] = hazards[0].id
    else:
        ids = [str(one.id) for one in hazards]
        named |= {"hazard_ids": ids, "count": len(ids)}
    return notice("worker", kind, created_at=AT + timedelta(minutes=5), **named | more)


def test_every_word_of_such_notices_is_judged() -> None:
    said = {
        (kind, code)
        for kind in (K.HAZARD_UNASSIGNED, K.HAZARD_ALARM, K.HAZARD_MATTER)
        for code in WORDS[kind].by_code
    }

    assert said == WAITS.keys() - {(K.HAZARD_ASSIGNED, ""), (K.HAZARD_UNASSIGNED, "")}


def test_each_is_told_while_its_hazard_waits_for_it_and_no_longer(session: Session) -> None:
    """Every kind and word, in every state a hazard can be in, with every mark that may stand on it."""
    wrong = []
    for status in HazardStatus:
        for besides, columns in COLUMNS.items():
            own = {"due_at": AT, "assignee_id": person("worker").user_id} | columns
            hazard = write_hazard(session, status, **own)
            notices = {(kind, code): told(kind, code, hazard) for kind, code in WAITS}
            found = facts_of_all(session, list(notices.values()))
            for (pair, (states, marks)), facts in zip(WAITS.items(), found, strict=True):
                if (facts is not None) != (status in states and besides in marks):
                    wrong.append((*pair, status.value, besides))

    assert wrong == []


@pytest.mark.parametrize("kind, step", [(K.HAZARD_ALARM, "accept"), (K.HAZARD_MATTER, "ask_extension")])
def test_where_nobody_decides_what_others_would_be_asked_is_judged(
    session: Session, kind: NoticeKind, step: str
) -> None:
    waiting = write_hazard(session, S.ASSIGNED, asked_due_at=now())
    settled = write_hazard(session, S.RECTIFIED)
    about = {"what": "nobody_decides"}

    assert facts_of(session, told(kind, step, waiting, **about)) is not None
    assert facts_of(session, told(kind, step, settled, **about)) is None


def test_of_several_one_is_enough_and_so_are_more_than_are_named(session: Session) -> None:
    waits, right = write_hazard(session, S.ACCEPTED), write_hazard(session, S.RECTIFIED)

    assert facts_of(session, told(K.HAZARD_UNASSIGNED, "waiting", right, waits)) is not None
    assert facts_of(session, told(K.HAZARD_UNASSIGNED, "waiting", right)) is None
    assert facts_of(session, told(K.HAZARD_UNASSIGNED, "waiting", right, count=2)) is not None


@pytest.mark.parametrize("given, is_told", [(-1, True), (1, False)])
def test_what_lies_with_the_absent_is_told_until_it_is_given_out_anew(
    session: Session, given: int, *, is_told: bool
) -> None:
    hazard = write_hazard(session, S.ASSIGNED)
    away = told(K.HAZARD_UNASSIGNED, "away", hazard)
    session.add(
        HazardEvent(
            id=new_id(),
            area_code=hazard.area_code,
            hazard_id=hazard.id,
            number=1,
            step=HazardStep.REASSIGN,
            status_after=S.ASSIGNED,
            at=away.created_at + timedelta(minutes=given),
            note="",
            data={},
            content_hash=b"",
        )
    )
    session.flush()

    assert (facts_of(session, away) is not None) is is_told


@pytest.mark.parametrize("mine", [True, False])
def test_what_waits_for_a_unit_is_told_who_is_of_it(session: Session, *, mine: bool) -> None:
    unit = write_unit(session, person("worker" if mine else "colleague").user_id)
    hazard = write_hazard(session, S.ASSIGNED, assignee_id=None, unit_id=unit.id)
    found = [facts_of(session, told(K.HAZARD_ASSIGNED, "", hazard))]
    found += [facts_of(session, told(K.HAZARD_MATTER, "grant_extension", hazard))]

    assert [one is not None for one in found] == [mine] * 2


def test_a_second_look_is_asked_for_only_while_it_is_the_same(session: Session) -> None:
    hazard = write_hazard(session, S.VERIFIED)

    assert facts_of(session, told(K.HAZARD_MATTER, "recheck_late", hazard, status="verified")) is not None
    assert facts_of(session, told(K.HAZARD_MATTER, "recheck_late", hazard, status="rectified")) is None


@pytest.mark.parametrize("status", list(HazardStatus))
def test_progress_is_told_whatever_came_of_it(session: Session, status: HazardStatus) -> None:
    """It asks for nothing."""
    assert facts_of(session, told(K.HAZARD_STEP, "start", write_hazard(session, status))) is not None
