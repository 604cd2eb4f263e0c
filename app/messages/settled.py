"""What of a notice is settled by now, so that no message is spent on it (docs/wechat.md, sending).

What only tells, or cannot be known to be settled, is sent.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.messages.rules import Answer, Rule, Told, is_news
from app.messages.settled_care import CARE_RULES
from app.messages.settled_hazards import settled_hazards
from app.models import (
    Approval,
    ApprovalState,
    Base,
    CareRecord,
    Claim,
    ClaimStatus,
    FollowUp,
    Guardianship,
    HarmCase,
    Notice,
    NoticeKind,
    Occurrence,
    Plan,
    SpotCheck,
    SpotCheckStatus,
    ViewingTicket,
    Visit,
    WeatherAlert,
)
from app.notices import words


def settled(session: Session, told: Sequence[Notice]) -> set[UUID]:
    """Give the notices of which nothing is left to do, or to know."""
    _held = _read(session, told)  # a session keeps only rows that somebody holds
    answers = {notice.id: _waits(Told(session, notice)) for notice in told}
    asked = {of: answer for of, answer in answers.items() if not isinstance(answer, bool)}
    if asked:
        answers |= zip(asked, session.execute(select(*asked.values())).one(), strict=True)
    return {of for of, waits in answers.items() if not waits} | settled_hazards(session, told)


def _read(session: Session, told: Sequence[Notice]) -> list[Base]:
    """Read all that notices name, of each kind at once."""
    rows: list[Base] = []
    for name, table in _NAMED.items():
        ids = {UUID(notice.data[name]) for notice in told if notice.data.get(name)}
        if ids:
            rows += session.scalars(select(table).where(inspect(table).primary_key[0].in_(ids)))
    return rows


def _waits(told: Told) -> Answer:
    kind = told.notice.kind
    rule = _RULES.get(kind, {}).get(words.code_of(kind, told.notice.data), is_news)
    return rule(told)


def _opening(told: Told) -> Answer:
    """Say whether one of his inspections is open still."""
    row = Occurrence
    return told.any(row.worker_id == told.user_id, told.here(row.area_code), *_to_do(), row.opens_at <= now())


def _given_to_do(told: Told) -> Answer:
    row = Occurrence
    return told.any(row.worker_id == told.user_id, told.here(row.area_code), *_to_do())


def _nobodys_to_do(told: Told) -> Answer:
    row = Occurrence
    return told.any(row.worker_id.is_(None), told.here(row.area_code), *_to_do())


def _to_do() -> tuple[ColumnElement[bool], ...]:
    return Occurrence.done_at.is_(None), Occurrence.missed_at > now()


def _missed(told: Told) -> Answer:
    """Say whether no inspection of the window arrived late of one of them at least."""
    ids = [UUID(one) for one in told.notice.data.get("occurrence_ids", [])]
    if told.notice.data.get("count", 0) > len(ids):
        return True
    return told.any(Occurrence.id.in_(ids), Occurrence.done_at.is_(None))


def _planned(told: Told) -> bool:
    plan = told.row(Plan, "plan_id")
    if plan is None:
        return True
    return not plan.paused and (plan.ends_on is None or plan.ends_on >= business_day())


def _drawn(told: Told) -> Answer:
    """Say whether one is left of the community that he may look at."""
    of_others = SpotCheck.worker_id != told.user_id
    return told.any(SpotCheck.status == SpotCheckStatus.DRAWN, of_others, told.here(SpotCheck.area_code))


def _appealed(told: Told) -> bool:
    row = told.row(SpotCheck, "spot_check_id")
    return row is None or row.status is SpotCheckStatus.APPEALED


def _case_open(told: Told) -> bool:
    case = told.row(HarmCase, "harm_case_id")
    return case is None or case.closed_at is None


def _undecided(told: Told) -> bool:
    """Say whether what it names is still to be decided on: nobody is asked what somebody decided."""
    approval, ticket = told.row(Approval, "approval_id"), told.row(ViewingTicket, "ticket_id")
    guardianship, claim = told.row(Guardianship, "guardianship_id"), told.row(Claim, "claim_id")
    if approval is not None:
        return approval.state is ApprovalState.OPEN and approval.expires_at > now()
    if ticket is not None:
        return ticket.approved is None
    if guardianship is not None:
        return guardianship.verified_at is None and guardianship.ended_at is None
    return claim is None or claim.status in {ClaimStatus.SUBMITTED, ClaimStatus.VERIFIED}


_NAMED: Mapping[str, type[Base]] = {
    "approval_id": Approval,
    "care_record_id": CareRecord,
    "claim_id": Claim,
    "follow_up_id": FollowUp,
    "guardianship_id": Guardianship,
    "harm_case_id": HarmCase,
    "plan_id": Plan,
    "spot_check_id": SpotCheck,
    "ticket_id": ViewingTicket,
    "visit_id": Visit,
    "weather_alert_id": WeatherAlert,
}
_RULES: Mapping[NoticeKind, Mapping[str, Rule]] = {
    NoticeKind.OCCURRENCES: {
        "opening": _opening,
        "missed": _missed,
        "reassigned": _given_to_do,
        "nobodys": _nobodys_to_do,
        "nobody_decides": _nobodys_to_do,
        "places_left_out": _planned,
    },
    NoticeKind.SPOT_CHECK: {"drawn": _drawn, "appealed": _appealed, "result": is_news, "decided": is_news},
    **CARE_RULES,
    NoticeKind.HARM_CASE: {"": _case_open, "nobody_decides": is_news},
    NoticeKind.APPROVAL: {
        "asked": _undecided,
        "nobody_decides": _undecided,
        "guardian_asked": _undecided,
        "ticket_asked": _undecided,
        "approved": is_news,
        "refused": is_news,
        "ticket_approved": is_news,
        "ticket_refused": is_news,
        "went_without": is_news,
    },
}
"""By what a notice says (``app/notices/words.py``); those of hazards are in ``settled_hazards``.

Steps of hazards and claims that only tell who waits for them (``hazard_step``, ``claim_step``) are news.
"""
