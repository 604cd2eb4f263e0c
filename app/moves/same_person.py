"""Somebody who was entered twice becomes one: all that hangs on the duplicate goes to the one who stays."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, now
from app.identity import lock_accounts_of_two, tell_of_merged_account
from app.models import LeftWhy, Resident, RosterChange, RosterChangeKind
from app.moves.carrying import carry
from app.moves.likely import both_named
from app.moves.likeness import Counted, Likeness, Two, likeness
from app.moves.steps import begun
from app.people import (
    Category,
    Numbers,
    check_about,
    history,
    keep_numbers,
    moving,
    numbers_of,
)
from app.sealing import Sealer, Showing


@dataclass(frozen=True)
class SamePerson:
    """Who of the two is the duplicate, and why."""

    duplicate_id: UUID
    reason: str = ""


def preview_likeness(
    session: Session, actor: Actor, sealer: Sealer, resident_id: UUID, duplicate_id: UUID
) -> Likeness:
    """Say what would become of the two, and all that stands in the way.

    Raises NotFoundError, OneRowError, OwnHouseholdError, TicketNeededError for a minor's record.
    """
    two = Two(*both_named(session, actor, resident_id, duplicate_id, field="duplicate_id"))
    return likeness(session, actor, sealer, two)


def make_one(
    session: Session, actor: Actor, sealer: Sealer, resident_id: UUID, step_id: UUID, new: SamePerson
) -> RosterChange:
    """Let one of two rows be the duplicate of the other. The same again changes nothing.

    Whatever names the duplicate names the one who stays from then on, what is open and what is over; points
    stay with the households. A number goes over where the other has none, and is else gone. The duplicate
    stays on the roster as somebody who left, and nothing is written of him any more. Whoever does this to a
    minor has leave to read both records.

    Raises NotFoundError, OneRowError, OwnHouseholdError, TicketNeededError, OtherContentError, and the first
    of what stands in the way (``preview_likeness``).
    """
    step = begun(session, actor, sealer, step_id, "same_person", resident_id, new)
    if (first := step.taken()) is not None:
        return first
    stays, _ = both_named(session, actor, resident_id, new.duplicate_id, field="duplicate_id")
    told = lock_accounts_of_two(session, actor, stays, new.duplicate_id)
    lock_both(session, resident_id, new.duplicate_id)
    if (first := step.taken()) is not None:
        return first
    two = Two(*both_named(session, actor, resident_id, new.duplicate_id, field="duplicate_id"))
    found = likeness(session, actor, sealer, two)
    for obstacle in found.obstacles:
        raise obstacle
    moved = carry(session, two.duplicate.id, two.stays.id)
    _carry_numbers(session, actor, sealer, two, found.numbers)
    day, kind = business_day(), RosterChangeKind.SAME_PERSON
    with session.no_autoflush:  # the three hold together
        two.duplicate.left_on, two.duplicate.left_why = day, LeftWhy.DUPLICATE
        two.duplicate.same_as_id = resident_id
    session.flush()
    moving.follow(session, two.stays)
    if found.counts[Counted.ACCOUNT]:
        tell_of_merged_account(session, two.stays, told)
    of_other = {"same_as_id": str(two.stays.id), "part_of": str(step_id)}
    history.keep_change(session, history.change_of(kind, two.duplicate, data=of_other), by=actor.user_id)
    former_id = two.duplicate.household_id
    return step.keep(
        history.change_of(
            kind,
            two.stays,
            former_id=former_id if former_id != two.stays.household_id else None,
            data={"duplicate_id": str(two.duplicate.id), "fields": found.numbers},
            reason=new.reason,
            moved=moved,
        )
    )


def lock_both(session: Session, *resident_ids: UUID) -> None:
    """Lock two of the roster in the order of their ids, after their accounts."""
    query = select(Resident).where(Resident.id.in_(resident_ids)).order_by(Resident.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).all()


def _carry_numbers(session: Session, actor: Actor, sealer: Sealer, two: Two, kinds: list[str]) -> None:
    """Let the numbers go over that the one who stays lacks, and none stay behind.

    They count as written by whoever does it: a phone that came to him so proves nothing for a while.
    """
    stays, duplicate = two
    clear = numbers_of(Showing(sealer), duplicate)
    keep_numbers(sealer, duplicate, Numbers())
    session.flush()
    give_numbers(session, actor, sealer, stays, clear, kinds)


def give_numbers(
    session: Session, actor: Actor, sealer: Sealer, resident: Resident, numbers: Numbers, kinds: list[str]
) -> None:
    """Write numbers of these kinds that were the other row's, as the actor does it now."""
    if not kinds:
        return
    check_about(session, resident, Category.NUMBERS)
    keep_numbers(sealer, resident, numbers, kinds=kinds)
    for kind in kinds:
        setattr(resident, f"{kind}_at", now())
        setattr(resident, f"{kind}_by", actor.user_id)
    session.flush()
