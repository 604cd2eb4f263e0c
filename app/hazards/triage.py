"""Triage of reported hazards: accept, reject, merge (domain.md, inspections and hazards)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import business_day
from app.errors import DomainError, Kind
from app.hazards.assignment import NotMajorError, may_assign
from app.hazards.clocks import Clocks
from app.hazards.deadlines import want_controls
from app.hazards.levels import become_major
from app.hazards.merging import last_found
from app.hazards.rewards import claim_reward
from app.hazards.steps import begin
from app.hazards.telling import tell_accepted
from app.identity import Permission, scope_of
from app.models import (
    HAZARD_PUT_RIGHT,
    Hazard,
    HazardCategory,
    HazardLevel,
    HazardStatus,
    HazardStep,
)

_NO_HAZARD = frozenset({HazardStatus.REJECTED, HazardStatus.DUPLICATE})
"""What no report may be merged into: nobody would see to it."""


class DuplicateUnfitError(DomainError):
    """The named hazard is this one, in another community, out of reach, rejected, or a duplicate itself."""

    code = "duplicate_unfit"
    kind = Kind.INVALID


class ClosedBeforeError(DomainError):
    """The named hazard was closed before this was found: nobody would look (data: ``closed_on``)."""

    code = "closed_before"
    kind = Kind.CONFLICT


class LevelKeptError(DomainError):
    """A report that came in as major is made general by the county only."""

    code = "level_kept"
    kind = Kind.FORBIDDEN


class MajorRejectedError(DomainError):
    """That a report which came in as major is no hazard is for the county to say."""

    code = "major_rejected"
    kind = Kind.FORBIDDEN


class KeptGeneralError(DomainError):
    """The named hazard is general and was put right: a major one would end in it without the county."""

    code = "kept_general"
    kind = Kind.CONFLICT


def accept(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    *,
    level: HazardLevel | None = None,
    category: HazardCategory | None = None,
    note: str = "",
) -> Hazard:
    """Accept a report, with its level and category put right; a resident's report earns points.

    A major one has its temporary controls within 24 hours from now, whoever gets it. Whoever accepts may
    raise the level; what came in as major, by its checklist item, only the county lowers.

    Raises NotFoundError, OtherContentError, IllegalStepError, LevelKeptError.
    """
    step = begin(
        session, actor, hazard_id, step_id, HazardStep.ACCEPT, level=level, category=category, note=note
    )
    hazard = step.hazard
    if step.repeated:
        return hazard
    if hazard.level is HazardLevel.MAJOR and level is HazardLevel.GENERAL:
        _check_may_lower(actor, hazard)
    hazard.level = level or hazard.level
    hazard.category = category or hazard.category
    want_controls(hazard, at=step.at)
    step.take(
        HazardStatus.ACCEPTED, HazardStep.ACCEPT, note=note, level=hazard.level, category=hazard.category
    )
    claim_reward(session, actor, hazard)
    tell_accepted(session, actor, hazard)
    return hazard


def reject(session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, *, reason: str) -> Hazard:
    """End a report that is no hazard, with the reason the reporter reads; a major one only the county.

    Raises NotFoundError, OtherContentError, IllegalStepError, MajorRejectedError, NotMajorError.
    """
    step = begin(session, actor, hazard_id, step_id, HazardStep.REJECT, reason=reason)
    if not step.repeated:
        _check_may_reject(session, actor, step.hazard)
        step.take(HazardStatus.REJECTED, HazardStep.REJECT, note=reason)
    return step.hazard


def duplicate(
    session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, *, duplicate_of_id: UUID, note: str = ""
) -> Hazard:
    """End a report of something that another hazard of the same community already names.

    What was found, also by what was merged into it, after that one was rechecked and closed is a new one.
    A major report makes a general one that is kept major, as long as that was not put right.

    Raises NotFoundError, OtherContentError, IllegalStepError, DuplicateUnfitError, ClosedBeforeError,
    KeptGeneralError.
    """
    both = sorted({hazard_id, duplicate_of_id})
    session.execute(
        select(Hazard.id).where(Hazard.id.in_(both)).order_by(Hazard.id).with_for_update(key_share=True)
    )
    step = begin(
        session, actor, hazard_id, step_id, HazardStep.DUPLICATE, duplicate_of_id=duplicate_of_id, note=note
    )
    hazard = step.hazard
    if step.repeated:
        return hazard
    other = session.get(Hazard, duplicate_of_id, populate_existing=True)
    if (
        other is None
        or other is hazard
        or other.status in _NO_HAZARD
        or community_of(other.area_code) != community_of(hazard.area_code)
        or not actor.scope.covers(other.area_code)
    ):
        raise DuplicateUnfitError(field="duplicate_of_id")
    ended_at = other.ended_at
    if ended_at is not None and last_found(session, hazard, after=ended_at, at_first=True) is not None:
        raise ClosedBeforeError(field="duplicate_of_id", closed_on=business_day(ended_at))
    raises = hazard.level is HazardLevel.MAJOR and other.level is HazardLevel.GENERAL
    if raises and other.status in HAZARD_PUT_RIGHT:
        raise KeptGeneralError(field="duplicate_of_id")
    hazard.duplicate_of_id = other.id
    step.take(HazardStatus.DUPLICATE, HazardStep.DUPLICATE, note=note, duplicate_of_id=str(other.id))
    if raises:
        when = Clocks(step.at)
        become_major(session, actor, other, sent=step.sent, when=when, merged_id=str(hazard.id))
    return hazard


def may_reject(session: Session, actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor may end a report as no hazard: a major one the county, else who gives it out."""
    if hazard.level is HazardLevel.MAJOR:
        return _closes(actor, hazard)
    return may_assign(session, actor, hazard)


def _check_may_reject(session: Session, actor: Actor, hazard: Hazard) -> None:
    if not may_reject(session, actor, hazard):
        raise (MajorRejectedError if hazard.level is HazardLevel.MAJOR else NotMajorError)(id=hazard.id)


def _check_may_lower(actor: Actor, hazard: Hazard) -> None:
    """Leave it to whoever closes major hazards to say that one is none. Raises LevelKeptError."""
    if not _closes(actor, hazard):
        raise LevelKeptError(field="level")


def _closes(actor: Actor, hazard: Hazard) -> bool:
    scope = scope_of(actor, Permission.HAZARD_CLOSE_MAJOR)
    return scope is not None and scope.covers(hazard.area_code)
