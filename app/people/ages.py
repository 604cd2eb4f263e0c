"""How old somebody is, as far as the work needs it."""

import enum

from app.models import Resident
from app.people.guardians import is_child, is_minor


class AgeGroup(enum.StrEnum):
    """What the roster shows of a minor in place of the day of birth."""

    CHILD = "child"
    """Younger than 14: a guardian decides."""
    MINOR = "minor"
    """From 14 to 17."""
    ADULT = "adult"


def age_group(resident: Resident) -> AgeGroup:
    """Say of which group somebody is today."""
    if is_child(resident):
        return AgeGroup.CHILD
    return AgeGroup.MINOR if is_minor(resident) else AgeGroup.ADULT
