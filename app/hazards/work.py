"""Putting a hazard right: only whoever it is assigned to, of a unit who starts (domain.md, hazards)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, start_of
from app.errors import DomainError, IllegalStepError, Kind
from app.hazards.assignees import has, who_has
from app.hazards.clocks import GIVEN
from app.hazards.deadlines import FURTHEST, DueTimeError
from app.hazards.steps import Step, begin, tell
from app.hazards.taken_back import TakenBack, is_over
from app.hazards.telling import ask_recheck
from app.models import Hazard, HazardEvent, HazardLevel, HazardStatus, HazardStep
from app.notices import NoticeKind

_BY_HAND = (HazardStep.ASSIGN, HazardStep.REASSIGN)


class NotAssigneeError(DomainError):
    """Only whoever the hazard is assigned to starts and finishes the work."""

    code = "not_assignee"
    kind = Kind.FORBIDDEN


class IncompleteFiveFixedError(DomainError):
    """Work on a major hazard starts only with all five items fixed (data: ``missing``, in Chinese)."""

    code = "incomplete_five_fixed"
    kind = Kind.INVALID


class FixedTooLateError(DomainError):
    """The day of the five fixed items is after the deadline of the hazard."""

    code = "five_fixed_late"
    kind = Kind.INVALID


class NothingShownError(DomainError):
    """Work done is shown by a note or a photo, at least one."""

    code = "nothing_shown"
    kind = Kind.INVALID


@dataclass(frozen=True)
class FiveFixed:
    """The five items fixed before work on a major hazard starts (五落实)."""

    measures: str = ""
    funds: str = ""
    responsible: str = ""
    deadline: date | None = None
    contingency: str = ""

    def missing(self) -> list[str]:
        """Name the items still empty, in Chinese."""
        return [_FIVE[field.name] for field in fields(self) if not getattr(self, field.name)]

    def plain(self) -> dict[str, Any]:
        """Give what is kept with the hazard."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"deadline": self.deadline.isoformat() if self.deadline else None}


_FIVE = {
    "measures": "措施",
    "funds": "资金",
    "responsible": "责任人",
    "deadline": "时限",
    "contingency": "预案",
}


def start(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    *,
    five_fixed: FiveFixed | None = None,
    note: str = "",
    captured_at: datetime | None = None,
) -> Hazard:
    """Start the work; for a major hazard with the five fixed items, which hold after a failed recheck, too.

    ``captured_at`` is when he did by his phone: what was fixed then is judged by that day. Of what was taken
    from him since the items count that held then, and the deadline is another's.

    Raises NotFoundError, OtherContentError, IllegalStepError, NotAssigneeError, IncompleteFiveFixedError,
    DueTimeError, FixedTooLateError.
    """
    plain = five_fixed.plain() if five_fixed else None
    sent: dict[str, Any] = {"five_fixed": plain, "note": note}
    step = begin(session, actor, hazard_id, step_id, HazardStep.START, captured_at=captured_at, **sent)
    hazard = step.hazard
    if step.repeated:
        return hazard
    if step.taken_back is None:
        check_assigned_to(session, actor, hazard)
    first_of_major = hazard.level is HazardLevel.MAJOR and _fixed(step) is None and not _was_general(step)
    if first_of_major or five_fixed is not None:
        _check_complete(five_fixed or FiveFixed(), on=business_day(step.happened_at))
    if step.taken_back is not None:
        if is_over(actor, hazard) or step.taken_back.history_alone:
            step.leave(HazardStep.WORK_LATE, note=note, verb=HazardStep.START, five_fixed=plain)
        else:
            step.leave(HazardStep.START, note=note, five_fixed=plain)
        return hazard
    _check_in_time(five_fixed, hazard, at=step.happened_at)
    hazard.five_fixed = plain or hazard.five_fixed
    hazard.assignee_id = actor.user_id
    step.take(HazardStatus.RECTIFYING, HazardStep.START, note=note, five_fixed=plain)
    return hazard


def rectify(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    *,
    note: str = "",
    photo_ids: Sequence[UUID] = (),
    captured_at: datetime | None = None,
) -> Hazard:
    """Say that the work is done, shown by a note or photos; in time or not goes by ``captured_at``.

    What others put right before it arrived stays as they did it: it is kept beside theirs. So is work on a
    major one for which no five fixed items held.

    Raises NotFoundError, OtherContentError, IllegalStepError, NotAssigneeError, NothingShownError.
    """
    sent: dict[str, Any] = {"note": note, "photo_ids": list(photo_ids)}
    step = begin(session, actor, hazard_id, step_id, HazardStep.RECTIFY, captured_at=captured_at, **sent)
    hazard = step.hazard
    if step.repeated:
        return hazard
    if step.taken_back is None:
        check_assigned_to(session, actor, hazard)
    if not note and not photo_ids:
        raise NothingShownError(field="note")
    if step.taken_back is not None:
        _check_begun(step, step.taken_back)
        nothing_fixed = hazard.level is HazardLevel.MAJOR and _fixed(step) is None
        if is_over(actor, hazard) or step.taken_back.history_alone or nothing_fixed:
            step.leave(HazardStep.WORK_LATE, note=note, photo_ids=photo_ids, verb=HazardStep.RECTIFY)
            return hazard
        _take_up(step)
    hazard.rectified_by = actor.user_id
    step.take(HazardStatus.RECTIFIED, HazardStep.RECTIFY, note=note, photo_ids=photo_ids)
    ask_recheck(session, actor, hazard)
    return hazard


def _check_begun(step: Step, taken_back: TakenBack) -> None:
    """Refuse what he had not begun before it was taken from him. Raises IllegalStepError."""
    begun = exists(_starts(step, taken_back, since=GIVEN).where(HazardEvent.actor_id == step.actor.user_id))
    if not step.session.scalar(select(begun)):
        raise IllegalStepError(id=step.hazard.id, now=step.hazard.status, asked=HazardStep.RECTIFY)


def _take_up(step: Step) -> None:
    """Let a hazard be in the work that somebody began before it was taken from him; tell whoever has it now.

    He has it again where nobody has, so that a failed recheck finds somebody.
    """
    session, hazard = step.session, step.hazard
    for user_id in sorted(who_has(session, hazard) - {hazard.reported_by}):
        tell(session, NoticeKind.HAZARD_STEP, hazard, to=user_id, step=HazardStep.RECTIFY)
    if hazard.status is HazardStatus.ACCEPTED:
        hazard.assignee_id = step.actor.user_id
        hazard.advance(HazardStatus.ASSIGNED)
    if hazard.status is HazardStatus.ASSIGNED:
        hazard.advance(HazardStatus.RECTIFYING)
    hazard.five_fixed = _fixed(step) or hazard.five_fixed


def _fixed(step: Step) -> dict[str, Any] | None:
    """Give the five items that hold; of what was taken from somebody what held then, or what he sent."""
    hazard, taken_back = step.hazard, step.taken_back
    if taken_back is None:
        return hazard.five_fixed
    his = HazardEvent.actor_id == step.actor.user_id
    then = _starts(step, taken_back, since=_BY_HAND).where(
        or_(his, HazardEvent.number < taken_back.number),
        HazardEvent.data["five_fixed"].astext.is_not(None),
    )
    last = step.session.scalars(then.order_by(HazardEvent.number.desc()).limit(1)).first()
    return last.data["five_fixed"] if last is not None else None


def _was_general(step: Step) -> bool:
    """Say whether he began what was taken from him while nobody knew it to be major: no items were asked."""
    if step.taken_back is None:
        return False
    raised = exists().where(
        HazardEvent.hazard_id == step.hazard.id,
        HazardEvent.step == HazardStep.RAISE_LEVEL,
        HazardEvent.at > step.happened_at,
    )
    return bool(step.session.scalar(select(raised)))


def _starts(step: Step, taken_back: TakenBack, *, since: Sequence[HazardStep]) -> Select[HazardEvent]:
    """Choose the starts after the last of some steps before a hazard was taken from somebody."""
    of_it = HazardEvent.hazard_id == step.hazard.id
    last = select(func.max(HazardEvent.number)).where(
        of_it, HazardEvent.step.in_(since), HazardEvent.number < taken_back.number
    )
    after = HazardEvent.number > func.coalesce(last.scalar_subquery(), 0)
    late = and_(HazardEvent.step == HazardStep.WORK_LATE, HazardEvent.data["verb"].astext == HazardStep.START)
    return select(HazardEvent).where(of_it, or_(HazardEvent.step == HazardStep.START, late), after)


def check_assigned_to(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Refuse whoever does not put this hazard right. Raises NotAssigneeError."""
    if not has(session, actor, hazard):
        raise NotAssigneeError(id=hazard.id)


def _check_complete(five_fixed: FiveFixed, *, on: date) -> None:
    """Want all five, and a deadline that can still be kept. Raises IncompleteFiveFixedError, DueTimeError."""
    missing = five_fixed.missing()
    if missing:
        raise IncompleteFiveFixedError(field="five_fixed", missing="、".join(missing))
    last = five_fixed.deadline
    if last is not None and not on <= last <= on + FURTHEST:
        raise DueTimeError(field="five_fixed")


def _check_in_time(five_fixed: FiveFixed | None, hazard: Hazard, *, at: datetime) -> None:
    """Want a day that keeps the deadline, unless that is over already. Raises FixedTooLateError."""
    if five_fixed is None or five_fixed.deadline is None or hazard.due_at is None or hazard.due_at <= at:
        return
    if start_of(five_fixed.deadline) >= hazard.due_at:
        raise FixedTooLateError(field="five_fixed")
