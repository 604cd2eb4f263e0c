"""What took a hazard from somebody whose work, done before it, arrives later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Uuid,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.hazards.assignees import has
from app.hazards.clocks import GIVEN, Clocks, not_before
from app.models import (
    HAZARD_PUT_RIGHT,
    ClockFlag,
    Hazard,
    HazardEvent,
    HazardLevel,
    HazardStatus,
    HazardStep,
    UnitEvent,
    UnitMember,
)

_TO_DO = frozenset({HazardStatus.ACCEPTED, HazardStatus.ASSIGNED, HazardStatus.RECTIFYING})
"""Where such work may still put it right."""
_TAKEN_BY = (HazardStep.UNASSIGN, HazardStep.REASSIGN)
_CHANGING = (*GIVEN, HazardStep.UNASSIGN)
_WORK = frozenset({HazardStep.START, HazardStep.RECTIFY})


@dataclass(frozen=True)
class TakenBack:
    """When a hazard was taken from somebody, and the number of the first event that was not his any more."""

    at: datetime
    number: int
    history_alone: bool = False
    """What he did before stands in the history, and nothing follows."""


def may_be_late(actor: Actor, hazard: Hazard, verb: HazardStep) -> bool:
    """Say whether a step is work on what another has, or put right, or what became major by now."""
    if _waits_for_items(hazard, verb):
        return True
    return verb in _WORK and (hazard.assignee_id != actor.user_id or is_over(actor, hazard))


def may_arrive(actor: Actor, hazard: Hazard) -> bool:
    """Say whether such work still puts it right, or stands in its history beside another's."""
    return hazard.status in _TO_DO or is_over(actor, hazard)


def is_over(actor: Actor, hazard: Hazard) -> bool:
    """Say whether another, and no department, put it right: the actor's work stands in the history alone."""
    if hazard.status not in HAZARD_PUT_RIGHT or hazard.department is not None:
        return False
    return hazard.rectified_by != actor.user_id


def _waits_for_items(hazard: Hazard, verb: HazardStep) -> bool:
    """Say whether work is on a major hazard that nobody may start without the five fixed items."""
    is_major = hazard.level is HazardLevel.MAJOR and hazard.five_fixed is None
    return verb in _WORK and is_major and hazard.status is HazardStatus.ASSIGNED


def taken_back(
    session: Session,
    actor: Actor,
    hazard: Hazard,
    verb: HazardStep,
    captured_at: datetime,
    *,
    with_items: bool,
) -> TakenBack | None:
    """Say what took a hazard from the actor, in a community of his, after a moment of his work.

    It was given to another, or taken back, from him or from a unit that he is of, or was until it changed
    after that moment; another of that unit started it; the unit, which has it still, is his no more; who had
    it before him put it right; or it became major while he worked. The moment is one at which he had it, by a
    clock that is believed: else anybody who had it once could go on, whatever his phone says.
    """
    taken = (
        _by_an_event(session, actor, hazard, captured_at)
        or _by_leaving(session, actor, hazard, captured_at)
        or _by_anothers_work(session, actor, hazard)
    )
    if taken is None and not with_items and _waits_for_items(hazard, verb):
        taken = _by_raising(session, actor, hazard, verb, captured_at)
    if taken is None:
        return None
    since = not_before(session, hazard.id, verb, number=taken.number)
    if Clocks(now(), captured_at, since).flag is not ClockFlag.OK:
        return None
    failed = exists().where(
        HazardEvent.hazard_id == hazard.id,
        HazardEvent.number > taken.number,
        HazardEvent.step == HazardStep.RECHECK_FAIL,
    )
    if session.scalar(select(failed)):
        return None  # what was found since, at a recheck, is newer than his work
    return taken if actor.scope.widened().covers(hazard.area_code) else None


def _by_an_event(session: Session, actor: Actor, hazard: Hazard, captured_at: datetime) -> TakenBack | None:
    """Give the first event after the moment that took it."""
    from_whom = HazardEvent.data["former_id"].astext.cast(Uuid)
    from_unit = literal(hazard.unit_id, Uuid)
    from_him = or_(from_whom == actor.user_id, _is_of(from_whom, actor), _left(from_whom, actor, captured_at))
    from_his = or_(_is_of(from_unit, actor), _left(from_unit, actor, captured_at))
    given = select(func.max(HazardEvent.number)).where(
        HazardEvent.hazard_id == hazard.id, HazardEvent.step.in_(GIVEN)
    )
    started = and_(
        HazardEvent.step == HazardStep.START,
        HazardEvent.actor_id == hazard.assignee_id,
        HazardEvent.number > func.coalesce(given.scalar_subquery(), 0),
    )
    by_another = started if hazard.assignee_id != actor.user_id else false()
    query = (
        select(HazardEvent)
        .where(
            HazardEvent.hazard_id == hazard.id,
            HazardEvent.at > captured_at,
            or_(and_(HazardEvent.step.in_(_TAKEN_BY), from_him), and_(by_another, from_his)),
        )
        .order_by(HazardEvent.number)
        .limit(1)
    )
    first = session.scalars(query).first()
    return TakenBack(first.at, first.number) if first is not None else None


def _by_anothers_work(session: Session, actor: Actor, hazard: Hazard) -> TakenBack | None:
    """Give by which work another put right what the actor, or his unit, has: he went on without knowing."""
    his_unit = _is_of(literal(hazard.unit_id, Uuid), actor)
    is_his = his_unit if hazard.assignee_id is None else literal(hazard.assignee_id == actor.user_id)
    done = (HazardEvent.hazard_id == hazard.id, HazardEvent.step == HazardStep.RECTIFY, is_his)
    query = select(HazardEvent).where(*done).order_by(HazardEvent.number.desc()).limit(1)
    last = session.scalars(query).first() if is_over(actor, hazard) else None
    return TakenBack(last.at, last.number) if last is not None else None


def _by_raising(
    session: Session, actor: Actor, hazard: Hazard, verb: HazardStep, captured_at: datetime
) -> TakenBack | None:
    """Give when what the actor has became major, if it did not change hands since.

    Whoever begins after that is asked for the five items; what he finished without them is kept.
    """
    if not has(session, actor, hazard):
        return None
    of_it = HazardEvent.hazard_id == hazard.id
    raised = (of_it, HazardEvent.step == HazardStep.RAISE_LEVEL)
    query = select(HazardEvent).where(*raised).order_by(HazardEvent.number.desc()).limit(1)
    last = session.scalars(query).first()
    if last is None or (verb is HazardStep.START and last.at <= captured_at):
        return None
    since = exists().where(of_it, HazardEvent.step.in_(_CHANGING), HazardEvent.number > last.number)
    if session.scalar(select(since)):
        return None
    return TakenBack(last.at, last.number, history_alone=True)


def _by_leaving(session: Session, actor: Actor, hazard: Hazard, captured_at: datetime) -> TakenBack | None:
    """Say when he left the unit that has it and of which nobody started, if that was after the moment."""
    if hazard.unit_id is None or hazard.assignee_id is not None:
        return None
    if session.scalar(select(_is_of(literal(hazard.unit_id, Uuid), actor))):
        return None
    left = select(func.max(UnitEvent.at)).where(_change(literal(hazard.unit_id, Uuid), actor, captured_at))
    at = session.scalar(left)
    last = select(func.max(HazardEvent.number)).where(HazardEvent.hazard_id == hazard.id)
    return TakenBack(at, (session.scalar(last) or 0) + 1) if at is not None else None


def _is_of(unit_id: SQLColumnExpression[Any], actor: Actor) -> ColumnElement[bool]:
    return exists().where(UnitMember.unit_id == unit_id, UnitMember.user_id == actor.user_id)


def _left(unit_id: SQLColumnExpression[Any], actor: Actor, since: datetime) -> ColumnElement[bool]:
    return exists().where(_change(unit_id, actor, since))


def _change(unit_id: SQLColumnExpression[Any], actor: Actor, since: datetime) -> ColumnElement[bool]:
    """Say in SQL that a unit of the actor changed after a moment."""
    return and_(
        UnitEvent.unit_id == unit_id,
        UnitEvent.at > since,
        UnitEvent.data["member_ids"].contains([str(actor.user_id)]),
    )
