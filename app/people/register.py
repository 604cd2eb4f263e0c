"""Registering households and residents, each once; the roster is corrected elsewhere."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError
from app.models import Household, PlaceKind, PresenceState, Relation, Resident, RosterChangeKind, Sex
from app.once import added_later, content_hash, insert_once, made_before
from app.people.bases import Category, check_about
from app.people.doors import DoorTakenError, check_door_free, kept_door
from app.people.history import change_of, change_of_home, keep_change
from app.people.listings import household_in_scope
from app.people.names import age_on
from app.people.open_homes import home_held
from app.people.sounds import found_by
from app.people.there import check_not_there
from app.places import place_in_scope

OLDEST_YEARS = 130
"""Nobody has lived this long; such a birth date is a slip of the pen."""


class NotResidentialError(DomainError):
    """Nobody lives at this kind of place."""

    code = "not_residential"
    kind = Kind.INVALID


class HeadTakenError(DomainError):
    """The household has a head already; there is one in each."""

    code = "head_taken"
    kind = Kind.CONFLICT


class BirthDateError(DomainError):
    """The birth date lies in the future, or is older than anybody gets."""

    code = "birth_date"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewHousehold:
    """What it takes to register a household: its building and its door; the area is the building's."""

    place_id: UUID
    door: str


@dataclass(frozen=True)
class NewResident:
    """What it takes to register a resident."""

    household_id: UUID
    name: str
    sex: Sex
    birth_date: date
    relation: Relation
    presence: PresenceState = PresenceState.HOME
    another_person: bool = added_later(default=False)
    """He is not whoever has his name and age on the roster, says who enters him."""

    def columns(self) -> dict[str, Any]:
        """Give what is kept of it."""
        return {name: value for name, value in asdict(self).items() if name != "another_person"}


def register_household(
    session: Session, actor: Actor, household_id: UUID, new: NewHousehold
) -> tuple[Household, bool]:
    """Register a household behind a door of a residential building.

    The same household again is the first one, though its building or the actor moved since.

    Raises NotFoundError for a place outside the actor's areas, NotResidentialError, DoorTakenError,
    OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Household, household_id, sent)
    if first is not None:
        return first, False
    try:
        place = place_in_scope(session, actor, new.place_id)
    except NotFoundError:
        raise NotFoundError(field="place_id") from None
    if place.kind is not PlaceKind.RESIDENTIAL:
        raise NotResidentialError(field="place_id")
    check_door_free(session, actor, place.id, new.door, field="door")
    household, made = insert_once(
        session,
        Household,
        household_id,
        sent,
        taken=DoorTakenError(field="door"),
        area_code=place.area_code,
        place_id=place.id,
        door=kept_door(new.door),
        created_at=now(),
    )
    if made:
        keep_change(session, change_of_home(RosterChangeKind.CREATED, household), by=actor.user_id)
    return household, made


def register_resident(
    session: Session,
    actor: Actor,
    resident_id: UUID,
    new: NewResident,
    *,
    kind: RosterChangeKind = RosterChangeKind.CREATED,
) -> tuple[Resident, bool]:
    """Register a resident of a household: by the community's duty, also a child (``BASES``).

    The same resident again is the first one, though the household or the actor moved since.

    Raises BirthDateError, NotFoundError for a household outside the actor's areas, HouseholdClosedError,
    PersonThereError, HeadTakenError, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Resident, resident_id, sent)
    if first is not None:
        return first, False
    check_birth_date(new.birth_date)
    try:
        household_in_scope(session, actor, new.household_id)
    except NotFoundError:
        raise NotFoundError(field="household_id") from None
    household = home_held(session, new.household_id, field="household_id")
    if not new.another_person:
        who = (new.name, new.sex, new.birth_date)
        check_not_there(session, actor, household.area_code, *who, household_id=household.id, but=resident_id)
    resident, made = insert_once(
        session,
        Resident,
        resident_id,
        sent,
        taken=HeadTakenError(field="relation"),
        area_code=household.area_code,
        created_at=now(),
        sounds=found_by(household.area_code, new.name),
        **new.columns(),
    )
    if made:
        check_about(session, resident, Category.ROSTER)
        keep_change(session, change_of(kind, resident), by=actor.user_id)
    return resident, made


def check_birth_date(birth_date: date) -> None:
    """Refuse a day on which nobody alive was born. Raises BirthDateError."""
    today = business_day()
    if birth_date > today or age_on(birth_date, today) >= OLDEST_YEARS:
        raise BirthDateError(field="birth_date")
