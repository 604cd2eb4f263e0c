"""What of a notice about hazards is settled by now: each is judged by what it waits for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.models import (
    HAZARD_ENDED,
    Hazard,
    HazardEvent,
    HazardStatus,
    HazardStep,
    Notice,
    NoticeKind,
    UnitMember,
)
from app.notices import words

_S = HazardStatus
_OPEN = frozenset(_S) - HAZARD_ENDED
_IN_HAND = frozenset({_S.ASSIGNED, _S.RECTIFYING})
_RUNNING = _IN_HAND | {_S.ACCEPTED, _S.TRANSFERRED}
_CONFIRMING = frozenset({_S.RECTIFIED, _S.VERIFIED})
_NOT_GIVEN = frozenset({_S.REPORTED, _S.ACCEPTED})
_GIVING = (HazardStep.ASSIGN, HazardStep.REASSIGN)


@dataclass(frozen=True)
class _Known:
    """What was read of all at once."""

    hazards: Mapping[UUID, Hazard]
    members: Collection[tuple[UUID, UUID]]
    """Of units that have some of them while nobody started: unit and member."""
    given_at: Mapping[UUID, datetime]
    """When some of them were last given to somebody."""


Rule = Callable[[_Known, Hazard, Notice], bool]
"""Says whether a hazard still waits for what a notice tells of."""


def settled_hazards(session: Session, told: Sequence[Notice]) -> set[UUID]:
    """Give the notices whose hazards wait no more for what they ask, or are no more his whom they went to.

    Of several hazards one is enough; so it is where there were more than a notice names.
    """
    of = {notice.id: _named(notice) for notice in told if notice.kind in _RULES}
    if not of:
        return set()
    known = _read(session, told, {one for ids in of.values() for one in ids})
    return {notice.id for notice in told if notice.id in of and not _waits(known, notice, of[notice.id])}


def _named(notice: Notice) -> list[UUID]:
    one = notice.data.get("hazard_id")
    return [UUID(each) for each in ([one] if one else notice.data.get("hazard_ids", []))]


def _read(session: Session, told: Sequence[Notice], ids: Collection[UUID]) -> _Known:
    hazards = {row.id: row for row in session.scalars(select(Hazard).where(Hazard.id.in_(ids)))}
    units = {row.unit_id for row in hazards.values() if row.assignee_id is None and row.unit_id is not None}
    members: set[tuple[UUID, UUID]] = set()
    if units:
        pair = UnitMember.unit_id, UnitMember.user_id
        wanted = [(unit_id, user_id) for unit_id in units for user_id in {notice.user_id for notice in told}]
        members = {
            (unit_id, user_id)
            for unit_id, user_id in session.execute(select(*pair).where(tuple_(*pair).in_(wanted)))
        }
    given_at: dict[UUID, datetime] = {}
    if any(notice.kind is NoticeKind.HAZARD_UNASSIGNED for notice in told):
        of_them = (HazardEvent.hazard_id.in_(ids), HazardEvent.step.in_(_GIVING))
        last = select(HazardEvent.hazard_id, func.max(HazardEvent.at)).where(*of_them)
        given_at = dict(session.execute(last.group_by(HazardEvent.hazard_id)).all())
    return _Known(hazards, members, given_at)


def _waits(known: _Known, notice: Notice, ids: Sequence[UUID]) -> bool:
    if notice.data.get("count", 0) > len(ids):
        return True
    rules = _RULES[notice.kind]
    code = words.code_of(notice.kind, notice.data)
    if code == _NOBODY and "step" in notice.data:
        code = notice.data["step"]  # what nobody decides on is what others are asked for
    rule = rules.get(code, _open)
    return any(rule(known, known.hazards[one], notice) for one in ids if one in known.hazards)


def _while(*statuses: HazardStatus) -> Rule:
    return lambda _, hazard, __: hazard.status in statuses


def _open(_: _Known, hazard: Hazard, __: Notice) -> bool:
    return hazard.status in _OPEN


def _his(known: _Known, hazard: Hazard, notice: Notice) -> bool:
    """Say whether whom it went to is to put it right, by himself or with others of a unit."""
    if hazard.status not in _IN_HAND:
        return False
    if hazard.assignee_id is None and hazard.unit_id is not None:
        return (hazard.unit_id, notice.user_id) in known.members
    return hazard.assignee_id == notice.user_id


def _left(known: _Known, hazard: Hazard, notice: Notice) -> bool:
    """Say whether nobody gave it out since it was told that it lies."""
    given_at = known.given_at.get(hazard.id)
    since = given_at is not None and given_at > notice.created_at
    return hazard.status is _S.ACCEPTED or (hazard.status in _IN_HAND and not since)


def _unseen(known: _Known, hazard: Hazard, notice: Notice) -> bool:
    return hazard.status is _S.REPORTED or _left(known, hazard, notice)


def _urged(_: _Known, hazard: Hazard, __: Notice) -> bool:
    return hazard.status in _OPEN and hazard.supervised_at is not None and hazard.answered_at is None


def _answered(_: _Known, hazard: Hazard, __: Notice) -> bool:
    """Say whether the answer is the last word: no office urged it anew."""
    return hazard.status in _OPEN and hazard.answered_at is not None


def _wished(_: _Known, hazard: Hazard, __: Notice) -> bool:
    return hazard.status in _IN_HAND and hazard.asked_due_at is not None


def _unshown(_: _Known, hazard: Hazard, __: Notice) -> bool:
    return hazard.status in _RUNNING and hazard.controls_reported_at is None


def _shown(_: _Known, hazard: Hazard, __: Notice) -> bool:
    shown = hazard.controls_reported_at is not None
    return hazard.status in _RUNNING and shown and hazard.controls_checked_at is None


def _checked(_: _Known, hazard: Hazard, __: Notice) -> bool:
    return hazard.status in _RUNNING and hazard.controls_checked_at is not None


def _look_again(_: _Known, hazard: Hazard, notice: Notice) -> bool:
    """Say whether it waits for the same look as when a late one came."""
    return hazard.status in _CONFIRMING and hazard.status == notice.data.get("status", hazard.status)


_NOBODY = "nobody_decides"
_runs = _while(*_RUNNING)
_RULES: Mapping[NoticeKind, Mapping[str, Rule]] = {
    NoticeKind.HAZARD_ASSIGNED: {"": _his},
    NoticeKind.HAZARD_UNASSIGNED: {
        "": _while(_S.ACCEPTED),
        "waiting": _while(*_NOT_GIVEN),
        "away": _left,
        _NOBODY: _unseen,
    },
    NoticeKind.HAZARD_ALARM: {
        "remind": _runs,
        "supervise_county": _runs,
        "supervise_city": _runs,
        "remind_controls": _unshown,
        "controls_missing": _unshown,
        "report": _while(_S.REPORTED),
        "accept": _runs,
        "raise_level": _open,
        _NOBODY: _runs,
    },
    NoticeKind.HAZARD_MATTER: {
        "supervise": _urged,
        "answer": _answered,
        "ask_extension": _wished,
        "grant_extension": _his,
        "refuse_extension": _his,
        "transfer": _while(_S.TRANSFERRED),
        "report_controls": _shown,
        "check_controls": _checked,
        "controls_refused": _unshown,
        "unchecked": _while(_S.RECTIFIED),
        "unclosed": _while(_S.VERIFIED),
        "rate": _while(_S.CLOSED),
        "report": _while(_S.REPORTED),
        "rectify": _while(_S.RECTIFIED),
        "verify": _while(_S.VERIFIED),
        "recheck_late": _look_again,
        _NOBODY: _while(*_CONFIRMING),
    },
}
"""By what a notice says (``app/notices/words.py``); what says nothing more waits until the hazard has ended.

Steps that only tell a reporter of progress (``hazard_step``) ask for nothing.
"""
