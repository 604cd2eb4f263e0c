"""Where somebody of the roster lives: what follows him when that changes."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import community_of
from app.models import (
    Base,
    Binding,
    CareRecord,
    EscapeHelp,
    FollowUp,
    Grant,
    Guardianship,
    Household,
    Relation,
    Resident,
    User,
    Visit,
)
from app.once import unique
from app.people.numbers import ID_NUMBER_KEY, IdNumberTakenError, keep_numbers, numbers_of
from app.people.open_homes import check_home_open
from app.people.register import HeadTakenError
from app.people.sounds import found_by
from app.sealing import Sealer


def settle(
    session: Session, sealer: Sealer, resident: Resident, household: Household, relation: Relation
) -> None:
    """Let a locked resident live in a household, with what is open of him; his account is locked before.

    In another community he is found by numbers that are salted anew.

    Raises HeadTakenError, IdNumberTakenError.
    """
    elsewhere = community_of(resident.area_code) != community_of(household.area_code)
    numbers = numbers_of(sealer, resident) if elsewhere else None
    resident.household_id, resident.relation = household.id, relation
    resident.area_code = household.area_code
    resident.sounds = found_by(household.area_code, resident.name)
    if numbers is not None:
        keep_numbers(sealer, resident, numbers)
    refusals = {
        "uq_residents_head": HeadTakenError(field="relation"),
        ID_NUMBER_KEY: IdNumberTakenError(),
    }
    with unique(refusals):
        session.flush()
    follow(session, resident)


def home_locked(session: Session, household_id: UUID, *, field: str | None = None) -> Household:
    """Give an open household, locked after its people: who moves in or out, or with it, takes his turn.

    Raises HouseholdClosedError.
    """
    query = select(Household).where(Household.id == household_id).with_for_update()
    household = session.scalars(query.execution_options(populate_existing=True)).one()
    check_home_open(household, field=field)
    return household


def follow(session: Session, resident: Resident) -> None:
    """Let what is open of a resident lie where he lives, so that those see to it who do so there.

    What is over, and each visit, stays where it was.
    """
    care = select(CareRecord.id).where(CareRecord.resident_id == resident.id)
    visits = select(Visit.id).where(Visit.care_record_id.in_(care))
    holds_post = select(Grant.user_id).where(Grant.ended_at.is_(None))
    moved: list[tuple[type[Base], object]] = [
        (CareRecord, (CareRecord.resident_id == resident.id) & CareRecord.ended_on.is_(None)),
        (FollowUp, FollowUp.visit_id.in_(visits) & FollowUp.done_at.is_(None)),
        (EscapeHelp, (EscapeHelp.resident_id == resident.id) & EscapeHelp.ended_on.is_(None)),
        (Guardianship, (Guardianship.child_id == resident.id) & Guardianship.ended_at.is_(None)),
        (Binding, (Binding.resident_id == resident.id) & Binding.ended_at.is_(None)),
        (User, (User.resident_id == resident.id) & User.id.not_in(holds_post)),
    ]
    for table, which in moved:
        session.execute(update(table).where(which).values(area_code=resident.area_code))  # type: ignore[arg-type]
