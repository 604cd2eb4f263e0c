"""Writing down what a resident lives by in a month: anew, put right, or as it was the month before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.employment.months import check_month, check_old_enough, months_before
from app.errors import DomainError, Kind, NotFoundError
from app.models import Employment, Resident, WageBand, WorkPlace, WorkSource, WorkState, WorkWay
from app.once import content_hash, insert_once, made_before
from app.people import Category, check_about, check_minor_elsewhere, check_not_dead, resident_in_scope
from app.sealing import Cell, Opener, Sealer, UnreadableError

MOST_AT_ONCE = 50
MOST_MONTHS = 720


class WorkWrittenError(DomainError):
    """The month is written down already, so that it is no copy of the one before."""

    code = "work_written"
    kind = Kind.CONFLICT


class WorkChangedError(DomainError):
    """Somebody else wrote the same month down in this moment."""

    code = "work_changed"
    kind = Kind.CONFLICT


class NoMonthBeforeError(DomainError):
    """Nothing is written down of the month before, so nothing can be as it was then."""

    code = "no_month_before"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class NewEmployment:
    """What somebody lives by in a month; place is there for whoever works, way for whoever is employed."""

    resident_id: UUID
    month: date
    state: WorkState
    place: WorkPlace | None
    way: WorkWay | None
    wage: WageBand | None
    months: int
    source: WorkSource


@dataclass(frozen=True)
class Unchanged:
    """That a resident lives by what he lived by the month before."""

    resident_id: UUID
    month: date
    source: WorkSource


@dataclass(frozen=True)
class UnchangedOutcome:
    """What became of one of several: ``code`` says why it was refused, None if it is written."""

    id: UUID
    resident_id: UUID
    code: str | None = None


def write_down(
    session: Session, actor: Actor, sealer: Sealer, entry_id: UUID, new: NewEmployment
) -> tuple[Employment, bool]:
    """Write down what somebody lives by; what stood of the same month stays behind it. The same again is one.

    Raises NotFoundError outside the actor's areas, OwnHouseholdError for a minor of his own home,
    WorkMonthError, TooYoungError, ResidentDeadError, WorkChangedError, OtherContentError.
    """
    sent = sealer.fingerprint(content_hash(actor.user_id, new))
    first = _made_before(session, actor, entry_id, sent)
    if first is not None:
        return first, False
    resident = _resident(session, actor, new.resident_id, new.month)
    standing = _standing(session, resident.id, new.month)
    if standing is not None:
        standing.replaced_at = now()
        session.flush()
    told = {"state": new.state, "place": new.place, "way": new.way, "months": new.months}
    return _insert(session, actor, sealer, entry_id, sent, resident, new, wage=new.wage, **told)


def write_unchanged(
    session: Session, actor: Actor, sealer: Sealer, entry_id: UUID, new: Unchanged
) -> tuple[Employment, bool]:
    """Write down that all is as it was the month before, one month longer. The same again is one.

    Raises what ``write_down`` does, WorkWrittenError, NoMonthBeforeError.
    """
    sent = sealer.fingerprint(content_hash("unchanged", actor.user_id, new))
    first = _made_before(session, actor, entry_id, sent)
    if first is not None:
        return first, False
    resident = _resident(session, actor, new.resident_id, new.month)
    if _standing(session, resident.id, new.month) is not None:
        raise WorkWrittenError(field="resident_id")
    before = _standing(session, resident.id, months_before(new.month, 1))
    if before is None:
        raise NoMonthBeforeError(field="resident_id")
    months = min(before.months + 1, MOST_MONTHS)
    told = {"state": before.state, "place": before.place, "way": before.way, "months": months}
    wage = _wage_to_copy(sealer, before)
    return _insert(session, actor, sealer, entry_id, sent, resident, new, wage=wage, **told)


def write_unchanged_each(
    session: Session, actor: Actor, sealer: Sealer, items: Sequence[tuple[UUID, Unchanged]]
) -> list[UnchangedOutcome]:
    """Write the same down of several, each for itself: one that is refused holds up no other.

    They are written in the order of the residents: two batches at once lock the same rows in the same order.
    """
    outcomes = {}
    for at in sorted(range(len(items)), key=lambda at: items[at][1].resident_id):
        entry_id, new = items[at]
        code = None
        try:
            write_unchanged(session, actor, sealer, entry_id, new)
        except DomainError as refusal:
            code = refusal.code
        outcomes[at] = UnchangedOutcome(entry_id, new.resident_id, code)
    return [outcomes[at] for at in range(len(items))]


def wage_of(sealer: Opener, entry: Employment) -> str | None:
    """Give the band of what the work brings; None where nobody said."""
    if entry.wage_sealed is None:
        return None
    return sealer.open(entry.wage_sealed, _cell(entry.id))


def _wage_to_copy(sealer: Sealer, before: Employment) -> WageBand | None:
    """Give the band as it was; what does not open any more was not said, and holds up nothing else."""
    try:
        wage = wage_of(sealer, before)
    except UnreadableError:
        return None
    return None if wage is None else WageBand(wage)


def sealed_wage(sealer: Sealer, entry_id: UUID, wage: WageBand | None) -> bytes | None:
    """Give the column that keeps the band."""
    return None if wage is None else sealer.seal(wage.value, _cell(entry_id))


def _cell(entry_id: UUID) -> Cell:
    return Cell("employments", "wage_sealed", entry_id)


def _made_before(session: Session, actor: Actor, entry_id: UUID, sent: bytes) -> Employment | None:
    return made_before(session, Employment, entry_id, sent, author=Employment.written_by, by=actor.user_id)


def _resident(session: Session, actor: Actor, resident_id: UUID, month: date) -> Resident:
    try:
        resident = resident_in_scope(session, actor, resident_id)
    except NotFoundError:
        raise NotFoundError(field="resident_id") from None
    check_minor_elsewhere(actor, resident)
    check_month(month)
    check_old_enough(resident)
    check_about(session, resident, Category.EMPLOYMENT)
    check_not_dead(session, resident.id)
    return resident


def _standing(session: Session, resident_id: UUID, month: date) -> Employment | None:
    """Give what stands of a month, held until the end."""
    query = select(Employment).where(
        Employment.resident_id == resident_id, Employment.month == month, Employment.replaced_at.is_(None)
    )
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _insert(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    entry_id: UUID,
    sent: bytes,
    resident: Resident,
    new: NewEmployment | Unchanged,
    *,
    wage: WageBand | None,
    **told: Any,
) -> tuple[Employment, bool]:
    return insert_once(
        session,
        Employment,
        entry_id,
        sent,
        taken=WorkChangedError(field="resident_id"),
        area_code=resident.area_code,
        resident_id=resident.id,
        month=new.month,
        source=new.source,
        wage_sealed=sealed_wage(sealer, entry_id, wage),
        written_by=actor.user_id,
        written_at=now(),
        replaced_at=None,
        **told,
    )
