"""A whole household moves to another dwelling of its community."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import business_day
from app.errors import DomainError, Kind, NotFoundError
from app.models import Place, PlaceKind, Resident, RosterChange, RosterChangeKind, User
from app.moves.leaving import LeftDayError
from app.moves.steps import begun
from app.once import unique
from app.people import (
    DoorTakenError,
    NotResidentialError,
    check_door_free,
    check_other_household,
    history,
    household_in_scope,
    kept_door,
    lock_accounts,
    moving,
)
from app.places import place_in_scope
from app.sealing import Sealer


class OtherCommunityError(DomainError):
    """A household keeps its points in its community: into another one its people move one by one."""

    code = "other_community"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class HomeMove:
    """Into which building, behind which door, since when."""

    place_id: UUID
    door: str
    moved_on: date
    reason: str = ""


def move_home(
    session: Session, actor: Actor, sealer: Sealer, household_id: UUID, step_id: UUID, new: HomeMove
) -> RosterChange:
    """Let a household live behind another door from a day on, with its people, points and what is open.

    The same again changes nothing.

    Raises NotFoundError, HouseholdClosedError, OwnHouseholdError, NotResidentialError, OtherCommunityError,
    DoorTakenError, LeftDayError, OtherContentError.
    """
    step = begun(session, actor, sealer, step_id, "move_home", household_id, new)
    if (first := step.taken()) is not None:
        return first
    household = household_in_scope(session, actor, household_id)
    place = residential(session, actor, new.place_id)
    of_home = Resident.household_id == household_id
    lock_accounts(session, User.resident_id.in_(select(Resident.id).where(of_home)))
    living = select(Resident).where(of_home, Resident.left_on.is_(None)).order_by(Resident.id)
    living = living.with_for_update(key_share=True).execution_options(populate_existing=True)
    session.scalars(living).all()
    household = moving.home_locked(session, household.id)
    people = session.scalars(living).all()  # with who came while this waited for the household
    if (first := step.taken()) is not None:
        return first
    check_other_household(actor, household_id)
    if community_of(place.area_code) != community_of(household.area_code):
        raise OtherCommunityError(field="place_id")
    if new.moved_on > business_day():
        raise LeftDayError(field="moved_on")
    check_door_free(session, actor, place.id, new.door, field="door", but=household_id)
    before = {"place_id": household.place_id, "door": household.door}
    household.place_id, household.door, household.area_code = place.id, kept_door(new.door), place.area_code
    with unique({"uq_households_open_door": DoorTakenError(field="door")}):
        session.flush()
    kind, day = RosterChangeKind.MOVED_WITHIN, new.moved_on
    for one in people:
        one.area_code = place.area_code
        session.flush()
        moving.follow(session, one)
        moved = history.change_of(kind, one, data={"part_of": str(step_id)}, day=day)
        history.keep_change(session, moved, by=actor.user_id)
    after = {"place_id": place.id, "door": household.door}
    told = {"before": before, "after": after, "reason": new.reason, "day": day}
    return step.keep(history.change_of_home(kind, household, **told))


def residential(session: Session, actor: Actor, place_id: UUID) -> Place:
    """Give a building within reach in which people live. Raises NotFoundError, NotResidentialError."""
    try:
        place = place_in_scope(session, actor, place_id)
    except NotFoundError:
        raise NotFoundError(field="place_id") from None
    if place.kind is not PlaceKind.RESIDENTIAL:
        raise NotResidentialError(field="place_id")
    return place
