"""Undoing that two rows were one person: what went from the one to the other goes back, and nothing else."""

from uuid import UUID

from sqlalchemy.orm import Session

from app import visits
from app.actors import community_of
from app.errors import DomainError, Kind
from app.models import Binding, Household, Resident, RosterChange, RosterChangeKind, User
from app.moves.carrying import give_back, named
from app.moves.likely import both_named
from app.moves.likeness import ID_NUMBER, PHONE, PeopleApartError
from app.moves.outlook import Goes, Outlook, refusals
from app.moves.reversals import Asked, Undoing
from app.moves.same_person import give_numbers, lock_both
from app.moves.steps import Step
from app.once import unique
from app.people import (
    HeadTakenError,
    Numbers,
    check_home_open,
    check_lives_here,
    found_by,
    history,
    keep_numbers,
    lock_accounts,
    moving,
    numbers_of,
)
from app.retention import is_masked
from app.sealing import Showing


class UndoOverError(DomainError):
    """The time for which it is kept which rows went is over."""

    code = "undo_over"
    kind = Kind.CONFLICT


class AccountSinceError(DomainError):
    """The account that went was released and bound anew since: it is released first."""

    code = "account_since"
    kind = Kind.CONFLICT


def look_at_same_person(asked: Asked) -> Undoing:
    """Say what making two again of one does: exactly the rows that went, and still are there, go back.

    What came to the one who stays since is his; what came to a record that goes back goes with it. A number
    that went goes back while nobody wrote another; one that was gone stays gone (ADR 0028).

    Raises NotFoundError, OwnHouseholdError, TicketNeededError.
    """
    if asked.locked:
        _lock(asked)
    stays, duplicate = _both(asked)
    goes = Goes(
        duplicate.id, stays.household_id, duplicate.household_id, duplicate.relation, duplicate.relation
    )
    outlook = Outlook(people=[goes])
    if duplicate.same_as_id is not None:
        outlook.obstacles += _obstacles(asked, stays, duplicate)

    def carry_out(step: Step) -> None:
        _make_two(step, asked.change, stays, duplicate)

    def written() -> history.Change:
        data = {"duplicate_id": str(duplicate.id)}
        return history.change_of(RosterChangeKind.UNDONE, stays, data=data)

    return Undoing(outlook, carry_out, written)


def _lock(asked: Asked) -> None:
    """Lock accounts, people, and the household in which one lives again."""
    stays_id, duplicate_id = _ids(asked.change)
    accounts = User.id.in_([*_went(asked.change, "users"), asked.actor.user_id])
    lock_accounts(asked.session, accounts | (User.resident_id == stays_id))
    lock_both(asked.session, stays_id, duplicate_id)
    household_id = asked.session.get_one(Resident, duplicate_id).household_id
    asked.session.get_one(
        Household, household_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _ids(change: RosterChange) -> tuple[UUID, UUID]:
    assert change.resident_id is not None, "it is about two people"
    return change.resident_id, UUID(change.data["duplicate_id"])


def _both(asked: Asked) -> tuple[Resident, Resident]:
    """Give the two, by leave to read of who stays: to him went each leave to read of the other."""
    stays, duplicate = both_named(asked.session, asked.actor, *_ids(asked.change), field="change_id")
    visits.leave_to_read(asked.session, asked.actor, stays)
    return stays, duplicate


def _obstacles(asked: Asked, stays: Resident, duplicate: Resident) -> list[DomainError]:
    session, change = asked.session, asked.change
    found = [*refusals(lambda: check_lives_here(stays))]
    household = session.get_one(Household, duplicate.household_id)
    found += refusals(lambda: check_home_open(household))
    head = (Resident.household_id == household.id, Resident.relation == "head", Resident.left_on.is_(None))
    if duplicate.relation == "head" and named(session, *head):
        found.append(HeadTakenError())
    if change.moved is None or named(session, Resident.id == duplicate.id, is_masked(Resident.id)):
        found.append(UndoOverError())
    if community_of(stays.area_code) != community_of(household.area_code):
        found.append(PeopleApartError())
    if _is_bound_anew(session, change, stays.id):
        found.append(AccountSinceError())
    return found


def _is_bound_anew(session: Session, change: RosterChange, stays_id: UUID) -> bool:
    """Say whether the account that went is bound to the one who stays anew, by another binding than went."""
    users, bindings = _went(change, "users"), _went(change, "bindings")
    his = (Binding.user_id.in_(users), Binding.resident_id == stays_id, Binding.ended_at.is_(None))
    return bool(users) and named(session, *his, Binding.id.not_in(bindings))


def _went(change: RosterChange, table: str) -> list[UUID]:
    return [UUID(one) for one in (change.moved or {}).get(f"{table}.resident_id", [])]


def _make_two(step: Step, change: RosterChange, stays: Resident, duplicate: Resident) -> None:
    """Let the duplicate be somebody of his own again."""
    session = step.session
    assert change.moved is not None, "else it is an obstacle"
    moved, fields, at = change.moved, change.data["fields"], change.at
    _let_live(session, duplicate)
    give_back(session, moved, stays.id, duplicate.id)
    written = {PHONE: stays.phone_at, ID_NUMBER: stays.id_number_at}
    unchanged = [one for one in fields if (since := written[one]) is not None and since <= at]
    _give_numbers_back(step, unchanged, stays, duplicate)
    for one in (stays, duplicate):
        moving.follow(session, one)
    step.keep_part(history.change_of(RosterChangeKind.UNDONE, duplicate))


def _let_live(session: Session, duplicate: Resident) -> None:
    """Let him live where he did, wherever that household is by now. Raises HeadTakenError."""
    household = session.get_one(Household, duplicate.household_id)
    with session.no_autoflush:  # they hold together
        duplicate.same_as_id = duplicate.left_on = duplicate.left_why = None
        duplicate.area_code = household.area_code
        duplicate.sounds = found_by(household.area_code, duplicate.name)
    with unique({"uq_residents_head": HeadTakenError()}):
        session.flush()


def _give_numbers_back(step: Step, kinds: list[str], stays: Resident, duplicate: Resident) -> None:
    """Let those numbers go back that are the same still: any other one was written later."""
    clear = numbers_of(Showing(step.sealer), stays)
    still = [one for one in kinds if getattr(clear, one) is not None]
    if still:
        keep_numbers(step.sealer, stays, Numbers(), kinds=still)
        step.session.flush()
        give_numbers(step.session, step.actor, step.sealer, duplicate, clear, still)
