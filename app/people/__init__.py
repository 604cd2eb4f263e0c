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
from app.people.names import age_on, masked, masked_digits
from app.people.numbers import (
    IdNumberError,
    IdNumberTakenError,
    Numbers,
    masked_numbers,
    numbers_of,
    resident_with_id_number,
    residents_with_phone,
    sealed_numbers,
    set_numbers,
)
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
    "IdNumberError",
    "IdNumberTakenError",
    "NewHousehold",
    "NewResident",
    "NotResidentialError",
    "Numbers",
    "PresenceState",
    "Relation",
    "Resident",
    "Sex",
    "age_on",
    "head_of",
    "household_in_scope",
    "households",
    "masked",
    "masked_digits",
    "masked_numbers",
    "numbers_of",
    "register_household",
    "register_resident",
    "resident_in_scope",
    "resident_with_id_number",
    "residents_of",
    "residents_with_phone",
    "sealed_numbers",
    "set_numbers",
]
