"""The roster: households, residents, and who may see them."""

from app.models import Household, PresenceState, Relation, Resident, Sex
from app.people.listings import (
    Door,
    head_of,
    household_in_scope,
    households,
    resident_in_scope,
    residents_of,
)
from app.people.names import age_on, masked
from app.people.register import (
    BirthDateError,
    DoorTakenError,
    HeadTakenError,
    NewHousehold,
    NewResident,
    NotResidentialError,
    register_household,
    register_resident,
)

__all__ = [
    "BirthDateError",
    "Door",
    "DoorTakenError",
    "HeadTakenError",
    "Household",
    "NewHousehold",
    "NewResident",
    "NotResidentialError",
    "PresenceState",
    "Relation",
    "Resident",
    "Sex",
    "age_on",
    "head_of",
    "household_in_scope",
    "households",
    "masked",
    "register_household",
    "register_resident",
    "resident_in_scope",
    "residents_of",
]
