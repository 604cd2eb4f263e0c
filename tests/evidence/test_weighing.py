"""What the signals of a record add up to, and what a wrong clock cannot bring back."""

from datetime import datetime, timedelta

import pytest

from app.clock import now
from app.evidence import ClockFlag, Datum, Position, Presence, Signals, weigh
from app.ids import new_id
from app.models import Place, PlaceCode

HERE = Position(lng=114.4826, lat=29.6063, accuracy_m=20, datum=Datum.WGS84)
PLACE = Place(id=new_id(), lng=114.4826, lat=29.6063, radius_m=80)


def code(revoked_at: datetime | None) -> PlaceCode:
    """Give the place's code, revoked or not."""
    return PlaceCode(id=new_id(), place_id=PLACE.id, revoked_at=revoked_at)


@pytest.mark.parametrize(
    "captured, revoked, reason, presence",
    [
        (timedelta(), None, "code_scanned", Presence.CONFIRMED),
        (timedelta(days=-3), timedelta(days=-1), "code_scanned", Presence.CONFIRMED),
        (timedelta(), timedelta(days=-1), "code_revoked", Presence.PROBABLE),
        (timedelta(), timedelta(), "code_revoked", Presence.PROBABLE),
        (timedelta(days=-9), timedelta(days=-1), "code_revoked", Presence.PROBABLE),
        (timedelta(days=-9000), timedelta(days=-1), "code_revoked", Presence.PROBABLE),
    ],
    ids=["in use", "scanned before", "revoked", "revoked then", "clock too old", "clock of 2002"],
)
def test_a_revoked_code_counts_only_for_a_believed_earlier_scan(
    captured: timedelta, revoked: timedelta | None, reason: str, presence: Presence
) -> None:
    at = now()
    row = code(None if revoked is None else at + revoked)
    signals = Signals(captured_at=at + captured, code="seen", position=HERE)

    weighed = weigh(PLACE, row, signals, received_at=at, photos=1)

    assert (weighed.reasons[0], weighed.presence) == (reason, presence)
    assert (weighed.clock_flag is ClockFlag.OK) == (captured > timedelta(days=-7))


@pytest.mark.parametrize("accuracy_m, reason", [(5, "outside"), (9, "outside"), (30, "inside")])
def test_whoever_may_be_inside_is_not_outside(accuracy_m: float, reason: str) -> None:
    """A hundred metres to the north of a place of eighty metres, as exactly as the phone knows."""
    north = Position(HERE.lng, HERE.lat + 0.0009, accuracy_m=accuracy_m, datum=Datum.WGS84)

    weighed = weigh(PLACE, None, Signals(captured_at=now(), position=north), received_at=now(), photos=0)

    assert weighed.reasons[1] == reason
