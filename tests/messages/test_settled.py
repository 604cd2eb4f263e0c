"""Which notices are settled when they are to be sent, but those of hazards: each by what it waits for."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.adapters.wechat import TEMPLATES
from app.clock import business_day, now
from app.ids import new_id
from app.messages.wording import facts_of
from app.models import (
    Absence,
    Approval,
    ApprovalState,
    Base,
    CareRecord,
    Claim,
    ClaimStatus,
    Confirmation,
    FollowUp,
    Guardianship,
    HarmCase,
    LeavingReason,
    NoticeKind,
    Occurrence,
    Plan,
    SpotCheck,
    SpotCheckStatus,
    ViewingTicket,
    Visit,
    VisitOutcome,
    WeatherAlert,
    WeatherCall,
)
from app.notices.words import WORDS
from tests.cast import person
from tests.matrix.people_rows import PeopleRows
from tests.matrix.stage import Stage
from tests.notices.world import notice

K = NoticeKind
WORKER, COLLEAGUE, ADMIN = (person(name).user_id for name in ("worker", "colleague", "admin"))
TODAY = business_day()
YESTERDAY = TODAY - timedelta(days=1)
Rows = dict[str, Any]
Columns = Mapping[str, Any]


class All(Stage, PeopleRows):
    """Writes all kinds of rows, also of people."""


def visit(stage: All, **columns: Any) -> Rows:
    """Write a visit with a follow-up."""
    visit_id, follow_up_id = stage.visit()
    made = stage.session.get_one(Visit, visit_id)
    return changed(
        stage,
        {
            "visit_id": made,
            "follow_up_id": stage.session.get_one(FollowUp, follow_up_id),
            "care_record_id": stage.session.get_one(CareRecord, made.care_record_id),
        },
        columns,
    )


def changed(stage: All, rows: Rows, columns: Columns) -> Rows:
    """Change columns: ``follow_up_due_on`` is the ``due_on`` of ``follow_up_id``; a row is written for it."""
    for name, value in columns.items():
        of = next(one for one in rows if name.startswith(one.removesuffix("id")))
        setattr(
            rows[of], name.removeprefix(of.removesuffix("id")), value(stage) if callable(value) else value
        )
    stage.session.flush()
    return rows


def one(table: type[Base], write: Callable[[All], UUID], name: str) -> Callable[..., Rows]:
    def written(stage: All, **columns: Any) -> Rows:
        return changed(stage, {name: stage.session.get_one(table, write(stage))}, columns)

    return written


def weather(stage: All, **columns: Any) -> Rows:
    """Write an alert that calls for a visit by ``worker``."""
    alert, record_id = stage.session.get_one(WeatherAlert, stage.weather_alert()), stage.care_record()
    record = stage.session.get_one(CareRecord, record_id)
    call = WeatherCall(
        id=new_id(),
        area_code=stage.area,
        alert_id=alert.id,
        care_record_id=record_id,
        from_on=TODAY,
        due_on=TODAY,
    )
    stage.add(call)
    rows = {"weather_alert_id": alert, "weather_call_id": call, "care_record_id": record}
    return changed(stage, rows, columns)


own_visit = one(Visit, lambda stage: stage.visit()[0], "own_visit_id")
occurrence = one(Occurrence, All.occurrence, "occurrence_id")
plan = one(Plan, All.plan, "plan_id")
care = one(CareRecord, All.care_record, "care_record_id")
absence = one(Absence, All.absence, "absence_id")
approval = one(Approval, All.approval, "approval_id")
guardianship = one(Guardianship, All.guardianship, "guardianship_id")
ticket = one(ViewingTicket, All.ticket, "ticket_id")
drawn = one(SpotCheck, lambda stage: stage.spot_check(SpotCheckStatus.DRAWN), "spot_check_id")
appealed = one(SpotCheck, lambda stage: stage.spot_check(SpotCheckStatus.APPEALED), "spot_check_id")
claim = one(Claim, lambda stage: stage.claim(ClaimStatus.VERIFIED), "claim_id")
harm_case = one(HarmCase, lambda stage: stage.harm_case(stage.visit()[0]), "harm_case_id")
DONE = {"follow_up_done_at": now(), "follow_up_done_by": WORKER}
LATE, IN_TIME = {"follow_up_due_on": YESTERDAY}, {"follow_up_due_on": TODAY}
HANDED_OVER = {"follow_up_owner_id": COLLEAGUE}
ENDED = {"care_record_ended_on": TODAY, "care_record_ended_why": LeavingReason.MOVED_AWAY}
OVER = {"occurrence_opens_at": now() - timedelta(hours=3), "occurrence_due_at": now() - timedelta(hours=2)}
NOBODYS = {"occurrence_worker_id": None}
OVER |= {"occurrence_missed_at": now() - timedelta(hours=1)}
URGENT = {"visit_outcome": VisitOutcome.EMERGENCY, "follow_up_urgent": True}
IN_VAIN = {"visit_outcome": VisitOutcome.NOT_REACHED, "care_record_not_reached": 2}
DECIDED = {
    "approval_state": ApprovalState.REFUSED,
    "approval_decided_by": COLLEAGUE,
    "approval_decided_at": now(),
}
VERIFIED = {"guardianship_verified_at": now(), "guardianship_verified_by": ADMIN}
ANSWERED = {"ticket_approved": False, "ticket_decided_at": now(), "ticket_decided_by": ADMIN}
LOOKED_AT = {"spot_check_checked_by": ADMIN, "spot_check_checked_at": now()}
LOOKED_AT |= {"spot_check_status": SpotCheckStatus.CONFIRMED}
UPHELD = {"spot_check_status": SpotCheckStatus.UPHELD, "spot_check_decided_by": ADMIN}
CLOSED = {"harm_case_closed_at": now(), "harm_case_closed_by": ADMIN}
INSPECTED = {"occurrence_inspection_id": All.inspection, "occurrence_done_at": now()}
SAID_SO = {"own_visit_answer_id": lambda _: new_id(), "own_visit_confirmation": Confirmation.CONFIRMED}
HANDS = {"care_record_hands_told_on": TODAY}

CASES: list[tuple[NoticeKind, str, str, Callable[..., Rows], Columns, list[Columns]]] = [
    (K.OCCURRENCES, "opening", "worker", occurrence, {}, [{"occurrence_worker_id": COLLEAGUE}, OVER]),
    (K.OCCURRENCES, "reassigned", "worker", occurrence, {}, [{"occurrence_worker_id": None}, OVER]),
    (K.OCCURRENCES, "nobodys", "admin", occurrence, NOBODYS, [{"occurrence_worker_id": WORKER}, OVER]),
    (K.OCCURRENCES, "nobody_decides", "city", occurrence, NOBODYS, [{"occurrence_worker_id": WORKER}]),
    (K.OCCURRENCES, "missed", "admin", occurrence, OVER, [INSPECTED]),
    (
        K.OCCURRENCES,
        "places_left_out",
        "admin",
        plan,
        {},
        [
            {"plan_paused": True},
            {"plan_starts_on": YESTERDAY, "plan_ends_on": YESTERDAY},
        ],
    ),
    (K.SPOT_CHECK, "drawn", "admin", drawn, {}, [LOOKED_AT]),
    (K.SPOT_CHECK, "appealed", "admin", appealed, {}, [UPHELD]),
    (K.VISIT_URGENT, "", "admin", visit, URGENT, [DONE, ENDED]),
    (K.VISIT_URGENT, "emergency", "admin", visit, URGENT, [DONE, ENDED]),
    (K.VISIT_URGENT, "out_of_contact", "admin", visit, IN_VAIN, [{"care_record_not_reached": 0}, ENDED]),
    (K.OWN_VISIT, "", "resident", own_visit, {}, [SAID_SO]),
    (K.OWN_VISIT, "call", "resident", own_visit, {}, [SAID_SO]),
    (K.FOLLOW_UP_ASSIGNED, "", "worker", visit, {}, [DONE, HANDED_OVER]),
    (K.FOLLOW_UP_ASSIGNED, "handed_over", "worker", visit, HANDED_OVER, [DONE]),
    (K.FOLLOW_UP_ASSIGNED, "postponed", "worker", visit, {}, [DONE]),
    (K.FOLLOW_UP_ASSIGNED, "due", "worker", visit, LATE, [DONE, HANDED_OVER, IN_TIME]),
    (K.FOLLOW_UP_ASSIGNED, "late", "admin", visit, LATE, [DONE, IN_TIME]),
    (K.FOLLOW_UP_ASSIGNED, "put_off", "admin", visit, {}, [DONE]),
    (
        K.FOLLOW_UP_ASSIGNED,
        "unowned",
        "admin",
        visit,
        {"follow_up_told_unowned_on": TODAY},
        [
            DONE,
            {"follow_up_told_unowned_on": None},
        ],
    ),
    (K.CARE, "given", "worker", care, {}, [ENDED, {"care_record_worker_id": COLLEAGUE}]),
    (K.CARE, "given_up", "colleague", care, {}, [{"care_record_worker_id": COLLEAGUE}]),
    (K.CARE, "given_up", "worker", care, ENDED, []),
    (
        K.CARE,
        "substitute",
        "colleague",
        care,
        {"care_record_substitute_id": COLLEAGUE},
        [
            ENDED,
            {"care_record_substitute_id": None},
        ],
    ),
    (K.CARE, "substitute_no_more", "colleague", care, {}, [{"care_record_substitute_id": COLLEAGUE}]),
    (K.CARE, "standing_in", "admin", absence, {}, [{"absence_ended_at": now()}]),
    (
        K.CARE,
        "denied",
        "admin",
        visit,
        {"visit_confirmation": Confirmation.DENIED},
        [{"visit_confirmation": Confirmation.NONE}],
    ),
    (K.CARE, "unagreed", "admin", care, {}, [ENDED]),
    (
        K.CARE,
        "weather",
        "worker",
        weather,
        {},
        [
            ENDED,
            {"weather_alert_ended_at": now()},
            {"weather_call_closed_at": now()},
            {"care_record_worker_id": COLLEAGUE},
        ],
    ),
    (
        K.CARE,
        "came_over",
        "colleague",
        care,
        HANDS | {"care_record_substitute_id": COLLEAGUE},
        [
            ENDED,
            {"care_record_hands_told_on": None},
            {"care_record_substitute_id": None},
        ],
    ),
    (K.CARE, "nobodys", "admin", care, HANDS, [ENDED, {"care_record_hands_told_on": None}]),
    (K.HARM_CASE, "", "admin", harm_case, {}, [CLOSED]),
    (K.APPROVAL, "asked", "county", approval, {}, [DECIDED, {"approval_expires_at": now()}]),
    (K.APPROVAL, "nobody_decides", "county", approval, {}, [DECIDED]),
    (K.APPROVAL, "nobody_decides", "county", claim, {}, [{"claim_status": ClaimStatus.APPROVED}]),
    (K.APPROVAL, "guardian_asked", "admin", guardianship, {}, [VERIFIED, {"guardianship_ended_at": now()}]),
    (K.APPROVAL, "ticket_asked", "admin", ticket, {}, [ANSWERED]),
]
"""Kind and word, to whom, what is written, what besides so that it waits, and each change that settles it."""
NEWS = {
    (K.SPOT_CHECK, "result"),
    (K.SPOT_CHECK, "decided"),
    (K.VISIT_URGENT, "nobody_decides"),
    (K.FOLLOW_UP_ASSIGNED, "ended"),
    (K.FOLLOW_UP_ASSIGNED, "nobody_decides"),
    (K.CARE, "nobody_decides"),
    (K.HARM_CASE, "nobody_decides"),
    *((K.APPROVAL, code) for code in ("approved", "refused", "ticket_approved", "ticket_refused")),
    (K.APPROVAL, "went_without"),
}
"""What asks for nothing, or tells an office no more than that nobody decides."""
OF_HAZARDS = {K.HAZARD_ASSIGNED, K.HAZARD_STEP, K.HAZARD_ALARM, K.HAZARD_MATTER, K.HAZARD_UNASSIGNED}


def waits(session: Session, name: str, kind: NoticeKind, code: str, rows: Rows) -> bool:
    about: dict[str, Any] = {of: row.id for of, row in rows.items()} | ({"what": code} if code else {})
    if code == "missed":
        about |= {"occurrence_ids": [str(rows["occurrence_id"].id)], "count": 1}
    return facts_of(session, notice(name, kind, **about)) is not None


def test_every_word_that_goes_by_wechat_is_judged() -> None:
    kinds = set(TEMPLATES) - OF_HAZARDS - {K.CLAIM_STEP}
    said = {(kind, code) for kind in kinds for code in WORDS[NoticeKind(kind)].by_code}
    judged = {(kind, code) for kind, code, *_ in CASES} | NEWS

    assert said == {(kind, code) for kind, code in judged if code}


@pytest.mark.parametrize(
    "kind, code, name, write, besides, settling", CASES, ids=[f"{kind}-{code}" for kind, code, *_ in CASES]
)
def test_each_is_told_while_it_waits_and_no_longer(
    session: Session,
    kind: NoticeKind,
    code: str,
    name: str,
    write: Callable[..., Rows],
    besides: Columns,
    settling: list[Columns],
) -> None:
    stage = All(session)
    for change in ({}, *settling):
        nested = session.begin_nested()
        rows = changed(stage, write(stage, **besides), change)
        assert waits(session, name, kind, code, rows) is (change == {}), change
        nested.rollback()


@pytest.mark.parametrize("kind, code", sorted(NEWS))
def test_news_is_told(session: Session, kind: NoticeKind, code: str) -> None:
    """Also by what stands only in the notice: an office reads no record."""
    assert facts_of(session, notice("county", kind, what=code)) is not None


def test_an_ended_follow_up_is_told_as_such(session: Session) -> None:
    rows = visit(All(session), **DONE)

    assert waits(session, "worker", K.FOLLOW_UP_ASSIGNED, "ended", rows)


def test_a_follow_up_of_who_is_away_may_be_for_whoever_stands_in(session: Session) -> None:
    stage = All(session)
    rows = visit(stage)
    before = waits(session, "colleague", K.FOLLOW_UP_ASSIGNED, "", rows)
    stage.absence()

    assert (before, waits(session, "colleague", K.FOLLOW_UP_ASSIGNED, "", rows)) == (False, True)
