"""More time for a hazard: asked for with a reason, granted or refused by whoever gives it out."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import end_of
from app.errors import DomainError, Kind
from app.hazards.assignees import has, who_has
from app.hazards.assignment import NotMajorError, may_assign
from app.hazards.deadlines import set_deadline
from app.hazards.responsible import ask_county, givers, in_hand_of, tell_all
from app.hazards.steps import Step, begin
from app.hazards.work import check_assigned_to
from app.identity import Permission, scope_of
from app.models import Hazard, HazardLevel, HazardStep
from app.notices import NoticeKind

MOST_EXTENSIONS = 2
"""How often one deadline is put off; after that somebody rechecks, or gives it to another."""
MOST_EXTENDED = timedelta(days=30)
"""How far each time, beyond the present deadline."""


class ExtensionSpanError(DomainError):
    """The day is not after the present deadline and the present moment, or more than 30 days after it."""

    code = "extension_span"
    kind = Kind.INVALID


class TooLateToExtendError(DomainError):
    """It is overdue by so much that no day fits: it is given out anew."""

    code = "too_late_to_extend"
    kind = Kind.CONFLICT


class AskedTimeOverError(DomainError):
    """The day that was asked for is over; granted, the deadline would be in the past."""

    code = "asked_time_over"
    kind = Kind.CONFLICT


class ExtensionsUsedError(DomainError):
    """The deadline was put off as often as may be (data: ``most``)."""

    code = "extensions_used"
    kind = Kind.CONFLICT


class ExtensionOpenError(DomainError):
    """A wish for more time waits already."""

    code = "extension_open"
    kind = Kind.CONFLICT


class NoExtensionAskedError(DomainError):
    """Nobody waits for more time."""

    code = "no_extension_asked"
    kind = Kind.CONFLICT


class OwnExtensionError(DomainError):
    """Whoever puts the hazard right does not decide on his own time."""

    code = "own_extension"
    kind = Kind.FORBIDDEN


class MajorExtensionError(DomainError):
    """On more time for a major hazard the county decides."""

    code = "major_extension"
    kind = Kind.FORBIDDEN


def ask_extension(
    session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, *, until: date, reason: str
) -> Hazard:
    """Ask for time until the end of a later day; only whoever puts the hazard right does.

    Raises NotFoundError, OtherContentError, IllegalStepError, NotAssigneeError, ExtensionOpenError,
    ExtensionsUsedError, TooLateToExtendError, ExtensionSpanError.
    """
    step = begin(
        session, actor, hazard_id, step_id, HazardStep.ASK_EXTENSION, until=until.isoformat(), reason=reason
    )
    hazard = step.hazard
    if step.repeated:
        return hazard
    check_assigned_to(session, actor, hazard)
    if hazard.asked_due_at is not None:
        raise ExtensionOpenError(id=hazard_id)
    if hazard.extensions >= MOST_EXTENSIONS:
        raise ExtensionsUsedError(id=hazard_id, most=MOST_EXTENSIONS)
    asked, present = end_of(until), hazard.due_at or step.at
    if is_too_late(hazard, at=step.at):
        raise TooLateToExtendError(id=hazard_id, most=MOST_EXTENDED.days)
    if not max(present, step.at) < asked <= present + MOST_EXTENDED:
        raise ExtensionSpanError(field="until", most=MOST_EXTENDED.days)
    hazard.asked_due_at = asked
    step.leave(HazardStep.ASK_EXTENSION, note=reason, due_at=asked.isoformat())
    _ask_deciders(session, actor, hazard)
    return hazard


def is_too_late(hazard: Hazard, *, at: datetime) -> bool:
    """Say whether no day fits any more: the last one that may be asked for is over."""
    return hazard.due_at is not None and hazard.due_at + MOST_EXTENDED <= at


def grant_extension(
    session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, *, note: str = ""
) -> Hazard:
    """Put the deadline off to the day that was asked for; the clocks run on from where they began.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, IllegalStepError, NoExtensionAskedError,
    MajorExtensionError, NotMajorError, OwnExtensionError, AskedTimeOverError.
    """
    step = _begin_decision(session, actor, hazard_id, step_id, HazardStep.GRANT_EXTENSION, note)
    hazard = step.hazard
    if step.repeated:
        return hazard
    assert hazard.asked_due_at is not None, "looked at by _begin_decision"
    if hazard.asked_due_at <= step.at:
        raise AskedTimeOverError(id=hazard_id)
    former = hazard.due_at
    set_deadline(hazard, hazard.asked_due_at, since=hazard.due_from or hazard.received_at)
    hazard.extensions += 1
    step.leave(
        HazardStep.GRANT_EXTENSION,
        note=note,
        due_at=hazard.due_at.isoformat() if hazard.due_at else None,
        former_due_at=former.isoformat() if former else None,
    )
    return _told(step, HazardStep.GRANT_EXTENSION)


def refuse_extension(
    session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, *, reason: str
) -> Hazard:
    """Leave the deadline as it is, with the reason that whoever asked reads.

    Raises what ``grant_extension`` raises, but AskedTimeOverError.
    """
    step = _begin_decision(session, actor, hazard_id, step_id, HazardStep.REFUSE_EXTENSION, reason)
    if step.repeated:
        return step.hazard
    step.hazard.asked_due_at = None
    step.leave(HazardStep.REFUSE_EXTENSION, note=reason)
    return _told(step, HazardStep.REFUSE_EXTENSION)


def may_decide(session: Session, actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor decides on more time for this hazard: on a major one only the county.

    On a general one whoever gives it out; the county, too, where every admin of the community puts it right
    himself.
    """
    if hazard.level is HazardLevel.GENERAL:
        return may_assign(session, actor, hazard) or not _givers_left(session, hazard)
    of_county = scope_of(actor, Permission.HAZARD_CLOSE_MAJOR)
    return of_county is not None and of_county.covers(hazard.area_code)


def _begin_decision(
    session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, verb: HazardStep, note: str
) -> Step:
    step = begin(session, actor, hazard_id, step_id, verb, note=note)
    if step.repeated:
        return step
    if not may_decide(session, actor, step.hazard):
        raise (MajorExtensionError if step.hazard.level is HazardLevel.MAJOR else NotMajorError)(id=hazard_id)
    if has(session, actor, step.hazard):
        raise OwnExtensionError(id=hazard_id)
    if step.hazard.asked_due_at is None:
        raise NoExtensionAskedError(id=hazard_id)
    return step


def _givers_left(session: Session, hazard: Hazard) -> set[UUID]:
    """Give the admins who give a hazard out and do not put it right themselves."""
    what, people = givers(session, hazard)
    return people - who_has(session, hazard) if what == "asked" else set()


def _ask_deciders(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Tell of a wish who decides on it: the county of a major hazard, else the admins, else the county."""
    step = HazardStep.ASK_EXTENSION
    people = _givers_left(session, hazard) if hazard.level is HazardLevel.GENERAL else set()
    if people:
        tell_all(session, NoticeKind.HAZARD_MATTER, hazard, people - {actor.user_id}, step)
    else:
        ask_county(session, hazard, step, but={actor.user_id})


def _told(step: Step, decided: HazardStep) -> Hazard:
    people = in_hand_of(step.session, step.hazard) - {step.hazard.reported_by}
    tell_all(step.session, NoticeKind.HAZARD_MATTER, step.hazard, people, decided)
    return step.hazard
