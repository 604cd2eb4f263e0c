"""The transition table of a hazard, pair by pair."""

import pytest

from app.errors import IllegalStepError
from app.ids import new_id
from app.models import Hazard, HazardStatus

LEGAL = {
    ("reported", "accepted"),
    ("reported", "rejected"),
    ("reported", "duplicate"),
    ("accepted", "assigned"),
    ("assigned", "rectifying"),
    ("assigned", "assigned"),
    ("assigned", "accepted"),
    ("rectifying", "rectified"),
    ("rectifying", "assigned"),
    ("rectifying", "accepted"),
    ("accepted", "transferred"),
    ("assigned", "transferred"),
    ("rectifying", "transferred"),
    ("transferred", "rectified"),
    ("transferred", "accepted"),
    ("rectified", "transferred"),
    ("verified", "transferred"),
    ("rectified", "verified"),
    ("rectified", "assigned"),
    ("verified", "closed"),
    ("verified", "assigned"),
}
"""As domain.md draws it, written out a second time on purpose."""
PAIRS = [(now, to) for now in HazardStatus for to in HazardStatus]


@pytest.mark.parametrize("now, to", PAIRS)
def test_only_the_drawn_steps_are_legal(now: HazardStatus, to: HazardStatus) -> None:
    hazard = Hazard(id=new_id(), status=now)

    if (now.value, to.value) in LEGAL:
        hazard.advance(to)
        assert hazard.status is to
    else:
        with pytest.raises(IllegalStepError) as refused:
            hazard.advance(to)
        assert (hazard.status, refused.value.data["asked"]) == (now, to)
